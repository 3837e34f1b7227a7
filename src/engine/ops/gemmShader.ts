/** The GPU's half of the matrix product: WGSL templates with three slots, load A, load B and finish C, and the choice
 *  between them. */
import reduceQuadsText from "../../shaders/gemm_reduce_quads.wgsl?raw";
import reduceText from "../../shaders/gemm_reduce.wgsl?raw";
import registersText from "../../shaders/gemm_registers.wgsl?raw";
import tiledText from "../../shaders/gemm_tiled.wgsl?raw";
import tiled128Text from "../../shaders/gemm_tiled128.wgsl?raw";
import tiled64Text from "../../shaders/gemm_tiled64.wgsl?raw";
import pooledText from "../../shaders/lib/finish_pooled.wgsl?raw";
import finishText from "../../shaders/lib/finish_rows.wgsl?raw";
import aAlongKText from "../../shaders/lib/gemm_a_along_k.wgsl?raw";
import aAlongLinesText from "../../shaders/lib/gemm_a_along_lines.wgsl?raw";
import aEachText from "../../shaders/lib/gemm_a_each.wgsl?raw";
import bAlongKText from "../../shaders/lib/gemm_b_along_k.wgsl?raw";
import bAlongLinesText from "../../shaders/lib/gemm_b_along_lines.wgsl?raw";
import bEachText from "../../shaders/lib/gemm_b_each.wgsl?raw";
import bFoursText from "../../shaders/lib/gemm_b_fours.wgsl?raw";
import blocksText from "../../shaders/lib/gemm_blocks.wgsl?raw";
import shareText from "../../shaders/lib/gemm_share.wgsl?raw";
import slicesText from "../../shaders/lib/gemm_slices.wgsl?raw";
import type { Binding, Gemm, GemmSize, GemmVariant, Program, ShaderPart, WgslArgs, WgslProgram } from "../graph/kernel";
import type { Attrs } from "../graph/type";
import { hashText } from "../random";
import type { GemmShader, GemmSpec } from "./gemmSpec";
import { quadsPart } from "./gemmQuads";
import { emitProgram, loadExpression, mathParts } from "./program";
import { part, WORKGROUP_SIZE } from "./wgsl";

/** The results that a workgroup computes together, or a thread, where `eachThread`. */
interface Tile {
  readonly rows: number;
  readonly columns: number;
  readonly eachThread?: boolean;
}

interface Template {
  readonly parts: readonly ShaderPart[];
  readonly tile: Tile;
  readonly needsQuads?: boolean;
  /** Only a software adapter has room for so many results a thread; a card's compiler might take minutes. */
  readonly softwareOnly?: boolean;
  /** Threads per workgroup, if not 64. */
  readonly threads?: number;
  /** Reads blocks of 4x4 elements, by vectors where operands lie in fours. */
  readonly readsBlocks?: boolean;
}

const sharePart = part("lib/gemm_share.wgsl", shareText);
const slicesPart = part("lib/gemm_slices.wgsl", slicesText);

/** The loader of fours of B wherever its elements are read as they are stored. */
export const foursOfBPart = part("lib/gemm_b_fours.wgsl", bFoursText);

const blocksOfA = {
  each: part("lib/gemm_a_each.wgsl", aEachText),
  k: part("lib/gemm_a_along_k.wgsl", aAlongKText),
  lines: part("lib/gemm_a_along_lines.wgsl", aAlongLinesText),
};

const blocksOfB = {
  each: part("lib/gemm_b_each.wgsl", bEachText),
  k: part("lib/gemm_b_along_k.wgsl", bAlongKText),
  lines: part("lib/gemm_b_along_lines.wgsl", bAlongLinesText),
};

