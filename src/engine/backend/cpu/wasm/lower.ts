/** Turns the steps of a plan into launches of WebAssembly kernels. What none fits is left to the host. */
import { Distribution, Kernel, RANDOM_UNIT, REDUCE_UNIT, RowResult } from "../../../../wasm/codes";
import type { Launch } from "../../../compile/plan";
import type { KernelForm } from "../../../graph/kernel";
import type { Node } from "../../../graph/node";
import type { DropoutOptions } from "../../../ops/dropout";
import { threshold } from "../../../ops/dropout";
import { offsetTable } from "../../../ops/program";
import type { RandomOptions } from "../../../ops/random";
import { splitAxes } from "../../../ops/reduction";
import { rowsOf } from "../../../ops/softmax";
import { sizeOf } from "../../../shape";
import { lowerBatchMoments, lowerBatchMomentsGrad } from "./lowerBatchNorm";
import { lowerAttention, lowerAttentionGrad } from "./lowerAttention";
import { lowerDepthwise, lowerDepthwiseGradInput, lowerDepthwiseGradKernel } from "./lowerDepthwise";
import { lowerGemm } from "./lowerGemm";
import { lowerAveragePool, lowerAveragePoolGrad, lowerMaxPool, lowerMaxPoolGrad } from "./lowerPool";
import { lowerProgram } from "./lowerProgram";
import { lowerRecurrent, lowerRecurrentGrad } from "./lowerRecurrent";
import { lowerNormalizeRows, lowerNormalizeRowsGrad } from "./lowerRowNorm";
import {
  lowerBatch,
  lowerConcat,
  lowerCopy,
  lowerGather,
  lowerGatherGrad,
  lowerOneHot,
  lowerRange,
  lowerWholeCopy,
  lowerWriteRow,
} from "./lowerRows";
import { lowerResample } from "./lowerResample";
import { lowerUpSample } from "./lowerUpSample";
import { lowerWalkGradients } from "./lowerWalkGradients";
import { areWalkGradients } from "./mergeWalks";
import type { AddressOf, WasmLaunch, Records } from "./records";
import { floatWord } from "./records";

/** The launches of one step. @param index of the step in its plan, for the host */
export function lowerStep(step: Launch, index: number, addressOf: AddressOf, records: Records): WasmLaunch[] {
  return lowered(step, addressOf, records) ?? [{ kernel: Kernel.host, record: index, units: 1 }];
}

/** A step by what it is merged from, else by what its kernel says that it computes, else by its kernel's name. */
function lowered(step: Launch, addressOf: AddressOf, records: Records): WasmLaunch[] | undefined {
  const { kernel, attrs, inputs, outputs, members, fuses } = step;
  if (members && areWalkGradients(members)) return lowerWalkGradients(members, addressOf, records);
  const form = kernel.form?.(inputs, attrs);
  switch (form?.kind) {
    case "gemm":
      return lowerGemm(step, form, addressOf, records);
    case "program":
      return lowerProgram(form.program, inputs, outputs, addressOf, records);
    case "reduction":
      return lowerReduction(step, form, addressOf, records);
    case "copy":
      return lowerCopy(step, form.rows(), addressOf, records);
    case undefined:
      // A step that computes an operand where it is read has the name of the op, but neither its inputs nor its attributes.
      return (fuses ? ofSeveral : byName)[kernel.name]?.(step, addressOf, records);
  }
}

type ReductionForm = Extract<KernelForm, { kind: "reduction" }>;

function lowerReduction(
  { inputs: [x], outputs: [result] }: Launch,
  { combine, axes }: ReductionForm,
  addressOf: AddressOf,
  records: Records,
): WasmLaunch[] | undefined {
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
  const launch = { kernel: Kernel.reduce, record, units: groups * parts };
  return parts === 1 ? [launch] : [launch, { kernel: Kernel.combineParts, record, units: groups }];
}

/** Pieces of work that are enough for all threads there may be, and the least elements of one. */
const ENOUGH_UNITS = 32;
const MIN_ELEMENTS = 8192;

/** Into how many parts the elements of every result are split: enough for the threads, and never by how many there are, since
 *  sums depend on it. */
function partsOfReduction(groups: number, results: number, length: number): number {
  const most = Math.min(Math.floor(ENOUGH_UNITS / groups), Math.floor((results * length) / MIN_ELEMENTS), length);
  return Math.max(1, most);
}

