/** Where a dragged thing would land, from plain geometry. A gap is a place between two layers: gap 0 is above the first,
 *  gap n below the last of n. */

/** The top and height of a layer's card on the screen. */
export interface Extent {
  readonly top: number;
  readonly height: number;
}

/** The gap nearest to a height on the screen. @param extents the cards, from top to bottom */
export function gapAt(extents: readonly Extent[], y: number): number {
  const at = extents.findIndex(({ top, height }) => y < top + height / 2);
  return at < 0 ? extents.length : at;
}

/** The place a layer has after it was moved from place `from` into a gap. */
export const placeAfterMove = (from: number, gap: number): number => (gap > from ? gap - 1 : gap);

/** Whether moving the layer at `from` into a gap leaves everything as it was. */
export const isSamePlace = (from: number, gap: number): boolean => gap === from || gap === from + 1;