const templates: Readonly<Record<GemmVariant, Template>> = {
  tiled: {
    parts: [slicesPart, part("gemm_tiled.wgsl", tiledText)],
    tile: { rows: 32, columns: 32 },
  },
  tiled64: {
    parts: [slicesPart, part("gemm_tiled64.wgsl", tiled64Text)],
    tile: { rows: 64, columns: 64 },
  },
  tiled128: {
    parts: [part("gemm_tiled128.wgsl", tiled128Text)],
    tile: { rows: 128, columns: 64 },
    threads: 256,
    readsBlocks: true,
  },
  registers: {
    parts: [part("gemm_registers.wgsl", registersText)],
    tile: { rows: 8, columns: 8, eachThread: true },
  },
  quads16x4: byQuadsOf(16, 4),
  quads16x8: byQuadsOf(16, 8),
  quads32x8: byQuadsOf(32, 8),
  quads32x16: byQuadsOf(32, 16, 8),
  reduce: {
    parts: [sharePart, part("gemm_reduce.wgsl", reduceText)],
    tile: { rows: 4, columns: 4 },
  },
  reduceQuads: {
    parts: [sharePart, part("gemm_reduce_quads.wgsl", reduceQuadsText)],
    tile: { rows: 4, columns: 4 },
    needsQuads: true,
  },
};

/** All variants of a product. */
export const gemmVariants = Object.keys(templates) as readonly GemmVariant[];

/** The variants that an adapter can be given, or can at least try. */
export function gemmVariantsFor({ software, quads }: GemmAdapter): readonly GemmVariant[] {
  return gemmVariants.filter((variant) => {
    const { needsQuads: onQuads, softwareOnly } = templates[variant];
    return (quads || !onQuads) && (software || !softwareOnly);
  });
}

/** Whether a variant takes seconds to compile for each product: those that only software adapters are given. */
export function isSlowToCompile(variant: GemmVariant): boolean {
  return templates[variant].softwareOnly === true;
}

/** Whether a variant needs subgroups. */
export function needsQuads(variant: GemmVariant): boolean {
  return templates[variant].needsQuads === true;
}

/** A workgroup of quads below each other, whose threads have `rows` x `columns` results each: what a quad reads of a line of B
 *  lies side by side. Rows beyond the last cost nothing, since quads there leave. */
function byQuadsOf(rows: number, columns: number, depth: 4 | 8 = 4): Template {
  return {
    parts: [quadsPart(rows, columns, depth)],
    tile: { rows: rows * (WORKGROUP_SIZE / 4), columns: columns * 4 },
    needsQuads: true,
    softwareOnly: rows > 16,
  };
}

const roundUp = (value: number, step: number): number => Math.ceil(value / step) * step;

/** What the choice between the variants depends on, apart from the product. */
export interface GemmAdapter {
  /** A software adapter. */
  readonly software: boolean;
  /** Threads can hear their neighbours: subgroups whose quads are four neighbouring local indices. */
  readonly quads: boolean;
}

/** The variants that are worth trying for a product, the likeliest first.
 *  Software adapters like whatever does without barriers: SwiftShader spends a quarter of a millisecond on each workgroup
 *  that has one, and only a very long K makes up for it. Quads take half to a quarter of the time of registers there. */
export function gemmCandidates(size: GemmSize, { software, quads }: GemmAdapter): readonly GemmVariant[] {
  const { batch, m, n, k } = size;
  const results = batch * m * n;
  const possible = gemmVariantsFor({ software, quads });
  const byQuads = quadVariants(size).filter((variant) => possible.includes(variant));
  if (software) {
    const registers: readonly GemmVariant[] =
      k >= 8192 && results <= 1024 ? ["reduce", "registers"] : ["registers", "reduce"];
    return [...byQuads, ...registers, "tiled", "tiled64"];
  }
  return cardCandidates(size, byQuads, quads ? ["reduce", "reduceQuads"] : ["reduce"]);
}

/** Up to so many blocks of 4x4 results, 24 tiles of 32x32, a card is quickest where threads share K: a tile takes as long as
 *  it is deep, however few there are. On an H100, threads that share K win by 1.8 to 11 times up to 18 tiles; at 36 tiles
 *  some lose. */
const FEW_BLOCKS = 24 * 64;

/** Threads share K where it is at least so long: half of a workgroup has something to do then. */
const MIN_SHARED_K = 32;

/** Beyond so many blocks, threads that share K are two to ten times slower, since they read everything far more often. */
const MANY_BLOCKS = 256 * 64;

/** From so many results on, tiles of 128x64 leave no card idle: 64 of them. On an H100, 25 and 32 of them lose against
 *  tiles of 32x32, and 100 win. */
const MANY_RESULTS = 64 * 128 * 64;

/** What cards are likeliest to be quick with, by a survey of all variants on an H100 (`npm run gpu -- --candidates`). There
 *  64x64 tiles never win: 64 threads have too much to do one after another. */
