/** The curves that a chart's layers draw, and where a value lies in the picture. */
import { createContext } from "react";
import type { Curves } from "./curves";

/** They come by this way so that the chart around the layers need not be drawn again with them. */
export const CurvesContext = createContext<Curves | null>(null);

interface Area {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** From values on the axes to pixels of the picture. @param area of the plot in it */
export function placeOn({ xAxis, yAxis }: Curves, area: Area) {
  const xScale = area.width / (xAxis.high - xAxis.low);
  const yScale = area.height / (yAxis.high - yAxis.low);
  // A tenth of a pixel is exact enough, and half the letters.
  return {
    toX: (x: number): number => Math.round((area.x + (x - xAxis.low) * xScale) * 10) / 10,
    toY: (y: number): number => Math.round((area.y + (yAxis.high - y) * yScale) * 10) / 10,
  };
}
