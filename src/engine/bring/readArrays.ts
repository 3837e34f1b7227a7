/** Reads arrays of pictures or of numbers, with their labels, from IDX, NumPy and CIFAR-10's binary files. */
import { MAX_OWN_BYTES } from "../data/ownData";
import { type Said, say } from "../words/said";
import { ColumnReader, type Table, TABLE_LIMITS } from "./csv";
import { type FileArray, isIdx, readIdx, readNpy } from "./arrays";
import { type ImageSet, Pixels, type Sample, Twins } from "./imageSet";
import type { Item, RefusedItem } from "./items";
import { BringError } from "./refusal";

type Split = Sample["split"];

/** An array with what its name says of it. */
interface NamedArray extends FileArray {
  readonly path: string;
  readonly split: Split;
}

/** Samples of one split, of which each has a label or none has. */
export interface Block {
  readonly split: Split;
  readonly inputs: NamedArray;
  readonly labels: NamedArray | null;
}

export const isNumpy = (path: string): boolean => /\.npy$/i.test(path);
const isCifar = (path: string): boolean => /\.bin$/i.test(path);
const looksLikeIdx = (path: string): boolean => /ubyte$|idx\d/i.test(path);

/** Whether a name says that a file holds arrays. */
export const isArray = (path: string): boolean =>
  isNumpy(path) || isCifar(path) || looksLikeIdx(path) || /(^|\/)batches\.meta\.txt$/i.test(path);

const splitOf = (path: string): Split =>
  /t10k|test|val/i.test(path) ? "test" : /train|data_batch/i.test(path) ? "train" : null;

/** @throws BringError where none of them makes samples */
export async function readArrays(
  items: readonly Item[],
  hear: (share: number) => void,
): Promise<{
  readonly blocks: readonly Block[];
  readonly names: readonly string[] | null;
  readonly refused: readonly RefusedItem[];
}> {
  const arrays: NamedArray[] = [];
  const blocks: Block[] = [];
  const refused: RefusedItem[] = [];
  let names: readonly string[] | null = null;
  let total = 0;
  for (const [i, item] of items.entries()) {
    const { path } = item;
    try {
      if ((total += item.size) > MAX_OWN_BYTES * 4)
        throw new BringError(say("brought.largeFile", { most: MAX_OWN_BYTES }));
      const bytes = await item.read();
      const split = splitOf(path);
      if (/\.txt$/i.test(path)) names = namesIn(bytes);
      else if (isCifar(path) && !isIdx(bytes)) blocks.push(cifarBlock(bytes, path, split));
      else arrays.push({ path, split, ...(isNumpy(path) ? readNpy(bytes) : readIdx(bytes)) });
    } catch (error) {
      if (!(error instanceof BringError)) throw error;
      refused.push({ path, why: error.said });
    }
    hear((i + 1) / items.length);
  }
  blocks.push(...pairsOf(arrays, refused));
  if (blocks.length === 0) throw new BringError(refused[0]?.why ?? say("brought.noSamples"));
  return { blocks, names, refused };
}

/** Labels have one number for each sample, and inputs more. Those of a split belong together, by what is left of their names where
 *  there are several. */
function pairsOf(arrays: readonly NamedArray[], refused: RefusedItem[]): Block[] {
  const isLabels = ({ shape }: FileArray): boolean => shape.length === 1 || (shape.length === 2 && shape[1] === 1);
  const labels = new Set(arrays.filter(isLabels));
  const blocks: Block[] = [];
  for (const inputs of arrays) {
    if (isLabels(inputs)) continue;
    const own = [...labels].find(({ split, shape }) => split === inputs.split && shape[0] === inputs.shape[0]) ?? null;
    if (own) labels.delete(own);
    blocks.push({ split: inputs.split, inputs, labels: own });
  }
  for (const { path } of labels) refused.push({ path, why: say("brought.labelsAlone") });
  return blocks;
}

const CIFAR_SIDE = 32;
const CIFAR_RECORD = 1 + 3 * CIFAR_SIDE ** 2;