function cardCandidates(
  { batch, m, n, k }: GemmSize,
  byQuads: readonly GemmVariant[],
  sharing: readonly GemmVariant[],
): readonly GemmVariant[] {
  const results = batch * m * n;
  const blocks = batch * Math.ceil(m / 4) * Math.ceil(n / 4);
  const wide: readonly GemmVariant[] = m >= 128 && n > 32 && results >= 2 ** 16 ? ["tiled128"] : [];
  const late: readonly GemmVariant[] = [...byQuads, "registers", "tiled64"];
  if (k >= MIN_SHARED_K && blocks <= FEW_BLOCKS) return [...sharing, "tiled", ...wide, ...late];
  if (k >= MIN_SHARED_K && blocks <= MANY_BLOCKS) return ["tiled", ...wide, ...sharing, ...late];
  return results >= MANY_RESULTS ? [...wide, "tiled", ...late, ...sharing] : ["tiled", ...wide, ...late, ...sharing];
}

/** By estimate, how long the likeliest variant takes for a product. On a program, as many operations as it has. On a card, as many
 *  slices of 16 of K as the deepest workgroup walks one after another, which threads that share K walk side by side; as many
 *  times as there are tiles for all of a card. */
export function gemmCost(size: GemmSize, adapter: GemmAdapter): number {
  const { batch, m, n, k } = size;
  if (adapter.software) return 2 * batch * m * n * k;
  const [likeliest = "tiled"] = gemmCandidates(size, adapter);
  const rounds = (batch * Math.ceil(m / 32) * Math.ceil(n / 32)) / ALL_OF_A_CARD;
  const isShared = likeliest === "reduce" || likeliest === "reduceQuads";
  return Math.ceil(k / (isShared ? WORKGROUP_SIZE : 16)) * Math.max(1, rounds);
}

/** Tiles of 32x32 results that a large card computes side by side. */
const ALL_OF_A_CARD = 512;

/** The more results a thread has, the fewer reads each of them costs; but they are compiled one by one, and they must not
 *  leave processors idle. */
function quadVariants({ batch, m, n, k }: GemmSize): readonly GemmVariant[] {
  const narrow: readonly GemmVariant[] = n <= 16 ? ["quads16x4", "quads16x8"] : ["quads16x8", "quads16x4"];
  const isTall = n > 16 && roundUp(m, 32) <= 1.125 * roundUp(m, 16);
  if (!isTall || batch * m * n * k < 2 ** 20) return narrow;
  const isWide = n > 32 && batch * m * n >= 2 ** 18;
  return [...(isWide ? (["quads32x16"] as const) : []), "quads32x8", ...narrow];
}

function gemmOf({ batch, m, n, k }: GemmSize, parts: number, { loaders, constants }: GemmShader): Gemm {
  const reading = hashText(JSON.stringify(constants) + loaders.map(({ text }) => text).join(""));
  return { batch: parts * batch, m, n, k: depthOfPart(k, parts), parts, key: `${batch}x${m}x${n}x${k} ${reading}` };
}

/** The length of each of the parts of K, except for the last ones. What templates take at a time, or a multiple of it. */
export function depthOfPart(k: number, parts: number): number {
  return parts === 1 ? k : roundUp(Math.ceil(k / parts), 8);
}

/** The template of a variant, or of the next best with fewer threads. */
function fitting(variant: GemmVariant, mostThreads = 256): Template {
  const { [variant]: wanted, tiled } = templates;
  return (wanted.threads ?? WORKGROUP_SIZE) > mostThreads ? tiled : wanted;
}

/** The shader of one product, or of the sums over `parts` parts of K, which are not finished.
 *  @param columnSums whether the last output is the sums of the columns of B, `[parts * batch, n]` */
