/** Walks of recurrent layers as records for `src/wasm/recurrent.ts`: the kernel is packed, then samples are walked a few at a time. */
import { Cell, Kernel, Squash, TILE_ROWS } from "../../../../wasm/codes";
import type { Launch } from "../../../compile/plan";
import { steps } from "../../../ops/gemm";
import { type GradAttrs, type RecurrentOptions, type Walk, walkOf } from "../../../ops/recurrentWalk";
import { lowerPacked, pieceTiles } from "./lowerGemm";
import type { AddressOf, WasmLaunch, Records } from "./records";

/** Tiles of a piece of work at most, so that what a step reads and writes stays in cache. The fewer pieces, the closer threads come to
 *  equal shares: no piece is taken apart. */
const MAX_TILES = 16;

/** What both ways are told. */
interface Walked {
  readonly kernel: Kernel;
  readonly walk: Walk;
  readonly options: RecurrentOptions;
  /** The address of what is noted of every step. */
  readonly trace: number;
  readonly panels: { readonly address: number; readonly launch: WasmLaunch };
  /** Columns and depth of what a step multiplies, and the numbers that a thread needs for each sample. */
  readonly product: { readonly n: number; readonly k: number; readonly room: number };
  readonly ends: readonly number[];
}

function lowerWalk({ kernel, walk, options, trace, panels, product, ends }: Walked, records: Records): WasmLaunch[] {
  const { samples, units, cell, statesAt, keptAt } = walk;
  const rows = TILE_ROWS * pieceTiles(Math.ceil(samples / TILE_ROWS), records.threads, MAX_TILES);
  const scratchBytes = rows * product.room * 4;
  const record = records.words([
    samples,
    walk.steps,
    units,
    cell.gates,
    cell.kept,
    Cell[options.cell],
    Squash[options.activation],
    Squash[options.recurrentActivation],
    options.reverse ? 1 : 0,
    rows,
    panels.address,
    records.offsets(steps(rows, product.k)),
    records.offsets(steps(rows, product.n)),
    records.offsets(steps(product.n, 1)),
    records.room(scratchBytes * records.threads),
    scratchBytes,
    trace + statesAt * 4,
    trace + keptAt * 4,
    options.sequences ? 0 : trace,
    ...ends,
  ]);
  return [panels.launch, { kernel, record, units: Math.ceil(samples / rows) }];
}

/** Forward. */
export function lowerRecurrent(step: Launch, addressOf: AddressOf, records: Records): WasmLaunch[] | undefined {
  const [x, kernel, bias] = step.inputs;
  const [trace] = step.outputs;
  if (!x || !kernel || !trace) return undefined;
  const options = step.attrs as RecurrentOptions;
  const [samples = 1, stepCount = 1, n = 1] = x.shape;
  const units = kernel.shape[0] ?? 1;
  const walk = walkOf(options, samples, stepCount, units);
  const panels = lowerPacked(addressOf(kernel), n, units, records);
  const ends = [addressOf(x), bias ? addressOf(bias) : 0];
  const product = { n, k: units, room: units + n };
  return lowerWalk(
    { kernel: Kernel.recurrent, walk, options, trace: addressOf(trace), panels, product, ends },
    records,
  );
}

/** Back. */
export function lowerRecurrentGrad(step: Launch, addressOf: AddressOf, records: Records): WasmLaunch[] | undefined {
  const [dy, trace, transposed] = step.inputs;
  const [slopes] = step.outputs;
  if (!dy || !trace || !transposed || !slopes) return undefined;
  const options = step.attrs as GradAttrs;
  const [k = 1, units = 1] = transposed.shape;
  const walk = walkOf(options, options.samples, options.steps, units);
  const panels = lowerPacked(addressOf(transposed), units, k, records);
  const to = addressOf(slopes);
  const ends = [addressOf(dy), to, to + options.samples * options.steps * k * 4];
  const product = { n: units, k, room: 3 * units + k };
  return lowerWalk(
    { kernel: Kernel.recurrentGrad, walk, options, trace: addressOf(trace), panels, product, ends },
    records,
  );
}
