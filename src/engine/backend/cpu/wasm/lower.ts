/** Turns the steps of a plan into launches of WebAssembly kernels. What none fits is left to the host. */
import type { Step } from "../../../compile/plan";
import type { KernelForm } from "../../../graph/kernel";
import type { Node } from "../../../graph/node";
import type { DropoutOptions } from "../../../ops/dropout";
import { threshold } from "../../../ops/dropout";
import { offsetTable } from "../../../ops/program";
import { splitAxes } from "../../../ops/reduction";
import { rowsOf } from "../../../ops/softmax";
import { sizeOf } from "../../../shape";
import { lowerGemm } from "./lowerGemm";
import { lowerAveragePool, lowerAveragePoolGrad, lowerMaxPool, lowerMaxPoolGrad } from "./lowerPool";
import { lowerProgram } from "./lowerProgram";
import { lowerUpSample } from "./lowerUpSample";
import type { Launch, Records } from "./records";
import { floatWord, KERNEL } from "./records";

/** Where a value is. */
export type AddressOf = (node: Node) => number;

/** Results of a piece of work of a reduction; see `src/wasm/reduce.ts`. */
const REDUCE_UNIT = 16;

/** The launches of one step. @param index of the step in its plan, for the host */
export function lowerStep(step: Step, index: number, addressOf: AddressOf, records: Records): Launch[] {
  const form = step.kernel.form?.(step.inputs, step.attrs);
  // A step that computes an operand where it is read has the name of the op, but neither its inputs nor its attributes.
  const ownKernel = step.fuses ? undefined : byName[step.kernel.name];
  const launches =
    form?.kind === "gemm"
      ? lowerGemm(step, form, addressOf, records)
      : form?.kind === "program"
        ? lowerProgram(form.program, step.inputs, step.outputs, addressOf, records)
        : form?.kind === "reduction"
          ? lowerReduction(step, form, addressOf, records)
          : ownKernel?.(step, addressOf, records);
  return launches ?? [{ kernel: KERNEL.host, record: index, units: 1 }];
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
  const length = sizeOf(reduced.shape);
  const groups = Math.ceil(results / REDUCE_UNIT);
  const parts = partsOfReduction(groups, results, length);
  const record = records.words([
    addressOf(x),
    addressOf(result),
    records.offsets(offsetTable(kept.shape, kept.strides)),
    records.offsets(offsetTable(reduced.shape, reduced.strides)),
    results,
    length,
    combine === "max" ? 1 : 0,
    records.room(results * parts * 8),
    (reduced.strides.at(-1) ?? 0) > (kept.strides.at(-1) ?? 0) ? 1 : 0,
    parts,
    Math.ceil(length / parts),
  ]);
  const launch = { kernel: KERNEL.reduce, record, units: groups * parts };
  return parts === 1 ? [launch] : [launch, { kernel: KERNEL.combineParts, record, units: groups }];
}

/** Pieces of work that are enough for all threads there may be, and the least elements of one. */
const ENOUGH_UNITS = 32;
const LEAST_ELEMENTS = 8192;

/** Into how many parts the elements of every result are split: enough for the threads, and never by how many there are, since
 *  sums depend on it. */
function partsOfReduction(groups: number, results: number, length: number): number {
  const most = Math.min(Math.floor(ENOUGH_UNITS / groups), Math.floor((results * length) / LEAST_ELEMENTS), length);
  return Math.max(1, most);
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

/** @param kind see `src/wasm/softmax.ts`  @param at which of the step's outputs is which */
function softmaxRows(kind: number, at: { readonly loss?: number; readonly result?: number }): Lower {
  return ({ inputs: [logits, labels, dy], outputs }, addressOf, records) => {
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
  };
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

type Lower = (step: Step, addressOf: AddressOf, records: Records) => Launch[] | undefined;

/** Kernels that are known by their names. */
const byName: Readonly<Record<string, Lower>> = {
  argMax: lowerArgMax,
  avgPool2d: lowerAveragePool,
  avgPool2dGrad: lowerAveragePoolGrad,
  batchRows: lowerBatch,
  dropout: lowerDropout,
  logSoftmax: softmaxRows(1, { result: 0 }),
  maxPool2d: lowerMaxPool,
  maxPool2dArg: lowerMaxPool,
  maxPool2dGrad: lowerMaxPoolGrad,
  maxPool2dWithArg: lowerMaxPool,
  softmax: softmaxRows(0, { result: 0 }),
  softmaxCrossEntropy: softmaxRows(2, { loss: 0 }),
  softmaxCrossEntropyGrad: softmaxRows(2, { result: 0 }),
  softmaxCrossEntropyWithGrad: softmaxRows(2, { loss: 0, result: 1 }),
  upSample2d: lowerUpSample(false),
  upSample2dGrad: lowerUpSample(true),
};
