// `npm run trace`: opens the built page in Chromium, trains a preset, and says from a trace of the browser how busy the page's
// main thread was; on request, what each view of the results costs the training. Gives figures; refuses to judge them, since they are this machine's.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { buildPage } from "./support/buildPage";
import { pageHeaders } from "./support/headers";
import { launchChromium } from "./support/launchChromium";
import { cacheDir } from "./support/paths";
import { serveFolder } from "./support/staticServer";
import { closeViews, describeViews, heapBytes, measureViews, openViews } from "./support/viewCosts";

const usage = `npm run trace -- [options]
  --backend KIND   cpu, webgpu or swiftshader, which is WebGPU in software (default cpu)
  --preset ID      what is trained (default perceptron)
  --views N        opens every view once while it traces, then each N times by turns with none
  --only NAMES     these views alone, as "Health,Confusion"
  --seconds N      how long to trace (default 10)
  --json FILE      write the trace there, for chrome://tracing`;

/** An event of the trace format; times in microseconds, `tdur` without the time that other threads had the processor. */
interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  readonly ts: number;
  readonly dur?: number;
  readonly tdur?: number;
  readonly args?: { readonly name?: string };
}

/** A frame of a usual screen, and how much of it the page may take: the rest is the browser's. */
const FRAME_MS = 1000 / 60;
const FRAME_BUDGET_MS = 8;
/** How long each view is looked at. */
const LOOK_MS = 2000;

/** Ends with a message about what was expected. */
function refuse(message: string): never {
  console.error(`trace: ${message}\n\n${usage}`);
  process.exit(2);
}

function readArguments() {
  try {
    const { values } = parseArgs({
      options: {
        backend: { type: "string", default: "cpu" },
        preset: { type: "string", default: "perceptron" },
        views: { type: "string" },
        only: { type: "string" },
        seconds: { type: "string", default: "10" },
        json: { type: "string" },
        help: { type: "boolean" },
      },
    });
    return values;
  } catch (error) {
    refuse(error instanceof Error ? error.message : String(error));
  }
}

interface Task {
  readonly startMs: number;
  readonly wallMs: number;
  readonly processorMs: number;
}

/** The tasks of the busiest page's main thread, in order. */
function mainThreadTasks(events: readonly TraceEvent[]): Task[] {
  const mains = new Set(
    events
      .filter(({ name, args }) => name === "thread_name" && args?.name === "CrRendererMain")
      .map(({ pid, tid }) => `${pid}/${tid}`),
  );
  const threads = new Map<string, TraceEvent[]>();
  for (const event of events) {
    const thread = `${event.pid}/${event.tid}`;
    if (event.name === "RunTask" && mains.has(thread)) threads.set(thread, [...(threads.get(thread) ?? []), event]);
  }
  const busyUs = (tasks: readonly TraceEvent[]): number => tasks.reduce((total, { dur = 0 }) => total + dur, 0);
  const [busiest = []] = [...threads.values()].toSorted((a, b) => busyUs(b) - busyUs(a));
  return busiest
    .map(({ ts, dur = 0, tdur = dur }) => ({ startMs: ts / 1000, wallMs: dur / 1000, processorMs: tdur / 1000 }))
    .toSorted((a, b) => a.startMs - b.startMs);
}

type Clock = "wallMs" | "processorMs";

/** Of the frames from the first task to the last, the share in which tasks took more than the budget. */
function busyFrames(tasks: readonly Task[], clock: Clock): number {
  const begin = tasks[0]?.startMs ?? 0;
  const work = new Map<number, number>();
  for (const task of tasks) {
    const end = task.startMs - begin + task.wallMs;
    const density = task.wallMs > 0 ? task[clock] / task.wallMs : 0;
    // A long task is busy in every frame that it reaches into.
    for (let frame = Math.floor((task.startMs - begin) / FRAME_MS); frame * FRAME_MS < end; frame++) {
      const from = Math.max(task.startMs - begin, frame * FRAME_MS);
      const to = Math.min(end, (frame + 1) * FRAME_MS);
      work.set(frame, (work.get(frame) ?? 0) + (to - from) * density);
    }
  }
  const frames = Math.ceil(((tasks.at(-1)?.startMs ?? 0) - begin) / FRAME_MS) + 1;
  return [...work.values()].filter((busyMs) => busyMs > FRAME_BUDGET_MS).length / frames;
}

