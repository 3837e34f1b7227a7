/** Columns: what a dataset is made of, and what networks read and are compared with. A description, no values. */
import type { DType, TensorType } from "../graph/type";
import type { Shape } from "../shape";
import type { Cell, Scaled } from "./cells";

/** What the numbers of a column mean, by which tasks choose what to learn and the page how to show it.
 *  `image` pixels `[H, W, C]`; `class` an index into `names`; `value` one or more measured numbers; `points` coordinates
 *  `[D]`; `series` numbers over time `[T, D]`; `text` indices of characters or words `[T]`; `experience` what an agent saw, did and
 *  got at a step. */
export type ColumnKind = "image" | "class" | "value" | "points" | "series" | "text" | "experience";

/** What is known of a column without its values. */
export interface ColumnInfo {
  readonly kind: ColumnKind;
  /** Of one sample, without the batch; `[]` for a single number. */
  readonly shape: Shape;
  /** How values are stored. */
  readonly dtype: DType;
  /** A model sees `stored * scale`: 1/255 for pixels stored as bytes. Always 1 for indices. */
  readonly scale: number;
  /** Names of classes, of the features of points, or of the vocabulary of a text, in the order of their indices. */
  readonly names?: readonly string[];
  /** Of points: how many of their last features, one group after another, say which text each of some categories has. A model that fits
   *  has a table for each: a vector for each text. */
  readonly embedded?: readonly number[];
  /** Of numbers that are kept of mean 0 and deviation 1: what they were, so that errors and results are told in their own units. */
  readonly unit?: Scaled;
  /** Of rows of a table: the cells that their numbers were, in the same order. Null where an earlier version of this page kept the table
   *  without: then nobody knows by what it was scaled. */
  readonly cells?: readonly Cell[] | null;
  /** Of a text: the token that fills up what is shorter than the others, and that nobody is to tell. */
  readonly padding?: number;
  /** Of a text: the token that every one begins and ends with. */
  readonly end?: number;
  /** Of a text: whether tokens are words, which are written with a space between them. */
  readonly areWords?: true;
  /** Of a text: how many tokens at its beginning are a question, which nobody is to tell either. What follows is the answer. */
  readonly question?: number;
}

/** Stored values of a column for a number of samples, `[N, ...shape]` row-major, channels last. */
export type ColumnData = Uint8Array | Uint16Array | Uint32Array | Float32Array;

/** Whether values are indices, which are looked up or counted, and never multiplied. */
export const holdsIndices = ({ kind }: Pick<ColumnInfo, "kind">): boolean => kind === "class" || kind === "text";

/** Tokens of a text as it is written. @param isLeftOut what of them is not */
export function writtenText(
  tokens: Iterable<number>,
  { names = [], areWords }: Pick<ColumnInfo, "names" | "areWords">,
  isLeftOut: (token: number) => boolean = () => false,
): string {
  const parts: string[] = [];
  for (const token of tokens) if (!isLeftOut(token)) parts.push(names[token] ?? "");
  return parts.join(areWords ? " " : "");
}

/** The same as a model reads them: with what ends a text, without what fills it. */
export const readText = (tokens: Iterable<number>, info: Pick<ColumnInfo, "names" | "areWords" | "padding">): string =>
  writtenText(tokens, info, (token) => token === info.padding);

/** What stands for all tokens that are too rare to be told apart. */
export const RARE = "\uFFFD";

const WORD = /[\p{L}\p{N}]+(?:['’][\p{L}]+)*/gu;
const MAX_WORD = 40;

/** A text in parts, each of which is a token: words in small letters, or characters. */
export const partsOf = (text: string, areWords: boolean): string[] =>
  areWords ? (text.toLowerCase().match(WORD) ?? []).map((word) => word.slice(0, MAX_WORD)) : [...text];

/** What a network sees of a column: f32 numbers, or u32 indices. */
export const typeOfColumn = (column: ColumnInfo): TensorType =>
  holdsIndices(column)
    ? { shape: column.shape, dtype: "u32", ...(column.names && { below: column.names.length }) }
    : { shape: column.shape, dtype: "f32" };

/** The least room for indices below a number. */
export function indexType(below: number): DType {
  return below <= 2 ** 8 ? "u8" : below <= 2 ** 16 ? "u16" : "u32";
}
