/** The gradients of a walk's weights as one product of `[input, 1, state before]`, transposed, and slopes: both kernels' and the bias's.
 *  First come the first steps of all samples, which follow no state and are left out of its rows. */
import { Kernel, TILE_COLUMNS, TILE_ROWS } from "../../../../wasm/codes";
import type { Launch } from "../../../compile/plan";
import { steps } from "../../../ops/gemm";
import type { Columns } from "../../../ops/recurrentProduct";
import { type GradAttrs, timeOf, walkOf } from "../../../ops/recurrentWalk";
import { dimensionOf } from "../../../shape";
import { blocksOf } from "./lowerGemm";
import { floatWord } from "./records";
import type { AddressOf, Records, WasmLaunch } from "./records";

/** The product of the launches that `mergeWalks.ts` puts side by side. */
export function lowerWalkGradients(
  [ofInput, ofState, ofBias]: readonly Launch[],
  addressOf: AddressOf,
  records: Records,
): WasmLaunch[] | undefined {
  const [input] = ofInput?.inputs ?? [];
  const [trace, slopes] = ofState?.inputs ?? [];
  const [toInput, toState, toBias] = [ofInput, ofState, ofBias].map((launch) => launch?.outputs[0]);
  if (!ofState || !input || !trace || !slopes || !toInput || !toState) return undefined;
  const attrs = ofState.attrs as GradAttrs & Columns & { readonly units: number };
  const { samples, steps: stepCount, units, width, reverse } = attrs;
  const walk = walkOf(attrs, samples, stepCount, units);
  const channels = dimensionOf(input.shape, 1);
  const placeOf = (n: number, s: number): number => n * stepCount + timeOf(walk, s, reverse);
  const firsts = Array.from({ length: samples }, (_, n) => placeOf(n, 0));
  // Sample by sample, as rows follow each other in memory.
  const later = firsts.flatMap((_, n) =>
    Array.from({ length: stepCount - 1 }, (__, s) => [placeOf(n, s + 1), placeOf(n, s)] as const),
  );
  const places = Uint32Array.from([...firsts, ...later.map(([place]) => place)]);
  const before = Uint32Array.from(later, ([, place]) => place);

  const early = channels + (toBias ? 1 : 0);
  const strips = Math.ceil(early / TILE_ROWS);
  const stateStrips = Math.ceil(units / TILE_ROWS);
  // The row of ones is written here, once: packing writes the channels alone.
  const rows = new Uint32Array(strips * TILE_ROWS * places.length);
  const firstOne = Math.floor(channels / TILE_ROWS) * TILE_ROWS * places.length + (channels % TILE_ROWS);
  if (toBias) for (let i = 0; i < places.length; i++) rows[firstOne + i * TILE_ROWS] = floatWord(1);
  const stripsAt = records.words(rows);
  const stateStripsAt = records.room(stateStrips * TILE_ROWS * before.length * 4);

  const none = records.offsets(steps(1, 0));
  /** The record that lays m columns of a matrix side by side, of the rows k. */
  const packed = (address: number, m: number, k: Uint32Array, to: number): number =>
    records.words([
      ...[address, 0, 0, m, 0, k.length, none, records.offsets(steps(m, 1)), records.offsets(k.map((i) => i * m))],
      ...Array.from({ length: 14 }, () => 0),
      to,
    ]);
  // Results lie wherever gradients are gathered: their rows are told from the first of them on.
  const target = Math.min(...[toInput, toState, ...(toBias ? [toBias] : [])].map(addressOf));
  const rowsOf = (address: number, count: number): number[] =>
    Array.from({ length: count }, (_, row) => (address - target) / 4 + row * width);
  const block = blocksOf(width, records.threads);
  const product = records.words([
    ...[0, addressOf(slopes), target, early, width, places.length, 0, 0, 0],
    ...[none, records.offsets(places.map((i) => i * width)), records.offsets(steps(width, 1))],
    records.offsets(
      Uint32Array.from([
        ...rowsOf(addressOf(toInput), channels),
        ...(toBias ? rowsOf(addressOf(toBias), 1) : []),
        ...rowsOf(addressOf(toState), units),
      ]),
    ),
    records.offsets(steps(width, 1)),
    0,
    records.room(block.bytes * records.threads),
    block.panels * TILE_COLUMNS,
    ...[0, 0, 0, block.bytes, 0, 0],
    stripsAt,
    ...[units, samples, stateStripsAt],
  ]);
  const state = addressOf(trace) + walk.statesAt * 4;
  return [
    {
      kernel: Kernel.packA,
      record: packed(addressOf(input), channels, places, stripsAt),
      units: Math.ceil(channels / TILE_ROWS),
    },
    { kernel: Kernel.packA, record: packed(state, units, before, stateStripsAt), units: stateStrips },
    { kernel: Kernel.multiplyBlocks, record: product, units: block.count },
  ];
}
