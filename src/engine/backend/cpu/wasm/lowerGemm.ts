/** Matrix products as records for `src/wasm/gemm.ts`. */
import { DEPTH, Kernel, STRIP_ROWS, TILE_COLUMNS, TILE_ROWS } from "../../../../wasm/codes";
import type { Launch } from "../../../compile/plan";
import type { Arrangement, GemmSize, KernelForm, MatrixView, GemmSum } from "../../../graph/kernel";
import { steps } from "../../../ops/gemm";
import type { AddressOf } from "./records";
import { lowerProgram } from "./lowerProgram";
import type { WasmLaunch, Records } from "./records";

/** Rows of one piece of work: whole tiles, and enough pieces for all threads. Its result does not depend on it. */
function stripRows(rows: number, threads: number): number {
  const tiles = Math.ceil(rows / TILE_ROWS / (4 * threads));
  return Math.min(STRIP_ROWS, TILE_ROWS * Math.max(1, tiles));
}

/** Tiles of one piece of work where fewer pieces are better: as many pieces for every thread, of so many tiles at most. */
export function pieceTiles(tiles: number, threads: number, most: number): number {
  return Math.ceil(tiles / (threads * Math.ceil(tiles / (most * threads))));
}

/** Panels of a block of columns: so many steps of them as are taken at a time, and of A, are to stay in the second-level cache. */
const BLOCK_PANELS = 32;

/** Bytes of a run are copied for so many runs in one piece of work. */
const RUNS_PER_UNIT = 256;
type GemmForm = Extract<KernelForm, { kind: "gemm" }>;

/** Packs B, multiplies strip by strip, finishes; before or after that, moves what has padding. */
export function lowerGemm(
  step: Launch,
  form: GemmForm,
  addressOf: AddressOf,
  records: Records,
): WasmLaunch[] | undefined {
  const { size, epilogue, parts, operands } = form;
  if (!operands) return undefined;
  const { a, b, arrangeA, sum } = operands();
  const [sourceA, sourceB, ...extras] = step.inputs;
  const [output] = step.outputs;
  // Long sums are split for the GPU only.
  if (!sourceA || !sourceB || !output || parts > 1) return undefined;
  const [finish] = (epilogue && lowerProgram(epilogue, [output, ...extras], [output], addressOf, records)) ?? [];
  if (epilogue && !finish) return undefined;
  const arrangedA = arrangeA && records.room(arrangeA.length * 4);
  const arrangedC = sum?.arrange && records.room(sum.length * 4);
  const panels = Math.ceil(size.n / TILE_COLUMNS);
  const direct = directPanels(size, b);
  const inBlocks = !direct && !sum && !epilogue && haveNeighbours(a) && paysInBlocks(size);
  const block = blocksOf(size.n, records.threads);
  const unit = sum ? sumRows(sum) : inBlocks ? block.panels * TILE_COLUMNS : stripRows(size.m, records.threads);
  const strips = Math.ceil(size.m / TILE_ROWS);
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
    direct
      ? addressOf(sourceB) + direct.first * 4
      : records.room(inBlocks ? block.bytes * records.threads : size.batch * panels * size.k * TILE_COLUMNS * 4),
    unit,
    (sum ? (unit / size.m) * sum.length : unit * size.n) * 4,
    (sum?.length ?? size.m * size.n) * 4,
    finish && !arrangedC ? finish.record : 0,
    direct ? TILE_COLUMNS * 4 : inBlocks ? block.bytes : size.k * TILE_COLUMNS * 4,
    direct ? direct.stride * 4 : TILE_COLUMNS * 4,
    sum ? 1 : 0,
    inBlocks ? records.room(strips * TILE_ROWS * size.k * 4) : 0,
    ...[0, 0, 0],
  ]);
  if (inBlocks) {
    return [
      { kernel: Kernel.packA, record, units: strips },
      { kernel: Kernel.multiplyBlocks, record, units: block.count },
    ];
  }
  const launches: WasmLaunch[] = [
    ...(direct ? [] : [{ kernel: Kernel.packB, record, units: size.batch * panels }]),
    { kernel: Kernel.multiply, record, units: size.batch * Math.ceil(size.m / unit) },
  ];
  if (arrangeA && arrangedA) launches.unshift(lowerArrange(arrangeA, addressOf(sourceA), arrangedA, records));
  if (sum?.arrange && arrangedC) {
    launches.push(lowerArrange(sum.arrange, arrangedC, addressOf(output), records));
    if (finish) launches.push(finish);
  }
  return launches;
}

