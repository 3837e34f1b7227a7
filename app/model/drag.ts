/** What is being dragged, and the place it would land in. */
import { create } from "zustand";
import type { BlockType, Place } from "../../src/engine";

/** A new block from the palette, or one of the model. */
export type Dragged =
  | { readonly kind: "new"; readonly type: BlockType }
  | { readonly kind: "block"; readonly id: string; readonly type: BlockType };

interface DragState {
  readonly dragged: Dragged | null;
  /** The gap of a stack: gap 0 is above its first block, gap n below the last of n. Null where letting go would change
   *  nothing. */
  readonly gap: Place | null;
}

export const useDrag = create<DragState>()(() => ({ dragged: null, gap: null }));

export const takeDragged = ({ dragged }: DragState): Dragged | null => dragged;