function describeTasks(tasks: readonly Task[], clock: Clock, seconds: number): string {
  const longest = tasks.reduce((most, task) => Math.max(most, task[clock]), 0);
  const busy = tasks.reduce((total, task) => total + task[clock], 0) / (1000 * seconds);
  const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
  return (
    `longest task ${longest.toFixed(1)} ms, frames with over ${FRAME_BUDGET_MS} ms of tasks ` +
    `${percent(busyFrames(tasks, clock))}, busy ${percent(busy)}`
  );
}

const args = readArguments();
if (args.help) {
  console.log(usage);
  process.exit(0);
}
const { backend, preset } = args;
const rounds = Number(args.views ?? 0);
const only = args.only?.split(",");
const seconds = Number(args.seconds);
const adapters = { cpu: "none", webgpu: "best", swiftshader: "swiftshader" } as const;
if (backend !== "cpu" && backend !== "webgpu" && backend !== "swiftshader") {
  refuse(`expected --backend to be cpu, webgpu or swiftshader, got "${backend}".`);
}
if (!(Number.isInteger(rounds) && rounds >= 0 && rounds <= 20)) {
  refuse(`expected --views to be a whole number up to 20, got "${args.views}".`);
}
if (!(seconds >= 1 && seconds <= 60)) refuse(`expected --seconds to be from 1 to 60, got "${args.seconds}".`);

const folder = join(cacheDir, "trace-dist");
await buildPage(folder);
const server = await serveFolder(folder, 0, pageHeaders);
const browser = await launchChromium(adapters[backend]);
try {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  await page.goto(`${server.url}?preset=${preset}&backend=${backend === "cpu" ? "cpu" : "webgpu"}`);
  const status = page.getByRole("status", { name: "Training status" });
  const stepNow = async (): Promise<number> =>
    Number(/Step (\S+) \//.exec((await status.textContent()) ?? "")?.[1]?.replaceAll(",", "") ?? 0);
  await status.getByText("Ready").waitFor();
  // Enough to do for the whole trace.
  await page.getByRole("tab", { name: "Training", exact: true }).click();
  const epochs = page.getByRole("textbox", { name: "Epochs" });
  await epochs.fill("1000");
  await epochs.press("Enter");
  await status.getByText("/ 1,000").waitFor();
  await status.getByText("Ready").waitFor();
  await page.getByRole("button", { name: "Train", exact: true }).click();
  await status.getByText("Training").waitFor();
  // Collecting garbage is no task of the page's.
  const client = await page.context().newCDPSession(page);
  if (rounds > 0) await closeViews(page);
  const heapBefore = rounds > 0 ? await heapBytes(client) : 0;
  const before = await stepNow();
  await browser.startTracing(page, { categories: ["disabled-by-default-devtools.timeline"] });
  const startedAt = performance.now();
  if (rounds > 0) await openViews(page, seconds, only);
  else await page.waitForTimeout(seconds * 1000);
  const tracedSeconds = (performance.now() - startedAt) / 1000;
  const trace = await browser.stopTracing();
  const steps = (await stepNow()) - before;
  if (args.json !== undefined) await writeFile(args.json, trace);
  const { traceEvents } = JSON.parse(trace.toString()) as { readonly traceEvents: readonly TraceEvent[] };
  const tasks = mainThreadTasks(traceEvents);
  if (tasks.length === 0) throw new Error("trace: expected tasks of a main thread, got none.");
  console.log(`Chromium ${browser.version()}, ${backend}, ${preset} for ${tracedSeconds.toFixed(0)} s: ${steps} steps`);
  console.log(`main thread, processor time: ${describeTasks(tasks, "processorMs", tracedSeconds)}`);
  // Where other programs have the processors too, this is more than the page's doing.
  console.log(`main thread, by the clock:   ${describeTasks(tasks, "wallMs", tracedSeconds)}`);
  if (rounds > 0) {
    const growth = ((await heapBytes(client)) - heapBefore) / 1e6;
    console.log(`heap ${growth.toFixed(1)} MB larger with every view opened once`);
    console.log(describeViews(await measureViews(page, LOOK_MS, rounds, only)));
  }
} finally {
  await browser.close();
  await server.close();
}
