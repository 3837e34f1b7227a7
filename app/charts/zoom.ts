/** The part of the horizontal axis that is seen. All charts share it, so that they can be read side by side. */
import { useDeferredValue } from "react";
import { create } from "zustand";
import type { XUnit } from "../store/ui";
import type { Span } from "./axes";

/** A zoom holds for one run, and for the axis on which it was made. */
interface Zoom extends Span {
  readonly run: number;
  readonly xUnit: XUnit;
}

interface ZoomState {
  readonly zoom: Zoom | null;
}

const useZoomStore = create<ZoomState>()(() => ({ zoom: null }));
const takeZoom = ({ zoom }: ZoomState): Zoom | null => zoom;

const holdsFor = (zoom: Zoom | null, run: number, xUnit: XUnit): zoom is Zoom =>
  zoom !== null && zoom.run === run && zoom.xUnit === xUnit;

/** What is seen of a run, or null for all of it. It may lag behind by a frame, so that whatever set it is not kept
 *  waiting while the charts are drawn. */
export function useZoom(run: number, xUnit: XUnit): Span | null {
  const zoom = useDeferredValue(useZoomStore(takeZoom));
  return holdsFor(zoom, run, xUnit) ? zoom : null;
}

/** What is to be seen of a run, whether or not it is drawn by now. */
export function readView(run: number, xUnit: XUnit, whole: Span): Span {
  const { zoom } = useZoomStore.getState();
  return holdsFor(zoom, run, xUnit) ? { low: zoom.low, high: Math.min(zoom.high, whole.high) } : whole;
}

/** Shows a part, or with null everything. */
export function setZoom(run: number, xUnit: XUnit, span: Span | null): void {
  useZoomStore.setState({ zoom: span && { ...span, run, xUnit } });
}

/** A part that may be shown: within the whole, not too short, and null where it is all. One that reaches the end stays
 *  at the end while the run grows. */
export function clampZoom({ low, high }: Span, whole: Span, shortest: number): Span | null {
  const length = Math.max(high - low, shortest);
  if (length >= (whole.high - whole.low) * (1 - 1e-6)) return null;
  const start = Math.min(Math.max((low + high - length) / 2, whole.low), whole.high - length);
  const end = start + length;
  return { low: start, high: end >= whole.high * (1 - 1e-6) ? Infinity : end };
}

/** The view nearer or farther, so that what is at `at` stays in its place. @param factor below 1 is nearer */
export const zoomAt = ({ low, high }: Span, at: number, factor: number): Span => ({
  low: at - (at - low) * factor,
  high: at + (high - at) * factor,
});

/** The view moved along, without a change of its length. */
export function panBy({ low, high }: Span, distance: number, whole: Span): Span {
  const kept = Math.min(Math.max(distance, whole.low - low), whole.high - high);
  return { low: low + kept, high: high + kept };
}

/** The view that shows `[a, b]` at the shares `[atA, atB]` of its length, as two fingers hold it. */
export function pinch(a: number, b: number, atA: number, atB: number): Span | null {
  if (Math.abs(atB - atA) < 0.02) return null;
  const length = (b - a) / (atB - atA);
  return length > 0 ? { low: a - atA * length, high: a + (1 - atA) * length } : null;
}
