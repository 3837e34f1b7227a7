// Serves the page that the browser tests built, on a free port; the same server as `npm start`.
import { join } from "node:path";
import { pageHeaders } from "../../scripts/support/headers";
import { cacheDir } from "../../scripts/support/paths";
import { serveFolder, type StaticServer } from "../../scripts/support/staticServer";

/** Where the browser tests' build is. */
export const testBuildDir = join(cacheDir, "e2e-dist");

/** @param options `isolated: false` serves like a static host that sets no headers: no shared memory, no CSP header; any free port
 *  unless one is named */
export function servePage(
  options: { readonly isolated?: boolean; readonly port?: number } = {},
): Promise<StaticServer> {
  return serveFolder(testBuildDir, options.port ?? 0, options.isolated === false ? {} : pageHeaders);
}
