// What many kept runs cost the page: a list of five hundred, and ten runs of 100,000 steps over the charts while it trains. Times are
// printed and not judged, since they are this machine's; what is held in memory is.
import type { CDPSession, Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { button, useBrowser, waitForState, waitForStatus } from "./support";

const RUNS = 500;
const DRAWN = 10;
const BUCKETS = 2048;
const STEPS = 100_000;
const MAX_HEAP_MB = 60;

/** Puts runs like the one that is kept into the database, with other settings and scores, the first of them long and drawn. */
const seedRuns = (page: Page): Promise<void> =>
  page.evaluate(
    async ({ count, drawn, buckets, steps }) => {
      const ask = <T>(request: IDBRequest<T>): Promise<T> =>
        new Promise((resolve, reject) => {
          request.onsuccess = () => resolve(request.result);
          request.onerror = () => reject(request.error ?? new Error("no answer"));
        });
      const database = await ask(indexedDB.open("descent-runs"));
      const tables = database.transaction(["runs", "curves", "marks"], "readwrite");
      const [[run], [curves]] = await Promise.all([
        ask(tables.objectStore("runs").getAll()),
        ask(tables.objectStore("curves").getAll()),
      ]);
      const long = structuredClone(curves);
      const width = steps / buckets;
      const filled = (like: Float64Array, valueOf: (i: number) => number): unknown =>
        Reflect.construct(like.constructor, [Array.from({ length: buckets }, (_, i) => valueOf(i))]);
      long.train.size = Math.round(width);
      for (const key of ["from", "fromMs"]) long.train[key] = filled(long.train[key], (i) => Math.floor(i * width) + 1);
      for (const key of ["to", "toMs"]) long.train[key] = filled(long.train[key], (i) => Math.floor((i + 1) * width));
      long.train.counts = filled(long.train.counts, () => Math.round(width));
      for (const column of Object.values<Record<string, Float64Array>>(long.train.columns)) {
        for (const [key, values] of Object.entries(column)) {
          const isCount = key === "counts";
          const valueOf = (i: number) =>
            isCount ? Math.round(width) : 0.1 + 0.8 * Math.exp(-i / 300) + 0.02 * Math.sin(i);
          Reflect.set(column, key, filled(values, valueOf));
        }
      }
      for (let i = 0; i < count; i++) {
        const own = structuredClone(run);
        const id = `seed-${i}`;
        const learningRate = Number((10 ** (-4 + (3 * ((i * 37) % 100)) / 100)).toPrecision(2));
        Object.assign(own, { id, createdAt: run.createdAt - i - 1, state: "finished", parent: null });
        own.updatedAt = own.createdAt;
        own.description.networks.model.optimizer.config.learningRate = learningRate;
        own.description.training.batchSize = [16, 32, 64, 128][i % 4];
        own.validation = { loss: 0.1 + learningRate, accuracy: 0.98 - learningRate };
        own.extremes = { loss: { low: 0.1, high: 2 }, accuracy: { low: 0.1, high: 0.98 - learningRate } };
        tables.objectStore("runs").put(own);
        tables.objectStore("curves").put(i < drawn ? long : curves, id);
        const mark = { name: null, note: "", pin: i, isBaseline: false, deletedAt: null };
        if (i < drawn) tables.objectStore("marks").put(mark, id);
      }
      await new Promise((resolve) => tables.addEventListener("complete", resolve));
      database.close();
    },
    { count: RUNS, drawn: DRAWN, buckets: BUCKETS, steps: STEPS },
  );

/** Seconds of the processor that the page's thread has taken for something. */
async function cpuSeconds(wire: CDPSession): Promise<Readonly<Record<string, number>>> {
  const { metrics } = await wire.send("Performance.getMetrics");
  return Object.fromEntries(metrics.map(({ name, value }) => [name, value]));
}

const frameTimes = (page: Page, ms: number): Promise<number[]> =>
  page.evaluate(
    (long) =>
      new Promise<number[]>((resolve) => {
        const times: number[] = [];
        const end = performance.now() + long;
        let last = performance.now();
        const tick = (now: number): void => {
          times.push(now - last);
          last = now;
          if (now < end) requestAnimationFrame(tick);
          else resolve(times);
        };
        requestAnimationFrame(tick);
      }),
    ms,
  );

describe("many kept runs", () => {
  const open = useBrowser("none");

  it(`${RUNS} are listed, and ${DRAWN} of ${STEPS.toLocaleString("en")} steps are drawn over the charts within ${MAX_HEAP_MB} MB`, async () => {
    const { page, context } = await open({ query: "?preset=convnet&threads=1" });
    await waitForState(page, "Ready");
    await button(page, "Train").click();
    await waitForStatus(page, ({ step }) => step > 5);
    await button(page, "Pause").click();
    await waitForState(page, "Paused");
    const isKept = () =>
      page.evaluate(
        () =>
          new Promise<boolean>((resolve) => {
            const opening = indexedDB.open("descent-runs");
            opening.addEventListener("success", () => {
              const counting = opening.result.transaction("curves").objectStore("curves").count();
              counting.addEventListener("success", () => {
                opening.result.close();
                resolve(counting.result > 0);
              });
            });
          }),
      );
    await expect.poll(isKept).toBe(true);
    await seedRuns(page);
    const wire = await context.newCDPSession(page);
    await wire.send("Performance.enable", { timeDomain: "threadTicks" });
    await wire.send("HeapProfiler.enable");
    await page.reload();
    await waitForState(page, "Ready");
    await page.waitForTimeout(3000);

    const before = await cpuSeconds(wire);
    await page.getByRole("tab", { name: "Runs", exact: true }).click();
    const list = page.getByRole("list", { name: "Kept runs" });
    await list.getByRole("listitem").first().waitFor();
    await page.waitForTimeout(300);
    const after = await cpuSeconds(wire);
    const listMs = ((after["TaskDuration"] ?? NaN) - (before["TaskDuration"] ?? NaN)) * 1000;
    await button(page, `Compare all ${RUNS + 1}`).waitFor();

    await expect.poll(() => page.locator("path[data-run]").count()).toBe(2 * DRAWN);
    await button(page, "Train").click();
    await waitForStatus(page, ({ state, step }) => state === "Training" && step > 0);
    const idle = await cpuSeconds(wire);
    const times = (await frameTimes(page, 8000)).toSorted((a, b) => a - b);
    const busy = await cpuSeconds(wire);
    await wire.send("HeapProfiler.collectGarbage");
    // Curves are typed arrays, and lines elements of the page, which lie beside the heap of the script.
    const { usedSize, backingStorageSize, embedderHeapUsedSize } = await wire.send("Runtime.getHeapUsage");
    const heapMb = (usedSize + backingStorageSize + embedderHeapUsedSize) / 1e6;
    const frameMs = (((busy["TaskDuration"] ?? NaN) - (idle["TaskDuration"] ?? NaN)) * 1000) / times.length;
    console.log(
      `list of ${RUNS}: ${listMs.toFixed(0)} ms of the page's thread; ${DRAWN} runs drawn while it trains: frames p95 ` +
        `${(times[Math.floor(times.length * 0.95)] ?? NaN).toFixed(1)} ms, ${frameMs.toFixed(1)} ms of the page's thread each; ` +
        `heap ${heapMb.toFixed(1)} MB`,
    );
    expect(heapMb).toBeLessThan(MAX_HEAP_MB);
  });
});
