/** Maps of worlds of cells, as text: a letter a cell, row after row. Pure. */

/** Cells in a row, and rows. */
export const MAP_SIDE = 8;

/** What a cell can be, by its letter. */
export const mapCells = { S: "start", G: "goal", x: "pit", "#": "wall", ".": "free" } as const;
export type MapLetter = keyof typeof mapCells;

const lettersOf = (map: string, letter: MapLetter): number => [...map].filter((one) => one === letter).length;

/** Whether a text is a map: as many cells as there are, one start and at least one goal. */
export const isGridMap = (map: unknown): map is string =>
  typeof map === "string" &&
  map.length === MAP_SIDE ** 2 &&
  [...map].every((letter) => letter in mapCells) &&
  lettersOf(map, "S") === 1 &&
  lettersOf(map, "G") > 0;

/** A map with one cell changed. A start moves there from where it was. Where nothing would be left to start from or to look for, it stays
 *  as it is. */
export function withCell(map: string, cell: number, letter: MapLetter): string {
  const cells = [...map].map((one) => (letter === "S" && one === "S" ? "." : one));
  cells[cell] = letter;
  const changed = cells.join("");
  return isGridMap(changed) ? changed : map;
}
