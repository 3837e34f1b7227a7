/** Turns the steps of a plan into launches of WebAssembly kernels. What none fits is left to the host. */
import type { Step } from "../../../compile/plan";
import type { Arrangement, GemmSize, KernelForm, MatrixView, ProductSum } from "../../../graph/kernel";
import type { DropoutOptions } from "../../../ops/dropout";
import { threshold } from "../../../ops/dropout";
import { steps } from "../../../ops/gemm";
import { offsetTable } from "../../../ops/program";
import { splitAxes } from "../../../ops/reduction";
import type { PoolGradAttrs, PoolOptions } from "../../../ops/pool";
import { rowsOf } from "../../../ops/softmax";
import { windowAxis } from "../../../ops/window";
import type { Node } from "../../../graph/node";
import type { Shape } from "../../../shape";
import { sizeOf } from "../../../shape";
import { lowerProgram } from "./lowerProgram";
import type { Launch, Records } from "./records";
import { floatWord, KERNEL } from "./records";

/** Where a value is. */
export type AddressOf = (node: Node) => number;

/** The tile, and the most rows that are multiplied at a time; see `src/wasm/gemm.ts`. */
const PANEL = 8;
const TILE_ROWS = 6;
const STRIP_ROWS = 48;

/** Rows of one piece of work: whole tiles, and enough pieces for all threads. Its result does not depend on it. */
function stripRows(rows: number, threads: number): number {
  const tiles = Math.ceil(rows / TILE_ROWS / (4 * threads));
  return Math.min(STRIP_ROWS, TILE_ROWS * Math.max(1, tiles));
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
  const { size, a, b, arrangeA, sum, epilogue } = form;
  const [sourceA, sourceB, ...extras] = step.inputs;
  const [output] = step.outputs;
  if (!sourceA || !sourceB || !output) return undefined;
  const [finish] = (epilogue && lowerProgram(epilogue, [output, ...extras], [output], addressOf, records)) ?? [];
  if (epilogue && !finish) return undefined;
  const arrangedA = arrangeA && records.room(arrangeA.length * 4);
  const arrangedC = sum?.arrange && records.room(sum.length * 4);
  const panels = Math.ceil(size.n / PANEL);
  const direct = directPanels(size, b);
  const unit = sum ? sumRows(sum) : stripRows(size.m, records.threads);
  const record = records.words([
    arrangedA ?? addressOf(sourceA),
    addressOf(sourceB),
    arrangedC ?? addressOf(output),
    size.m,
    size.n,
    size.k,
    records.offsets(a.batches),
    records.offsets(a.rows),
    records.offsets(a.columns),
    records.offsets(b.batches),
    records.offsets(b.rows),
    records.offsets(b.columns),
    records.offsets(sum?.rows ?? steps(size.m, size.n)),
    records.offsets(sum?.columns ?? steps(size.n, 1)),
    comeInFours(b.rows) ? 1 : 0,
    direct ? addressOf(sourceB) + direct.first * 4 : records.room(size.batch * panels * size.k * PANEL * 4),
    unit,
    (sum ? (unit / size.m) * sum.length : unit * size.n) * 4,
    (sum?.length ?? size.m * size.n) * 4,
    finish && !arrangedC ? finish.record : 0,
    direct ? PANEL * 4 : size.k * PANEL * 4,
    direct ? direct.stride * 4 : PANEL * 4,
    sum ? 1 : 0,
  ]);
  const launches: Launch[] = [
    ...(direct ? [] : [{ kernel: KERNEL.packB, record, units: size.batch * panels }]),
    { kernel: KERNEL.multiply, record, units: size.batch * Math.ceil(size.m / unit) },
  ];
  if (arrangeA && arrangedA) launches.unshift(lowerArrange(arrangeA, addressOf(sourceA), arrangedA, records));
  if (sum?.arrange && arrangedC) {
    launches.push(lowerArrange(sum.arrange, arrangedC, addressOf(output), records));
    if (finish) launches.push(finish);
  }
  return launches;
}

/** Where the panels of B start and how far its rows are apart, when tiles may as well read B where it lies: few rows pass
 *  over it, and its columns are neighbours. */
