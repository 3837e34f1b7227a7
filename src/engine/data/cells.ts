/** The cells of a table, as its file has them, out of the numbers that a model reads: scaling undone, categories by their texts. Pure;
 *  refuses to guess where nobody kept by what numbers were scaled. */
import { type Said, say } from "../words/said";

/** By what a number was brought to mean 0 and deviation 1. */
export interface Scaled {
  readonly mean: number;
  readonly deviation: number;
}

/** One cell of a row: a single number, or a number for each text of a category, which is 1 for the one that stands there. A number that
 *  the file lacks is kept as -0: it counts as the mean, and is told from one. */
export type Cell = { readonly name: string } & (Scaled | { readonly texts: readonly string[] });

/** A number in its own unit. */
export const unscaled = ({ mean, deviation }: Scaled, value: number): number => value * deviation + mean;

/** The same written as in the file, as far as 24 bits of the scaled number keep its digits. */
export function writtenNumber(scaled: Scaled, value: number): string {
  const own = unscaled(scaled, value);
  if (!Number.isFinite(own)) return String(own);
  const error = 2 ** -23 * Math.abs(value) * scaled.deviation + 2 ** -48 * Math.abs(own);
  const decimals = error > 0 ? Math.floor(-Math.log10(error)) : 20;
  return String(Number(own.toFixed(Math.max(0, Math.min(20, decimals)))));
}

/** A cell with its name. */
export interface WrittenCell {
  readonly name: string;
  readonly text: string | Said;
}

/** The cells of a row. @param values as a model reads them, as many as the cells have */
export function writtenCells(cells: readonly Cell[], values: ArrayLike<number>): WrittenCell[] {
  let at = 0;
  return cells.map((cell): WrittenCell => {
    const { name } = cell;
    if ("texts" in cell) {
      const from = at;
      at += cell.texts.length;
      const text = cell.texts.find((_, i) => (values[from + i] ?? 0) > 0.5);
      return { name, text: text ?? say("brought.unseenText") };
    }
    const value = values[at++] ?? NaN;
    return { name, text: Object.is(value, -0) ? say("brought.missingNumber") : writtenNumber(cell, value) };
  });
}

/** By what the number at a place of a row was scaled; undefined where it is one of a category's. */
export function scaledAt(cells: readonly Cell[], place: number): (Scaled & { readonly name: string }) | undefined {
  let at = 0;
  for (const cell of cells) {
    if (at === place) return "texts" in cell ? undefined : cell;
    at += "texts" in cell ? cell.texts.length : 1;
  }
  return undefined;
}