/** Columns of B, and steps, from which on it pays to lay rows of A side by side first: in the gradient of a recurrent kernel it does, in
 *  those of dense layers, of 128 columns and steps, it costs a tenth of a training step. */
const MIN_REUSE = 256;
const MIN_STEPS = 1024;

/** Whether enough columns pass over rows for laying these side by side first. */
export function paysInBlocks({ batch, m, n, k }: GemmSize): boolean {
  return batch === 1 && m >= TILE_ROWS && n >= MIN_REUSE && k >= MIN_STEPS;
}

/** Whether rows of each tile are neighbours in memory. */
const haveNeighbours = ({ rows }: MatrixView): boolean =>
  rows.every((offset, i) => i % TILE_ROWS === 0 || offset === rows[i - 1]! + 1);

/** How columns are shared out where a product is multiplied in blocks. */
export function blocksOf(n: number, threads: number): { panels: number; bytes: number; count: number } {
  const all = Math.ceil(n / TILE_COLUMNS);
  const panels = pieceTiles(all, threads, BLOCK_PANELS);
  return { panels, bytes: panels * TILE_COLUMNS * DEPTH * 4, count: Math.ceil(all / panels) };
}

/** Row-major matrices of n columns, one below the other, in panels of eight columns, and the launch that packs them.
 *  @param parts where each matrix is, and how many rows it has */
export function lowerPacked(
  parts: readonly { readonly address: number; readonly rows: number }[],
  n: number,
  records: Records,
): { readonly address: number; readonly launch: WasmLaunch } {
  const source = Math.min(...parts.map(({ address }) => address));
  const rows = parts.flatMap((part) => [...steps(part.rows, n)].map((row) => row + (part.address - source) / 4));
  const panels = Math.ceil(n / TILE_COLUMNS);
  const address = records.room(panels * rows.length * TILE_COLUMNS * 4);
  const record = records.words([
    ...[0, source, 0, 0, n, rows.length, 0, 0, 0],
    ...[records.offsets(steps(1, 0)), records.offsets(Uint32Array.from(rows)), records.offsets(steps(n, 1))],
    ...[0, 0, 0, address],
  ]);
  return { address, launch: { kernel: Kernel.packB, record, units: panels } };
}

/** Where the panels of B start and how far its rows are apart, when tiles may as well read B where it lies: few rows pass
 *  over it, and its columns are neighbours. */
function directPanels(
  { batch, m, n, k }: GemmSize,
  { batches, rows, columns }: MatrixView,
): { first: number; stride: number } | undefined {
  if (batch > 1 || m > 2 * TILE_ROWS || n % TILE_COLUMNS > 0) return undefined;
  const stride = k > 1 ? rows[1]! - rows[0]! : 0;
  const isRegular = rows.every((offset, i) => offset === rows[0]! + i * stride);
  const isTogether = columns.every((offset, i) => offset === columns[0]! + i);
  return isRegular && isTogether ? { first: batches[0]! + rows[0]! + columns[0]!, stride } : undefined;
}

/** Rows of one piece of work: about a strip, of whole parts, whatever the threads, since sums depend on it. */
function sumRows({ size, parts }: GemmSum): number {
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
): WasmLaunch {
  const tables = [records.offsets(from), records.offsets(to)];
  const record = records.words([source, target, ...tables, runLength * 4, RUNS_PER_UNIT, from.length]);
  return { kernel: Kernel.arrange, record, units: Math.ceil(from.length / RUNS_PER_UNIT) };
}
