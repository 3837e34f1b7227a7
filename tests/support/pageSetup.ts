// Once for all browser tests: builds the page into a folder of its own, so that a running `npm start` is not disturbed, and
// serves it. The tests before them need none of it, and do not wait.
import { createServer } from "node:net";
import type { TestProject } from "vitest/node";
import { buildPage } from "../../scripts/support/buildPage";
import { servePage, testBuildDir } from "./server";

declare module "vitest" {
  interface ProvidedContext {
    /** The address of the built page, where `pageReady.ts` waits for it. */
    readonly pageUrl: string;
  }
}

/** A port that nobody listens on now. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string")
    throw new Error("Browser tests: expected a free port, got none.");
  return address.port;
}

/** Vitest calls this once, before the first test. @returns what it calls after the last, which fails if the page was not built */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const port = await freePort();
  const serving = buildPage(testBuildDir, "quickly").then(() => servePage({ port }));
  serving.catch((error: unknown) => console.error("The page could not be built:", error));
  project.provide("pageUrl", `http://127.0.0.1:${port}/`);
  return async () => (await serving).close();
}
