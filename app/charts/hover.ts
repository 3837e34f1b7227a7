/** Where the crosshair is. All charts share it, so that they can be read side by side. */
import { create } from "zustand";

interface HoverState {
  /** On the horizontal axis, in its present unit; null when nothing is pointed at. */
  readonly x: number | null;
}

export const useHover = create<HoverState>()(() => ({ x: null }));

/** Moves the crosshair, or with null takes it away. */
export const setHover = (x: number | null): void => useHover.setState({ x });

export const takeHoverX = ({ x }: HoverState): number | null => x;
