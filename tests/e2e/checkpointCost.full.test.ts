// What keeping a run costs its training: the convnet by turns with checkpoints and where the database is refused, in seconds of the
// processor that the worker's own thread takes for a step, of which other programs take none. Times are printed and not judged, since
// they are this machine's.
import { readdirSync, readFileSync } from "node:fs";
import { expect, inject, it } from "vitest";
import { openPage, testBrowser } from "../support/browser";
import { button, waitForState, waitForStatus } from "./support";

const TURNS = 5;
/** Until the engine has compiled what it compiles. */
const WARM_STEPS = 100;
/** Of the first minute, in which checkpoints are most frequent: more than an epoch. */
const STEPS = 900;
const MS_PER_TICK = 10;

const FORBIDDEN =
  "Object.defineProperty(self,'indexedDB',{get(){throw new DOMException('not here','SecurityError')}});";

/** Milliseconds that each thread of a name has had of the processors, in all programs, by its path. Linux alone tells. */
function threadTimes(name: string): Map<string, number> {
  const found = new Map<string, number>();
  for (const process of readdirSync("/proc").filter((entry) => /^\d+$/.test(entry))) {
    try {
      for (const thread of readdirSync(`/proc/${process}/task`)) {
        const path = `/proc/${process}/task/${thread}`;
        if (!readFileSync(`${path}/comm`, "utf8").startsWith(name)) continue;
        // After the name, which may have any characters: the third field is the state, the fourteenth and fifteenth are ticks.
        const fields = readFileSync(`${path}/stat`, "utf8").split(") ").at(-1)?.split(" ") ?? [];
        found.set(path, (Number(fields[11]) + Number(fields[12])) * MS_PER_TICK);
      }
    } catch {
      // It ended meanwhile.
    }
  }
  return found;
}

/** The longest that a thread of workers has run since. */
function longestSince(before: ReadonlyMap<string, number>): number {
  const after = threadTimes("DedicatedWorker");
  return Math.max(...[...after].map(([path, ms]) => ms - (before.get(path) ?? 0)));
}

/** Trains from the first step on. @returns milliseconds of the worker's thread for a step, and how many checkpoints there are */
async function train(isKept: boolean): Promise<{ readonly stepMs: number; readonly kept: number }> {
  const { page, context } = await openPage(await testBrowser("none"), "about:blank");
  if (!isKept) {
    await context.route("**/worker-*.js", async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, body: FORBIDDEN + (await response.text()) });
    });
  }
  await page.goto(`${inject("pageUrl")}?preset=convnet&threads=1&backend=cpu`);
  await waitForState(page, "Ready");
  const trainPast = async (past: number): Promise<number> => {
    await button(page, "Train").click();
    await waitForStatus(page, ({ step }) => step > past, 120_000);
    await button(page, "Pause").click();
    return (await waitForState(page, "Paused")).step;
  };
  const from = await trainPast(WARM_STEPS);
  const before = threadTimes("DedicatedWorker");
  const to = await trainPast(from + STEPS);
  const ms = longestSince(before);
  const kept = await page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        const opening = indexedDB.open("descent-runs");
        opening.onsuccess = () => {
          const tables = opening.result;
          if (!tables.objectStoreNames.contains("checkpoints")) return resolve(0);
          const counting = tables.transaction("checkpoints").objectStore("checkpoints").count();
          counting.onsuccess = () => resolve(counting.result);
        };
      }),
  );
  await context.close();
  return { stepMs: ms / (to - from), kept };
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;

it("keeping the convnet's run costs its training little", async () => {
  const times: Record<"on" | "off", number[]> = { on: [], off: [] };
  let kept = 0;
  for (let turn = 0; turn < TURNS; turn++) {
    for (const isKept of turn % 2 === 0 ? [true, false] : [false, true]) {
      const { stepMs, kept: found } = await train(isKept);
      times[isKept ? "on" : "off"].push(stepMs);
      // The start, an epoch and the last at least; where it is refused, none.
      if (isKept) expect(found).toBeGreaterThan(2);
      else expect(found).toBe(0);
      kept += found;
    }
  }
  const [on, off] = [median(times.on), median(times.off)];
  const list = (of: readonly number[]): string => of.map((ms) => ms.toFixed(2)).join(" ");
  console.log(
    `${kept} checkpoints in ${TURNS} times ${STEPS} steps of the convnet: ${on.toFixed(3)} ms of the worker's thread a step with ` +
      `them (${list(times.on)}), ${off.toFixed(3)} without (${list(times.off)}): ${(off / on).toFixed(4)} times as fast`,
  );
}, 1_200_000);