function directPanels(
  { batch, m, n, k }: GemmSize,
  { batches, rows, columns }: MatrixView,
): { first: number; stride: number } | undefined {
  if (batch > 1 || m > 2 * TILE_ROWS || n % PANEL > 0) return undefined;
  const stride = k > 1 ? rows[1]! - rows[0]! : 0;
  const isRegular = rows.every((offset, i) => offset === rows[0]! + i * stride);
  const isTogether = columns.every((offset, i) => offset === columns[0]! + i);
  return isRegular && isTogether ? { first: batches[0]! + rows[0]! + columns[0]!, stride } : undefined;
}

/** Rows of one piece of work: about a strip, of whole parts, whatever the threads, since sums depend on it. */
function sumRows({ size, parts }: ProductSum): number {
  const rows = size.m / parts;
  return rows * Math.max(1, Math.floor(STRIP_ROWS / rows));
}

/** Whether offsets can be read four at a time. */
function comeInFours(offsets: Uint32Array): boolean {
  const whole = offsets.length & ~3;
  return whole > 0 && offsets.every((offset, i) => i >= whole || offset === offsets[i & ~3]! + (i & 3));
}

function lowerArrange(
  { runLength, from, to }: Arrangement,
  source: number,
  target: number,
  records: Records,
): Launch {
  const tables = [records.offsets(from), records.offsets(to)];
  const record = records.words([source, target, ...tables, runLength * 4, RUNS_PER_UNIT, from.length]);
  return { kernel: KERNEL.arrange, record, units: Math.ceil(from.length / RUNS_PER_UNIT) };
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
    case "softmax":
      return lowerSoftmax(step, 0, { result: 0 }, addressOf, records);
    case "logSoftmax":
      return lowerSoftmax(step, 1, { result: 0 }, addressOf, records);
    case "softmaxCrossEntropy":
      return lowerSoftmax(step, 2, { loss: 0 }, addressOf, records);
    case "softmaxCrossEntropyGrad":
      return lowerSoftmax(step, 2, { result: 0 }, addressOf, records);
    case "softmaxCrossEntropyWithGrad":
      return lowerSoftmax(step, 2, { loss: 0, result: 1 }, addressOf, records);
    case "dropout":
      return lowerDropout(step, addressOf, records);
    case "argMax":
      return lowerArgMax(step, addressOf, records);
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

/** @param kind see `src/wasm/softmax.ts`  @param at which of the step's outputs is which */
function lowerSoftmax(
  { inputs: [logits, labels, dy], outputs }: Step,
  kind: number,
  at: { readonly loss?: number; readonly result?: number },
  addressOf: AddressOf,
  records: Records,
): Launch[] | undefined {
  if (!logits) return undefined;
  const address = (node: Node | undefined): number => (node ? addressOf(node) : 0);
  const { rows, columns } = rowsOf(logits.shape);
  const record = records.words([
    addressOf(logits),
    columns,
    kind,
    at.result === undefined ? 0 : address(outputs[at.result]),
    address(labels),
    at.loss === undefined ? 0 : address(outputs[at.loss]),
    address(dy),
  ]);
  return [{ kernel: KERNEL.softmaxRows, record, units: rows }];
}

/** Elements of a piece of work of dropout; see `src/wasm/dropout.ts`. */
const DROPOUT_UNIT = 1024;

function lowerDropout(
  { inputs: [x, seed, step], outputs: [result], attrs }: Step,
  addressOf: AddressOf,
  records: Records,
): Launch[] | undefined {
  if (!x || !seed || !step || !result) return undefined;
  const { rate, stream } = attrs as DropoutOptions;
  const size = sizeOf(result.shape);
  const record = records.words([
    addressOf(x),
    addressOf(result),
    addressOf(seed),
    addressOf(step),
    stream,
    threshold(rate),
    floatWord(1 / (1 - rate)),
    size,
  ]);
  return [{ kernel: KERNEL.dropout, record, units: Math.ceil(size / DROPOUT_UNIT) }];
}

function lowerArgMax(
  { inputs: [x], outputs: [result], attrs }: Step,
  addressOf: AddressOf,
  records: Records,
): Launch[] | undefined {
  if (!x || !result) return undefined;
  const axis = Number(attrs["axis"]);
  const inner = sizeOf(x.shape.slice(axis + 1));
  const record = records.words([addressOf(x), addressOf(result), x.shape[axis]!, inner]);
  return [{ kernel: KERNEL.argMax, record, units: sizeOf(result.shape) }];
}
