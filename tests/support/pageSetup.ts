// Once for all browser tests: builds the page into a folder of its own, so that a running `npm start` is not disturbed, and
// serves it.
import type { TestProject } from "vitest/node";
import { buildPage } from "../../scripts/support/buildPage";
import { servePage, testBuildDir } from "./server";

declare module "vitest" {
  interface ProvidedContext {
    /** The address of the built page. */
    readonly pageUrl: string;
  }
}

/** Vitest calls this once, before the first browser test. @returns what it calls after the last */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  await buildPage(testBuildDir, "quickly");
  const server = await servePage();
  project.provide("pageUrl", server.url);
  return () => server.close();
}
