/** Walks of recurrent layers as records for `src/wasm/recurrent.ts`: the kernel is packed, then samples are walked a few at a time. */
import { Cell, Kernel, Squash, TILE_ROWS } from "../../../../wasm/codes";
import { owner } from "../../../compile/memory";
import type { Launch } from "../../../compile/plan";
import { steps } from "../../../ops/gemm";
import { matmulOps } from "../../../ops/matmul";
import { recurrentOps } from "../../../ops/recurrent";
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

/** Forward: of the sums of the input, or of the input itself and its kernel, where the product that makes these sums is part of it. */
export function lowerRecurrent(step: Launch, addressOf: AddressOf, records: Records): WasmLaunch[] | undefined {
  const own: OwnProduct | undefined = step.fuses ? ownProduct(step.fuses) : { walk: step };
  const [trace] = step.outputs;
  if (!own || !trace) return undefined;
  const [sums, kernel, bias] = own.walk.inputs;
  const [input, inputKernel] = own.product?.inputs ?? [];
  if (!sums || !kernel) return undefined;
  const options = own.walk.attrs as RecurrentOptions;
  const [samples = 1, stepCount = 1, n = 1] = sums.shape;
  const units = kernel.shape[0] ?? 1;
  const channels = inputKernel?.shape[0] ?? 0;
  const walk = walkOf(options, samples, stepCount, units);
  const ofInput = inputKernel ? [{ address: addressOf(inputKernel), rows: channels }] : [];
  const panels = lowerPacked([...ofInput, { address: addressOf(kernel), rows: units }], n, records);
  const ends = [addressOf(input ?? sums), bias ? addressOf(bias) : 0, channels];
  const product = { n, k: channels + units, room: channels + units + n };
  return lowerWalk(
    { kernel: Kernel.recurrent, walk, options, trace: addressOf(trace), panels, product, ends },
    records,
  );
}

/** A walk, and the product that makes the sums of its input where that is part of it. */
interface OwnProduct {
  readonly walk: Launch;
  readonly product?: Launch;
}

/** Both, where a launch is just these two. */
function ownProduct([product, walk, ...others]: readonly Launch[]): OwnProduct | undefined {
  if (!product || !walk || others.length > 0 || walk.kernel.name !== recurrentOps.recurrent.name) return undefined;
  const isInput = owner(walk.inputs[0]!).base === product.outputs[0];
  return isInput && product.kernel.name === matmulOps.matmul.name ? { walk, product } : undefined;
}

/** Back. */
export function lowerRecurrentGrad(step: Launch, addressOf: AddressOf, records: Records): WasmLaunch[] | undefined {
  const [dy, trace, transposed] = step.inputs;
  const [slopes] = step.outputs;
  if (!dy || !trace || !transposed || !slopes) return undefined;
  const options = step.attrs as GradAttrs;
  const [k = 1, units = 1] = transposed.shape;
  const walk = walkOf(options, options.samples, options.steps, units);
  const panels = lowerPacked([{ address: addressOf(transposed), rows: k }], units, records);
  const to = addressOf(slopes);
  const ends = [addressOf(dy), to, to + options.samples * options.steps * k * 4];
  const product = { n: units, k, room: 3 * units + k };
  return lowerWalk(
    { kernel: Kernel.recurrentGrad, walk, options, trace: addressOf(trace), panels, product, ends },
    records,
  );
}
