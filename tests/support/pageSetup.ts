// Once for all browser tests: builds the page into a folder of its own, so that a running `npm start` is not disturbed, serves
// it, and starts a browser with WebGPU and one without, which the tests connect to. Starting one takes longer than most tests.
import type { TestProject } from "vitest/node";
import { buildPage } from "../../scripts/support/buildPage";
import { type BrowserWebGpu, launchChromiumServer } from "../../scripts/support/launchChromium";
import { servePage, testBuildDir } from "./server";

declare module "vitest" {
  interface ProvidedContext {
    /** The address of the built page. */
    readonly pageUrl: string;
    /** The addresses of the browsers. */
    readonly browsers: Readonly<Record<Exclude<BrowserWebGpu, "best">, string>>;
  }
}

/** Vitest calls this once, before the first browser test. @returns what it calls after the last */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  await buildPage(testBuildDir);
  const [none, swiftshader] = await Promise.all([launchChromiumServer("none"), launchChromiumServer("swiftshader")]);
  const server = await servePage();
  project.provide("pageUrl", server.url);
  project.provide("browsers", { none: none.wsEndpoint(), swiftshader: swiftshader.wsEndpoint() });
  return async () => {
    await Promise.all([none.close(), swiftshader.close(), server.close()]);
  };
}
