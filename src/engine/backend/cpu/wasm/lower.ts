/** Turns the steps of a plan into launches of WebAssembly kernels. What none fits is left to the host. */
import type { Step } from "../../../compile/plan";
import type { KernelForm } from "../../../graph/kernel";
import { offsetTable } from "../../../ops/program";
import { splitAxes } from "../../../ops/reduction";
import type { PoolGradAttrs, PoolOptions } from "../../../ops/pool";
import { windowAxis } from "../../../ops/window";
import type { Node } from "../../../graph/node";
import type { Shape } from "../../../shape";
import { sizeOf } from "../../../shape";
import { lowerProgram } from "./lowerProgram";
import type { Launch, Records } from "./records";
import { floatWord, KERNEL } from "./records";

/** Where a value is. */
export type AddressOf = (node: Node) => number;

/** Columns of a panel of B; see `src/wasm/gemm.ts`. */
const PANEL = 8;
/** Rows of a tile, and the most that are multiplied in one piece of work. */
const TILE_ROWS = 6;
const MOST_ROWS = 48;

/** Rows of one piece of work: whole tiles, and enough pieces for all threads. Its result does not depend on it. */
function stripRows(rows: number, threads: number): number {
  const tiles = Math.ceil(rows / TILE_ROWS / (4 * threads));
  return Math.min(MOST_ROWS, TILE_ROWS * Math.max(1, tiles));
}
/** Bytes of a run are copied for so many runs in one piece of work. */
const RUNS_PER_UNIT = 256;
/** Results of a piece of work of a reduction; see `src/wasm/reduce.ts`. */
const REDUCE_UNIT = 16;

/** The launches of one step. @param index of the step in its plan, for the host */
export function lowerStep(step: Step, index: number, addressOf: AddressOf, records: Records): Launch[] {
  const form = step.kernel.form?.(step.inputs, step.attrs);
  const launches =
    form?.kind === "gemm"
      ? lowerGemm(step, form, addressOf, records)
      : form?.kind === "program"
        ? lowerProgram(form.program, step.inputs, step.outputs, addressOf, records)
        : form?.kind === "reduction"
          ? lowerReduction(step, form, addressOf, records)
          : lowerByName(step, addressOf, records);
  return launches ?? [{ kernel: KERNEL.host, record: index, units: 1 }];
}

type GemmForm = Extract<KernelForm, { kind: "gemm" }>;

function lowerGemm(step: Step, form: GemmForm, addressOf: AddressOf, records: Records): Launch[] | undefined {
  const { size, a, b, arrangeA, epilogue, parts } = form;
  const [sourceA, sourceB, ...extras] = step.inputs;
  const [output] = step.outputs;
  if (!sourceA || !sourceB || !output || parts > 1) return undefined;
  const finish = epilogue && lowerProgram(epilogue, [output, ...extras], [output], addressOf, records);
  if (epilogue && !finish) return undefined;
  const launches: Launch[] = [];
  let addressA = addressOf(sourceA);
  if (arrangeA) {
    const { length, runLength, from, to } = arrangeA;
    const arranged = records.room(length * 4);
    const tables = [records.offsets(from), records.offsets(to)];
    const record = records.words([addressA, arranged, ...tables, runLength * 4, RUNS_PER_UNIT, from.length]);
    launches.push({ kernel: KERNEL.arrange, record, units: Math.ceil(from.length / RUNS_PER_UNIT) });
    addressA = arranged;
  }
  const panels = Math.ceil(size.n / PANEL);
  const strip = stripRows(size.m, records.threads);
  const packed = records.room(size.batch * panels * size.k * PANEL * 4);
  const record = records.words([
    addressA,
    addressOf(sourceB),
    addressOf(output),
    size.m,
    size.n,
    size.k,
    records.offsets(a.batches),
    records.offsets(a.rows),
    records.offsets(a.columns),
    records.offsets(b.batches),
    records.offsets(b.rows),
    records.offsets(b.columns),
    packed,
    strip,
  ]);
  launches.push({ kernel: KERNEL.packB, record, units: size.batch * panels });
  launches.push({ kernel: KERNEL.multiply, record, units: size.batch * Math.ceil(size.m / strip) });
  return [...launches, ...(finish ?? [])];
}

type ReductionForm = Extract<KernelForm, { kind: "reduction" }>;

