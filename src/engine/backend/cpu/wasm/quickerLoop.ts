/** Finds out which loop sums products more quickly here; see `src/wasm/gemmTiles.mjs`. The clock decides and not the browser's name,
 *  since it depends on how its compiler shares out registers. Results have the same bits: a wrong choice costs time only. */
import { Kernel, LOOP_ADDRESS, Loop, STRIP_ROWS, TILE_COLUMNS } from "../../../../wasm/codes";
import { steps } from "../../../ops/gemm";
import type { LinearMemory } from "./linearMemory";
import type { Kernels, WasmVariant } from "./module";
import { Records } from "./records";

/** Steps of the sums that are timed: those of a 3x3 convolution of 32 channels. */
const TRIAL_STEPS = 288;

/** Compilers begin with code that is quick to make, and replace what has run for a while. */
const WARM_UP_MS = 6;
const SAMPLE_MS = 1;
const SAMPLES = 7;
/** Where the clock ticks so seldom, or others keep the machine busy, fewer samples must do. */
const MAX_MS = 100;

/** The loop by fours must be so much quicker to be chosen. More than fourfold no compiler gains: the other was held up. */
const MIN_GAIN = 1.15;
const MAX_GAIN = 4;

/** What was chosen before, for another backend of this thread. */
const known = new Map<WasmVariant, Loop>();

/** Makes all threads that share a memory sum by the loop that is asked for, or else by the quicker one, which takes some 25 ms to find
 *  out, once. Nothing else may run meanwhile. */
export function setLoop(kernels: Kernels, variant: WasmVariant, memory: LinearMemory, asked?: Loop): void {
  const loop = asked ?? known.get(variant) ?? chooseLoop(kernels, memory);
  if (asked === undefined) known.set(variant, loop);
  write(memory, loop);
}

/** The quicker loop, by trial. */
export function chooseLoop(kernels: Kernels, memory: LinearMemory): Loop {
  const records = new Records(memory, 1);
  const launch = layOutTrial(records);
  /** Runs a millisecond, from one tick of the clock to another: in some pages it ticks once a millisecond. */
  const speedOf = (loop: Loop): number => {
    write(memory, loop);
    const before = performance.now();
    let begin = before;
    for (; begin === before; begin = performance.now()) kernels.run(launch, 1, 1);
    let end = begin;
    let runs = 0;
    for (; end - begin < SAMPLE_MS; end = performance.now(), runs++) kernels.run(launch, 1, 1);
    return runs / (end - begin);
  };
  const startMs = performance.now();
  const speeds: Readonly<Record<Loop, number[]>> = { [Loop.byOnes]: [], [Loop.byFours]: [] };
  const sample = (): void => {
    for (const loop of [Loop.byOnes, Loop.byFours] as const) speeds[loop].push(speedOf(loop));
  };
  while (performance.now() - startMs < WARM_UP_MS) sample();
  for (const all of Object.values(speeds)) all.length = 0;
  do sample();
  while (speeds[Loop.byOnes].length < SAMPLES && performance.now() - startMs < MAX_MS);
  records.release();
  const gain = secondBest(speeds[Loop.byFours]) / secondBest(speeds[Loop.byOnes]);
  return gain >= MIN_GAIN && gain <= MAX_GAIN ? Loop.byFours : Loop.byOnes;
}

/** Whatever holds a sample up makes it slower, and only an uneven clock faster, so that the best but one is nearest the truth. */
const secondBest = (speeds: readonly number[]): number => {
  const [best = NaN, second = best] = speeds.toSorted((a, b) => b - a);
  return second;
};

function write({ memory }: LinearMemory, loop: Loop): void {
  new Uint32Array(memory.buffer, LOOP_ADDRESS, 1)[0] = loop;
}

/** The launch of one strip of patches times one panel, all zeros. The record's words are those of `src/wasm/gemm.ts`. */
function layOutTrial(records: Records): number {
  const [rows, columns] = [STRIP_ROWS, TILE_COLUMNS];
  const a = records.room((rows + TRIAL_STEPS) * 4);
  const panel = records.room(TRIAL_STEPS * columns * 4);
  const c = records.room(rows * columns * 4);
  const start = records.offsets(Uint32Array.of(0));
  const toRows = records.offsets(steps(rows, columns));
  const byStep = records.offsets(steps(TRIAL_STEPS, 1));
  const record = records.words([
    ...[a, 0, c, rows, columns, TRIAL_STEPS],
    ...[start, byStep, byStep, start, byStep, byStep, toRows, byStep],
    ...[0, panel, rows, rows * columns * 4, rows * columns * 4, 0],
    ...[TRIAL_STEPS * columns * 4, columns * 4, 0, 0],
  ]);
  return records.words([Kernel.multiply, record, 1]);
}
