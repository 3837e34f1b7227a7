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
/** A little more than the letters of "lr 0.001" take on average in the usual fonts. */
const LETTER_WIDTH = 0.52 * LABEL_FONT_SIZE;
const GAP = 4;

/** The labels that fit, from left to right. A label stands to the right of its mark, or else to the left, and between the
 *  marks on either side, so that it is plain whose it is. The last mark always has one, which covers what is behind it:
 *  of marks close together, the last is named.
 *  @param marks from left to right  @param width of the plot */
export function placeLabels(marks: readonly MarkText[], width: number): MarkLabel[] {
  const shown: MarkLabel[] = [];
  let end = width;
  for (const [i, { x, text }] of [...marks.entries()].toReversed()) {
    const taken = GAP + text.length * LETTER_WIDTH;
    const before = marks[i - 1]?.x ?? 0;
    if (x + taken <= end) {
      shown.push({ x: x + GAP, text, anchor: "start" });
      end = x;
    } else if (i === marks.length - 1 || (x <= end && x - taken >= before)) {
      shown.push({ x: x - GAP, text, anchor: "end" });
      end = x - taken;
    } else {
      end = Math.min(end, x);
    }
  }
  return shown.toReversed();
}
