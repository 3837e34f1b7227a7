// A tab that is killed while it writes its run: whatever is in the database loads, and the next visit goes on with it.
import type { BrowserContext, Page } from "playwright-core";
import { expect, inject, it } from "vitest";
import { readCheckpoint } from "../../src/engine/io/checkpoint";
import { uniform } from "../../src/engine/random";
import { openPage, testBrowser } from "../support/browser";
import { button, waitForState, waitForStatus } from "./support";

const KILLS = 50;
const SEED = 11;
/** Going on takes longest; it is tried after every so many. */
const RESUMED_EVERY = 5;
/** Half of the tabs are killed so long after a checkpoint began to be written, the others so long after training began. */
const AFTER_WRITE_MS = 12;
const AFTER_START_MS = 2500;

/** Put before the script of the worker that trains: it says when a checkpoint begins to be written. */
const TELLING = `{
  const told = new BroadcastChannel("kills");
  const { put } = IDBObjectStore.prototype;
  IDBObjectStore.prototype.put = function (...given) {
    if (this.name === "chunks") told.postMessage("writing");
    return put.apply(this, given);
  };
}`;

interface KeptFile {
  readonly step: number;
  readonly byteLength: number;
  readonly base64: string;
}

interface Found {
  readonly runs: number;
  /** Of the newest run that is listed. */
  readonly savedStep: number | null;
  readonly files: readonly KeptFile[];
  /** Chunks that belong to no checkpoint: what was being written. */
  readonly unfinished: number;
}

/** What the database has of the run that was trained last, and how much of others is half-written. */
const readDatabase = (page: Page): Promise<Found> =>
  page.evaluate(async () => {
    const ask = <T>(request: IDBRequest<T>): Promise<T> =>
      new Promise((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error ?? new Error("no answer"));
      });
    const toBase64 = async (bytes: Blob): Promise<string> =>
      await new Promise((resolve) => {
        const reader = new FileReader();
        reader.onload = () => resolve(String(reader.result).replace(/^[^,]*,/, ""));
        reader.readAsDataURL(bytes);
      });
    const database = await ask(indexedDB.open("descent-runs"));
    const tables = database.transaction(["runs", "checkpoints", "chunks"]);
    const [runs, infos, keys] = await Promise.all([
      ask(tables.objectStore("runs").getAll()),
      ask(tables.objectStore("checkpoints").getAll()),
      ask(tables.objectStore("chunks").getAllKeys()),
    ]);
    const newest = runs.toSorted((a, b) => b.updatedAt - a.updatedAt)[0]?.id;
    const own = infos.filter(({ run }) => run === newest).toSorted((a, b) => b.at - a.at);
    const files = await Promise.all(
      own.map(async ({ id, step, byteLength }) => {
        const chunks: ArrayBuffer[] = await ask(
          database
            .transaction("chunks")
            .objectStore("chunks")
            .getAll(IDBKeyRange.bound([id, 0], [id, Infinity])),
        );
        return { step, byteLength, base64: await toBase64(new Blob(chunks)) };
      }),
    );
    const named = new Set(infos.map(({ id }) => id));
    const unfinished = keys.filter((key) => Array.isArray(key) && !named.has(key[0])).length;
    database.close();
    return { runs: runs.length, savedStep: own[0]?.step ?? null, files, unfinished };
  });

/** Waits until so many checkpoints began to be written. */
const untilWrite = (page: Page, count: number): Promise<void> =>
  page.evaluate(
    (wanted) =>
      new Promise<void>((resolve) => {
        // A run that is over writes nothing more.
        setTimeout(resolve, 10_000);
        const channel = new BroadcastChannel("kills");
        let writes = 0;
        channel.addEventListener("message", () => {
          writes++;
          if (writes === wanted) resolve();
        });
      }),
    count,
  );

/** Ends a tab's process, its worker's with it, and waits until it is gone. */
async function kill(page: Page, context: BrowserContext): Promise<void> {
  const wire = await context.newCDPSession(page);
  const crashed = page.waitForEvent("crash");
  // It never answers.
  wire.send("Page.crash").catch(() => {});
  await crashed;
  await page.close();
}

it(`of a tab that is killed at ${KILLS} moments, half of them while it writes, every checkpoint loads and the run goes on`, async () => {
  const browser = await testBrowser("none");
  const url = inject("pageUrl");
  const { page: first, context } = await openPage(browser, "about:blank");
  await first.close();
  await context.route("**/worker-*.js", async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: TELLING + (await response.text()) });
  });
  const counts = { loaded: 0, resumed: 0, unfinished: 0 };
  for (let n = 0; n < KILLS; n++) {
    const page = await context.newPage();
    await page.goto(`${url}?preset=perceptron`);
    await waitForState(page, "Ready");
    const duringWrite = n % 2 === 0;
    const share = uniform(SEED, 0, 0, n);
    // The first write is the start; those after it are the ends of epochs and what is kept in between.
    const writes = duringWrite ? untilWrite(page, 1 + Math.floor(share * 3)) : undefined;
    await button(page, "Train").click();
    if (writes) await writes;
    else await waitForStatus(page, ({ step }) => step > 0);
    await page.waitForTimeout(duringWrite ? uniform(SEED, 1, 0, n) * AFTER_WRITE_MS : share * AFTER_START_MS);
    await kill(page, context);

    // A page of the same origin that runs nothing.
    const reader = await context.newPage();
    await reader.goto(`${url}favicon.svg`);
    const { runs, savedStep, files, unfinished } = await readDatabase(reader);
    // The record of a run follows its first checkpoint.
    if (runs > 0) expect(files.length, `kill ${n}: checkpoints`).toBeGreaterThan(0);
    for (const { step, byteLength, base64 } of files) {
      const bytes = new Uint8Array(Buffer.from(base64, "base64"));
      expect(bytes.length, `kill ${n}`).toBe(byteLength);
      // This checks its sum.
      expect((await readCheckpoint(bytes)).books.step, `kill ${n}`).toBe(step);
      counts.loaded++;
    }
    if (savedStep && n % RESUMED_EVERY === 0) {
      await reader.goto(url);
      await button(reader, `Resume at step ${savedStep.toLocaleString("en")}`).click();
      expect(await waitForState(reader, "Paused"), `kill ${n}`).toMatchObject({ step: savedStep });
      counts.resumed++;
    }
    counts.unfinished = Math.max(counts.unfinished, unfinished);
    await reader.close();
  }
  console.log(JSON.stringify(counts));
  await context.close();
  expect(counts.loaded).toBeGreaterThan(KILLS);
  // Some were killed while they wrote.
  expect(counts.unfinished).toBeGreaterThan(0);
}, 900_000);