/** @param at which of the step's outputs is which */
function softmaxRows(kind: RowResult, at: { readonly loss?: number; readonly result?: number }): Lower {
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
    return [{ kernel: Kernel.softmaxRows, record, units: rows }];
  };
}

function lowerDropout(
  { inputs: [x, seed, step], outputs: [result], attrs }: Launch,
  addressOf: AddressOf,
  records: Records,
): WasmLaunch[] | undefined {
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
  return [{ kernel: Kernel.dropout, record, units: Math.ceil(size / RANDOM_UNIT) }];
}

function lowerRandom(distribution: Distribution): Lower {
  return ({ inputs: [seed, step], outputs: [result], attrs }, addressOf, records) => {
    if (!seed || !step || !result) return undefined;
    const size = sizeOf(result.shape);
    const counters = [addressOf(seed), addressOf(step), (attrs as RandomOptions).stream];
    const record = records.words([addressOf(result), ...counters, size, distribution]);
    return [{ kernel: Kernel.random, record, units: Math.ceil(size / RANDOM_UNIT) }];
  };
}

function lowerArgMax(
  { inputs: [x], outputs: [result], attrs }: Launch,
  addressOf: AddressOf,
  records: Records,
): WasmLaunch[] | undefined {
  if (!x || !result) return undefined;
  const axis = Number(attrs["axis"]);
  const inner = sizeOf(x.shape.slice(axis + 1));
  const record = records.words([addressOf(x), addressOf(result), x.shape[axis]!, inner]);
  return [{ kernel: Kernel.argMax, record, units: sizeOf(result.shape) }];
}

type Lower = (step: Launch, addressOf: AddressOf, records: Records) => WasmLaunch[] | undefined;

/** Kernels that know what becomes of their operands where these are computed in the same launch. */
const ofSeveral: Readonly<Record<string, Lower>> = { recurrent: lowerRecurrent };

/** Kernels that are known by their names. */
const byName: Readonly<Record<string, Lower>> = {
  argMax: lowerArgMax,
  attention: lowerAttention,
  attentionGrad: lowerAttentionGrad,
  avgPool2d: lowerAveragePool,
  avgPool2dGrad: lowerAveragePoolGrad,
  batchMoments: lowerBatchMoments,
  batchMomentsGrad: lowerBatchMomentsGrad,
  batchRows: lowerBatch,
  concat: lowerConcat,
  copy: lowerWholeCopy,
  depthwiseConv2d: lowerDepthwise,
  depthwiseConv2dGradInput: lowerDepthwiseGradInput,
  depthwiseConv2dGradKernel: lowerDepthwiseGradKernel,
  dropout: lowerDropout,
  gatherRows: lowerGather,
  gatherRowsGrad: lowerGatherGrad,
  logSoftmax: softmaxRows(RowResult.logarithm, { result: 0 }),
  maxPool2d: lowerMaxPool,
  maxPool2dArg: lowerMaxPool,
  maxPool2dGrad: lowerMaxPoolGrad,
  maxPool2dWithArg: lowerMaxPool,
  normalizeRows: lowerNormalizeRows({ normal: 0 }),
  normalizeRowsGrad: lowerNormalizeRowsGrad,
  normalizeRowsWithScale: lowerNormalizeRows({ scale: 0, normal: 1 }),
  oneHot: lowerOneHot,
  randomNormal: lowerRandom(Distribution.normal),
  randomUniform: lowerRandom(Distribution.uniform),
  range: lowerRange,
  recurrent: lowerRecurrent,
  recurrentGrad: lowerRecurrentGrad,
  resample: lowerResample(false),
  resampleGrad: lowerResample(true),
  rowScale: lowerNormalizeRows({ scale: 0 }),
  softmax: softmaxRows(RowResult.softmax, { result: 0 }),
  softmaxCrossEntropy: softmaxRows(RowResult.crossEntropy, { loss: 0 }),
  softmaxCrossEntropyGrad: softmaxRows(RowResult.crossEntropy, { result: 0 }),
  softmaxCrossEntropyWithGrad: softmaxRows(RowResult.crossEntropy, { loss: 0, result: 1 }),
  upSample2d: lowerUpSample(false),
  upSample2dGrad: lowerUpSample(true),
  writeRow: lowerWriteRow,
};
