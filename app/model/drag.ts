/** What is being dragged, and the gap it would land in. */
import { create } from "zustand";
import type { LayerType } from "../../src/engine";

/** A new layer from the palette, or one of the model. */
export type Dragged =
  | { readonly kind: "new"; readonly type: LayerType }
  | { readonly kind: "layer"; readonly id: string; readonly type: LayerType };

interface DragState {
  readonly dragged: Dragged | null;
  /** See `dropTarget.ts`; null where letting go would change nothing. */
  readonly gap: number | null;
}

export const useDrag = create<DragState>()(() => ({ dragged: null, gap: null }));

export const takeDragged = ({ dragged }: DragState): Dragged | null => dragged;
