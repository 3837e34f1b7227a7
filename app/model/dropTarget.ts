/** Where a dragged thing would land, from plain geometry and from what stacks say of themselves on the page. A gap is a place between two layers: gap 0 is above the first,
 *  gap n below the last of n. */

import type { Stack } from "../../src/engine";

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
export const indexAfterMove = (from: number, gap: number): number => (gap > from ? gap - 1 : gap);

/** Whether moving the layer at `from` into a gap leaves everything as it was. */
export const isSamePlace = (from: number, gap: number): boolean => gap === from || gap === from + 1;

/** Marks the stacks in the page, so that they can be found and measured. */
export const STACK_ATTRIBUTE = "data-stack";

/** A stack as the value of its mark. */
export const stackText = (stack: Stack): string => JSON.stringify(stack);

/** The stack of a marked element. */
export function readStack(element: Element): Stack | null {
  const text = element.getAttribute(STACK_ATTRIBUTE);
  return text === null ? null : (JSON.parse(text) as Stack);
}

/** The id of an empty branch as a place to drop on with the keyboard. */
export const branchId = ({ id, branch }: { readonly id: string; readonly branch: number }): string =>
  `branch-${branch}-${id}`;

/** The branch of such an id. */
export function readBranchId(text: string): Stack["parent"] {
  const [, branch, id] = /^branch-(\d+)-(.*)$/s.exec(text) ?? [];
  return id === undefined ? null : { id, branch: Number(branch) };
}
