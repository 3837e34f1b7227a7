// Waits before the first browser test of a process until the page is built and served.
import { setTimeout as wait } from "node:timers/promises";
import { inject } from "vitest";

/** Building takes some ten seconds, and begins with the tests before these. */
const MAX_WAIT_MS = 120_000;

const deadline = Date.now() + MAX_WAIT_MS;
const isServed = (): Promise<boolean> =>
  fetch(inject("pageUrl"), { method: "HEAD" }).then(
    ({ ok }) => ok,
    () => false,
  );
while (!(await isServed())) {
  if (Date.now() > deadline) throw new Error(`Browser tests: expected the page at ${inject("pageUrl")}, got none.`);
  await wait(200);
}
