/** The numbers of a sample under the names of their columns, as the visitor's file has them: where it is a row of a table, not as the
 *  network reads them. Pure. */
import { type ColumnInfo, scaledAt, unscaled, writtenCells } from "../../../src/engine";
import { formatPercent, formatScore } from "../../common/format";
import { t, tell } from "../../common/words";

interface Named {
  readonly name: string;
  readonly text: string;
}

type Info = Pick<ColumnInfo, "names" | "cells">;

/** A row, cell by cell. */
export function rowOf({ names, cells }: Info, values: ArrayLike<number>): readonly Named[] {
  if (!cells) {
    return Array.from(values, (value, i) => ({ name: names?.[i] ?? `x${i + 1}`, text: formatScore(value) }));
  }
  return writtenCells(cells, values).map(({ name, text }) => ({
    name,
    text: typeof text === "string" ? text : tell(text),
  }));
}

/** The mean of rows: numbers in their own units, of a category the share of the text that most rows have. */
export function meanRowOf({ names, cells }: Info, values: ArrayLike<number>): readonly Named[] {
  if (!cells) return rowOf({ ...(names && { names }) }, values);
  let at = 0;
  return cells.map((cell) => {
    const { name } = cell;
    if (!("texts" in cell)) return { name, text: formatScore(unscaled(cell, values[at++] ?? NaN)) };
    const shares = cell.texts.map((text, i) => ({ text, share: values[at + i] ?? 0 }));
    at += shares.length;
    const [most] = shares.toSorted((a, b) => b.share - a.share);
    return { name, text: most ? `${most.text} ${formatPercent(most.share, 0)}` : "" };
  });
}

/** What is to be said of numbers that nobody can tell in their own units any more; null of all others. */
export const lostUnits = ({ cells }: Info): string | null => (cells === null ? t("results.lostUnits") : null);

/** An axis along a place of a row: a number as it is written there. */
export function axisOf({ names, cells }: Info, place: number): { readonly name?: string; at(value: number): number } {
  const scaled = cells ? scaledAt(cells, place) : undefined;
  const name = scaled?.name ?? names?.[place];
  return { ...(name !== undefined && { name }), at: (value) => (scaled ? unscaled(scaled, value) : value) };
}