function lowerReduction(
  { inputs: [x], outputs: [result] }: Step,
  { combine, axes }: ReductionForm,
  addressOf: AddressOf,
  records: Records,
): Launch[] | undefined {
  if (!x || !result || x.dtype !== "f32") return undefined;
  const { kept, reduced } = splitAxes(x.shape, axes);
  const results = sizeOf(result.shape);
  const record = records.words([
    addressOf(x),
    addressOf(result),
    records.offsets(offsetTable(kept.shape, kept.strides)),
    records.offsets(offsetTable(reduced.shape, reduced.strides)),
    results,
    sizeOf(reduced.shape),
    combine === "max" ? 1 : 0,
    records.room(results * 8),
    (reduced.strides.at(-1) ?? 0) > (kept.strides.at(-1) ?? 0) ? 1 : 0,
  ]);
  return [{ kernel: KERNEL.reduce, record, units: Math.ceil(results / REDUCE_UNIT) }];
}

function lowerByName(step: Step, addressOf: AddressOf, records: Records): Launch[] | undefined {
  switch (step.kernel.name) {
    case "batchRows":
      return lowerBatch(step, addressOf, records);
    case "maxPool2d":
    case "maxPool2dArg":
    case "maxPool2dWithArg":
      return lowerPool(step, addressOf, records);
    case "maxPool2dGrad":
      return lowerPoolGrad(step, addressOf, records);
    default:
      return undefined;
  }
}

function lowerBatch(
  { inputs: [data, order, offset], outputs: [result], attrs }: Step,
  addressOf: AddressOf,
  records: Records,
): Launch[] | undefined {
  if (!data || !order || !offset || !result || data.dtype === "u32") return undefined;
  const kind = data.dtype === "f32" ? 1 : result.dtype === "f32" ? 0 : 2;
  const record = records.words([
    addressOf(data),
    addressOf(order),
    addressOf(offset),
    addressOf(result),
    sizeOf(data.shape.slice(1)),
    sizeOf(order.shape) - 1,
    floatWord(Number(attrs["scale"])),
    kind,
    data.shape[0]! - 1,
  ]);
  return [{ kernel: KERNEL.batchRows, record, units: result.shape[0]! }];
}

/** The maxima, the taps they came from, or both; taps alone leave the maxima in a block of their own. */
function lowerPool(
  { inputs: [x], outputs, attrs }: Step,
  addressOf: AddressOf,
  records: Records,
): Launch[] | undefined {
  const pooled = outputs.find(({ dtype }) => dtype === "f32");
  const arg = outputs.find(({ dtype }) => dtype === "u32");
  const [result] = outputs;
  if (!x || !result) return undefined;
  const target = pooled ? addressOf(pooled) : records.room(sizeOf(result.shape) * 4);
  const words = poolWords(addressOf(x), target, arg ? addressOf(arg) : 0, x.shape, attrs as PoolOptions);
  const [samples = 0, lines = 0] = result.shape;
  return [
    { kernel: arg ? KERNEL.maxPoolWithArg : KERNEL.maxPool, record: records.words(words), units: samples * lines },
  ];
}

function lowerPoolGrad(
  { inputs: [arg, dy], outputs: [result], attrs }: Step,
  addressOf: AddressOf,
  records: Records,
): Launch[] | undefined {
  if (!arg || !dy || !result) return undefined;
  const options = attrs as PoolGradAttrs;
  const words = poolWords(addressOf(dy), addressOf(result), addressOf(arg), options.images, options);
  return [{ kernel: KERNEL.maxPoolGrad, record: records.words(words), units: result.shape[0] ?? 0 }];
}

/** The record of pooling `images`, forward or backward; see `src/wasm/pool.ts`. */
function poolWords(
  source: number,
  target: number,
  arg: number,
  images: Shape,
  { poolSize, strides, padding }: PoolOptions,
): number[] {
  const [, height = 0, width = 0, channels = 0] = images;
  const down = windowAxis("pool height", height, poolSize[0], strides[0], 1, padding);
  const across = windowAxis("pool width", width, poolSize[1], strides[1], 1, padding);
  return [
    source,
    target,
    channels,
    height,
    width,
    down.output,
    across.output,
    ...poolSize,
    ...strides,
    down.before,
    across.before,
    arg,
  ];
}
