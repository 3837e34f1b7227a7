/** Where on a curve the visitor asks what can be done. */
import { create } from "zustand";

export interface CurvePlace {
  readonly step: number;
  /** Those of the point that is drawn there. */
  readonly steps: { readonly from: number; readonly to: number } | null;
  /** In the window, in pixels. */
  readonly left: number;
  readonly top: number;
}

export const useCurvePlace = create<{ readonly place: CurvePlace | null }>()(() => ({ place: null }));

export const setCurvePlace = (place: CurvePlace | null): void => useCurvePlace.setState({ place });
