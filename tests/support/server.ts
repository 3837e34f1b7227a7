// Serves the page that the browser tests built, on a free port; the same server as `npm start`.
import { pageHeaders } from "../../scripts/support/headers";
import { serveFolder, type StaticServer } from "../../scripts/support/staticServer";
import { testBuildDir } from "./buildPage";

/** @param options `isolated: false` serves like a static host that sets no headers: no shared memory, no CSP header */
export function servePage(options: { readonly isolated?: boolean } = {}): Promise<StaticServer> {
  return serveFolder(testBuildDir, 0, options.isolated === false ? {} : pageHeaders);
}