/** Records of a label, and then all red, all green and all blue. Source: Krizhevsky, "The CIFAR-10 dataset", binary version. */
function cifarBlock(bytes: Uint8Array<ArrayBuffer>, path: string, split: Split): Block {
  const count = bytes.length / CIFAR_RECORD;
  if (!Number.isInteger(count) || count < 1) throw new BringError(say("brought.noCifar", { record: CIFAR_RECORD }));
  const size = CIFAR_SIDE ** 2;
  const values = new Uint8Array(count * 3 * size);
  const labels = new Uint8Array(count);
  for (let n = 0; n < count; n++) {
    const from = n * CIFAR_RECORD;
    labels[n] = bytes[from] ?? 0;
    for (let i = 0; i < size; i++) {
      for (let c = 0; c < 3; c++) values[(n * size + i) * 3 + c] = bytes[from + 1 + c * size + i] ?? 0;
    }
  }
  if (labels.some((label) => label > 9)) throw new BringError(say("brought.noCifar", { record: CIFAR_RECORD }));
  return {
    split,
    inputs: { path, split, shape: [count, CIFAR_SIDE, CIFAR_SIDE, 3], values },
    labels: { path, split, shape: [count], values: labels },
  };
}

const CIFAR_NAMES = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"] as const;

function namesIn(bytes: Uint8Array): string[] {
  return new TextDecoder()
    .decode(bytes.subarray(0, 65_536))
    .split(/\r?\n/)
    .map((line) => line.trim().slice(0, 60))
    .filter((line) => line !== "");
}

/** `[H, W, C]` of arrays of pictures `[N, H, W]`, `[N, H, W, C]`, `[N, C, H, W]`, and whether channels come first; null where it is
 *  none. */
export function pictureShape(
  shape: readonly number[],
): { readonly size: ImageSet["shape"]; readonly isPlanar: boolean } | null {
  const [, a = 0, b = 0, c = 0] = shape;
  if (a < 2 || b < 1) return null;
  if (shape.length === 3) return { size: [a, b, 1], isPlanar: false };
  if (shape.length !== 4) return null;
  if (c === 1 || c === 3) return { size: [a, b, c], isPlanar: false };
  return null;
}

/** `[N, C, H, W]`, as PyTorch keeps them. */
function planarShape(
  shape: readonly number[],
): { readonly size: ImageSet["shape"]; readonly isPlanar: boolean } | null {
  const [, c = 0, h = 0, w = 0] = shape;
  return shape.length === 4 && (c === 1 || c === 3) && h > 3 && w > 3 ? { size: [h, w, c], isPlanar: true } : null;
}

/** Whether a block is pictures. */
export const holdsPictures = ({ inputs: { shape } }: Block): boolean =>
  (planarShape(shape) ?? pictureShape(shape)) !== null;

/** Rows of numbers and their labels as a table, whose last column is what is to be predicted.
 *  @throws BringError where they do not fit each other, or are more than a table may have */
export function tableOf(blocks: readonly Block[]): Table {
  const width = blocks[0]?.inputs.shape[1] ?? 0;
  const columnCount = width + 1;
  const rowCount = blocks.reduce((sum, { inputs }) => sum + (inputs.shape[0] ?? 0), 0);
  if (blocks.some(({ inputs: { shape } }) => shape.length !== 2 || shape[1] !== width)) {
    throw new BringError(say("brought.noSamples"));
  }
  const { columns: mostColumns, cells: mostCells } = TABLE_LIMITS;
  if (columnCount > mostColumns)
    throw new BringError(say("brought.manyColumns", { most: mostColumns, got: columnCount }));
  if (rowCount * columnCount > mostCells) throw new BringError(say("brought.manyCells", { most: mostCells }));
  const names = [...Array.from({ length: width }, (_, i) => `x${i + 1}`), "y"];
  const readers = names.map((name) => new ColumnReader(name));
  const preview: string[][] = [];
  let row = 0;
  // Arrays whose names say that they are for the test come last.
  const tests = blocks.filter(({ split }) => split === "test");
  const others = blocks.filter((block) => !tests.includes(block));
  const trainCount = others.reduce((sum, { inputs }) => sum + (inputs.shape[0] ?? 0), 0);
  for (const { inputs, labels } of [...others, ...tests]) {
    for (let n = 0; n < (inputs.shape[0] ?? 0); n++) {
      const cells = names.map((_, i) => String((i < width ? inputs.values[n * width + i] : labels?.values[n]) ?? ""));
      for (const [i, reader] of readers.entries()) reader.add(row, cells[i] ?? "");
      if (row < 12) preview.push(cells);
      row++;
    }
  }
  const columns = readers
    .map((reader) => reader.done(rowCount))
    .slice(0, blocks.some(({ labels }) => labels) ? undefined : width);
  return {
    columns,
    rowCount,
    preview: preview.map((cells) => cells.slice(0, columns.length)),
    refusedCount: 0,
    refused: [],
    testFrom: trainCount > 0 ? trainCount : rowCount,
  };
}

