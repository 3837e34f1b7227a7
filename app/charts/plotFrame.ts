/** Where a chart's plot lies inside its box. The library's chart is told, and the crosshair needs to know the same. */

export const Y_AXIS_WIDTH = 50;
export const X_AXIS_HEIGHT = 24;
export const PLOT_MARGIN = { top: 8, right: 14, bottom: 0, left: 0 } as const;

/** A rectangle inside the chart's box, in pixels. */
export interface PlotFrame {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** The plot of a chart of this size. */
export function plotFrame(width: number, height: number): PlotFrame {
  const left = PLOT_MARGIN.left + Y_AXIS_WIDTH;
  return {
    left,
    top: PLOT_MARGIN.top,
    width: Math.max(0, width - left - PLOT_MARGIN.right),
    height: Math.max(0, height - PLOT_MARGIN.top - X_AXIS_HEIGHT - PLOT_MARGIN.bottom),
  };
}
