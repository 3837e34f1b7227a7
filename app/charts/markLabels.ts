/** Where the words beside a chart's marks go, so that they can be read. Pure. */

/** A mark, in pixels from the left of the plot, and what is to be written beside it. */
interface MarkText {
  readonly x: number;
  readonly text: string;
}

/** A label: where it is anchored, and which end of it. */
export interface MarkLabel extends MarkText {
  readonly anchor: "start" | "end";
}

export const LABEL_FONT_SIZE = 11;
/** A little more than the letters of "lr 0.001" take in the usual fonts. */
const LETTER_WIDTH = 0.6 * LABEL_FONT_SIZE;
const GAP = 4;

/** The labels that fit, from left to right. Each stands to the right of its mark, or to its left where the plot ends;
 *  one that would run into the next is left out, so that of marks close together the last is named.
 *  @param marks from left to right  @param width of the plot */
export function placeLabels(marks: readonly MarkText[], width: number): MarkLabel[] {
  const shown: MarkLabel[] = [];
  let free = width;
  for (const { x, text } of marks.toReversed()) {
    const length = text.length * LETTER_WIDTH;
    const isAtEdge = x + GAP + length > width;
    const start = isAtEdge ? x - GAP - length : x + GAP;
    if (start + length > free) continue;
    shown.push({ x: isAtEdge ? x - GAP : x + GAP, text, anchor: isAtEdge ? "end" : "start" });
    free = start - GAP;
  }
  return shown.toReversed();
}