export function gemmProgram<A extends Attrs>(
  { size, wgsl, computed }: GemmSpec,
  args: WgslArgs<A>,
  parts: number,
  finish: GemmFinish,
  columnSums = false,
): WgslProgram {
  const { batch, m, n, k } = size;
  const product = gemmOf(size, parts, wgsl);
  const { batch: slabs, k: partK } = product;
  const template = fitting(args.gemm(product), args.mostThreads);
  const { foursOfA, foursOfB }: Partial<GemmShader> = template.readsBlocks ? wgsl : {};
  const { rows, columns, eachThread = false } = template.tile;
  const tileRows = Math.ceil(m / rows);
  const tileColumns = Math.ceil(n / columns);
  const more = computed?.names ?? [];
  const extras = args.inputTypes.slice(2 + more.length).map((_, i) => `e${i}`);
  return {
    inputs: [
      { name: "a", ...(wgsl.sample !== undefined && { sample: wgsl.sample }), ...(foursOfA && { vector: true }) },
      { name: "b", ...(foursOfB && { vector: true }) },
      ...[...more, ...extras].map((name) => ({ name })),
    ],
    outputs: [...finish.outputs, ...(columnSums ? [{ name: "column_sum" }] : [])],
    constants: {
      ...{ BATCH: batch, M: m, N: n, K: k, SLABS: slabs, PART_K: partK },
      ...{ ROWS: rows, COLUMNS: columns, TILE_ROWS: tileRows, TILE_COLUMNS: tileColumns },
      COLUMN_SUMS: `${columnSums}`,
      ...wgsl.constants,
    },
    parts: [
      ...wgsl.loaders,
      ...(foursOfA ? [foursOfA.loader] : []),
      ...(foursOfB ? [foursOfB.loader] : []),
      ...finish.parts,
      ...(columnSums ? [] : [noColumnSums]),
      part("lib/gemm_blocks.wgsl", blocksText),
      ...(template.readsBlocks
        ? [slicesPart, blocksOfA[foursOfA?.along ?? "each"], blocksOfB[foursOfB?.along ?? "each"]]
        : []),
      ...template.parts,
    ],
    workgroups: Math.ceil((slabs * tileRows * tileColumns) / (eachThread ? WORKGROUP_SIZE : 1)),
    ...(template.threads && { threads: template.threads }),
    ...(template.needsQuads && { enables: ["subgroups"] }),
  };
}

const noColumnSums = part("(no column sums)", "fn set_column_sum(i: u32, value: f32) {}\n");

/** How results leave a product: WGSL that defines `finish_rows(batch, row, column, values)`, which takes four results of
 *  one column, in a row that is a multiple of 4 and those after it, and the outputs that it stores to. */
export interface GemmFinish {
  readonly outputs: readonly Binding[];
  readonly parts: readonly ShaderPart[];
}

/** Each result is stored where it belongs, after an element-wise program if there is one. */
export function storingFinish<A extends Attrs>(args: WgslArgs<A>, program: Program | undefined): GemmFinish {
  const { body, result } = finished(args, program, "i");
  return {
    outputs: [{ name: "c" }],
    parts: [
      ...mathParts,
      part("(generated epilogue)", `fn finish(i: u32, value: f32) {\n${body}  set_c(i, ${result});\n}\n`),
      part("lib/finish_rows.wgsl", finishText),
    ],
  };
}

/** The largest of each four results is stored, after the program, and its place among them if `keepsPlace`. */
export function poolingFinish<A extends Attrs>(
  args: WgslArgs<A>,
  program: Program | undefined,
  keepsPlace: boolean,
): GemmFinish {
  const { body, result } = finished(args, program, "column");
  const keep = keepsPlace ? "set_place(i, place);" : "";
  const text =
    `fn finished(column: u32, value: f32) -> f32 {\n${body}  return ${result};\n}\n` +
    `fn keep_place(i: u32, place: u32) { ${keep} }\n`;
  return {
    outputs: [{ name: "c" }, ...(keepsPlace ? [{ name: "place" }] : [])],
    parts: [...mathParts, part("(generated epilogue)", text), part("lib/finish_pooled.wgsl", pooledText)],
  };
}

/** Statements that run a program over `value`, its operands read at `index` of the output, and the result. */
function finished<A extends Attrs>(
  { inputTypes, outputTypes }: WgslArgs<A>,
  program: Program | undefined,
  index: string,
): { body: string; result: string } {
  if (!program) return { body: "", result: "value" };
  const target = outputTypes[0]?.shape ?? [];
  const operands = inputTypes.slice(2).map((type, i) => loadExpression(`e${i}`, type, target, index));
  const { body, results } = emitProgram(program, ["value", ...operands]);
  return { body, result: results[0] ?? "value" };
}
