// How long the page takes from a dropped zip of pictures until a model of them is ready, by turns with Python and Pillow reading the same,
// and how much memory its browser holds meanwhile: `npm run build && python tests/interop/images.py make FOLDER`, then
// `PYTHON=python3 node scripts/run.mjs tests/interop/images.ts FOLDER [TURNS] [NAME]`. On Linux, for the memory.
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { launchChromium } from "../../scripts/support/launchChromium";
import { distDir } from "../../scripts/support/buildPage";
import { root } from "../../scripts/support/paths";
import { serveFolder } from "../../scripts/support/staticServer";

const [folder = "", turns = "3", only = ""] = process.argv.slice(2);
const python = process.env["PYTHON"] ?? "python3";
const SETS = [
  { name: "png28", count: 10_000, size: 28, channels: 1 },
  { name: "png64", count: 10_000, size: 64, channels: 3 },
  { name: "jpeg64", count: 10_000, size: 64, channels: 3 },
  { name: "jpeg64-20k", count: 20_000, size: 64, channels: 3 },
] as const;

/** Memory of a process and all that it started, in megabytes; what several share counts once. */
function memoryOf(pid: number): number {
  const parents = new Map<number, number>();
  for (const name of readdirSync("/proc").filter((entry) => /^\d+$/.test(entry))) {
    try {
      const stat = readFileSync(`/proc/${name}/stat`, "utf8");
      parents.set(Number(name), Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]));
    } catch {
      // It has ended meanwhile.
    }
  }
  let sum = 0;
  for (const each of parents.keys()) {
    let at: number | undefined = each;
    while (at !== undefined && at !== pid && at > 1) at = parents.get(at);
    if (at !== pid || each === pid) continue;
    try {
      sum += Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${each}/smaps_rollup`, "utf8"))?.[1] ?? 0);
    } catch {
      // It has ended meanwhile.
    }
  }
  return sum / 1024;
}

const middle = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN;

/** In the page: waits for the file, then does what a visitor would, and notes when. What drives the browser takes its own time for a
 *  click, a quarter of a second for a file, which is none of the page's. */
function watchPage(): Promise<{ readonly shown: number; readonly ready: number }> {
  const sees = (what: () => boolean): Promise<number> =>
    new Promise((resolve) => {
      const look = (): void => {
        if (what()) resolve(performance.now());
        else requestAnimationFrame(look);
      };
      look();
    });
  const dialog = document.querySelector("dialog[open]");
  const status = document.querySelector('[role="status"][aria-label="Training status"]');
  const state = (): string => status?.textContent ?? "";
  // Until then it is the model before that is ready.
  let hasBegun = false;
  const hear = new MutationObserver(() => (hasBegun ||= !state().startsWith("Ready")));
  if (status) hear.observe(status, { subtree: true, childList: true, characterData: true });
  return new Promise((resolve) => {
    document.addEventListener(
      "change",
      async () => {
        const began = performance.now();
        const shown = await sees(() => /pictures to train on/.test(dialog?.textContent ?? ""));
        const choose = [...(dialog?.querySelectorAll("button") ?? [])].find(({ textContent }) =>
          textContent.includes("Use with a model that fits"),
        );
        choose?.click();
        const ready = await sees(() => hasBegun && state().startsWith("Ready") && !dialog?.isConnected);
        resolve({ shown: shown - began, ready: ready - began });
      },
      { capture: true, once: true },
    );
  });
}

/** Drops a zip of pictures on the page, in a browser of its own. @param watch hears of the browser, and ends */
async function bring(file: string, watch: () => () => void) {
  const browser = await launchChromium("none");
  try {
    const page = await (await browser.newContext({ viewport: { width: 1440, height: 900 } })).newPage();
    await page.goto(server.url);
    const status = page.getByRole("status", { name: "Training status" });
    await status.filter({ hasText: "Ready" }).waitFor({ timeout: 120_000 });
    await page.getByRole("tab", { name: "Training", exact: true }).click();
    await page.getByRole("button", { name: "Bring your data", exact: true }).click();
    const input = page.getByRole("dialog", { name: "Bring your data" }).locator("input[type=file]").first();
    await input.waitFor({ state: "attached" });
    const unwatch = watch();
    const [times] = await Promise.all([page.evaluate(watchPage), input.setInputFiles(file)]);
    unwatch();
    return times;
  } finally {
    await browser.close();
  }
}

const server = await serveFolder(distDir, 0);
for (const { name, count, size, channels } of SETS.filter((set) => only === "" || set.name === only)) {
  const file = join(folder, `${name}.zip`);
  const script = join(root, "tests", "interop", "images.py");
  const [natively, shown, ready]: [number[], number[], number[]] = [[], [], []];
  for (let turn = 0; turn < Number(turns); turn++) {
    natively.push(Number(execFileSync(python, [script, "read", file, String(size), String(channels)])));
    const times = await bring(file, () => () => {});
    shown.push(times.shown / 1000);
    ready.push(times.ready / 1000);
  }
  // In a turn of its own: looking takes time.
  let most = 0;
  await bring(file, () => {
    const before = memoryOf(process.pid);
    const timer = setInterval(() => (most = Math.max(most, memoryOf(process.pid) - before)), 300);
    return () => clearInterval(timer);
  });
  const [native, page] = [middle(natively), middle(ready)];
  console.log(
    `${name}: ${count} of ${size} x ${size} x ${channels}: Python ${native.toFixed(2)} s; the page ${page.toFixed(2)} s, ` +
      `${middle(shown).toFixed(2)} s of them until they are shown; ratio ${(native / page).toFixed(2)}; ` +
      `${most.toFixed(0)} MB more at most`,
  );
}
await server.close();