/** Pictures of blocks as a set. @throws BringError where they do not fit each other, or labels are no classes */
export function imageSetOf(
  blocks: readonly Block[],
  names: readonly string[] | null,
  refused: readonly RefusedItem[],
): ImageSet {
  const [first] = blocks;
  const found = first && (planarShape(first.inputs.shape) ?? pictureShape(first.inputs.shape));
  if (!found) throw new BringError(say("brought.noSamples"));
  const { size } = found;
  const each = size[0] * size[1] * size[2];
  const count = blocks.reduce((sum, { inputs }) => sum + (inputs.shape[0] ?? 0), 0);
  if (count * each > MAX_OWN_BYTES) {
    throw new BringError(say("brought.manyPixels", { most: MAX_OWN_BYTES, got: count * each }));
  }
  const labels = [...new Set(blocks.flatMap(({ labels: own }) => [...new Set(own?.values)]))].toSorted((a, b) => a - b);
  if (labels.some((label) => !Number.isInteger(label)) || labels.length > 1000) {
    throw new BringError(say("brought.labelsNoClasses"));
  }
  const isKnown = blocks.every(({ inputs }) => isCifarBlock(inputs));
  const known = names ?? (isKnown ? CIFAR_NAMES : []);
  const groups = labels.length === 0 ? ["images"] : labels.map((label) => known[label] ?? String(label));
  const groupAt = new Map(labels.map((label, i) => [label, i]));
  const pixels = new Pixels(each);
  const twins = new Twins(pixels);
  const samples: Sample[] = [];
  const remarks: Said[] = [];
  for (const { inputs, labels: own, split } of blocks) {
    const { shape, values, path } = inputs;
    const fits = planarShape(shape) ?? pictureShape(shape);
    if (!fits || fits.size.join() !== size.join()) {
      throw new BringError(
        say("brought.unlikeArrays", { expected: size.join(" × "), got: shape.slice(1).join(" × ") }),
      );
    }
    const scale = scaleOf(values);
    const pixelsOfOne = new Uint8Array(each);
    const broken: number[] = [];
    for (let n = 0; n < (shape[0] ?? 0); n++) {
      if (!fill(pixelsOfOne, values, n * each, fits, scale)) {
        broken.push(n);
        continue;
      }
      const at = samples.length;
      pixels.set(at, pixelsOfOne);
      samples.push({ group: groupAt.get(own?.values[n] ?? NaN) ?? 0, split, twin: twins.find(at) });
    }
    const [firstBroken] = broken;
    if (firstBroken !== undefined)
      remarks.push(say("brought.notFinite", { file: path, pictures: broken.length, first: firstBroken }));
  }
  return { shape: size, groups, samples, pixels, refused, remarks };
}

const isCifarBlock = ({ path, shape }: NamedArray): boolean =>
  isCifar(path) && shape[1] === CIFAR_SIDE && shape[3] === 3;

/** Bytes stay as they are; other numbers are of 0 to 1, -1 to 1 or 0 to 255, by what is found. */
function scaleOf(values: FileArray["values"]): { readonly factor: number; readonly offset: number } {
  if (values instanceof Uint8Array) return { factor: 1, offset: 0 };
  let [least, most] = [Infinity, -Infinity];
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    if (value < least) least = value;
    if (value > most) most = value;
  }
  if (least >= 0 && most <= 1) return { factor: 255, offset: 0 };
  if (least >= 0 && most <= 255) return { factor: 1, offset: 0 };
  return most > least ? { factor: 255 / (most - least), offset: -least } : { factor: 1, offset: 0 };
}

/** @returns whether all of its numbers are finite */
function fill(
  target: Uint8Array,
  values: FileArray["values"],
  from: number,
  { size: [height, width, channels], isPlanar }: { readonly size: ImageSet["shape"]; readonly isPlanar: boolean },
  { factor, offset }: { readonly factor: number; readonly offset: number },
): boolean {
  const area = height * width;
  for (let i = 0; i < target.length; i++) {
    const place = isPlanar ? (i % channels) * area + Math.floor(i / channels) : i;
    const value = ((values[from + place] ?? 0) + offset) * factor;
    if (!Number.isFinite(value)) return false;
    target[i] = Math.min(255, Math.max(0, Math.round(value)));
  }
  return true;
}
