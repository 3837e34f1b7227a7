/** What lines are drawn on: grid, axes and their labels. They are drawn here and not by the library's axes, which work
 *  out their scales again at every change: in a zoom, that would take longer than a frame. */
import { useContext } from "react";
import { CurvesContext, placeOn } from "./placeOn";
import type { PlotFrame } from "./plotFrame";

/** Between an axis and its labels. */
const GAP = 7;

export function ChartFrame({ frame }: { readonly frame: PlotFrame }) {
  const curves = useContext(CurvesContext);
  if (!curves) return null;
  const { xAxis, yAxis } = curves;
  const { left, top, width, height } = frame;
  const { toX, toY } = placeOn(curves, { x: left, y: top, width, height });
  const [right, bottom] = [left + width, top + height];
  const text = { fontSize: 11, fill: "var(--text-3)" };
  return (
    <g>
      {yAxis.ticks.map((tick) => (
        <line key={tick} x1={left} x2={right} y1={toY(tick)} y2={toY(tick)} stroke="var(--grid)" />
      ))}
      <line x1={left} x2={right} y1={bottom} y2={bottom} stroke="var(--line-strong)" />
      <g data-axis="x" textAnchor="middle" {...text}>
        {xAxis.ticks.map((tick, i) => (
          <text key={tick} x={toX(tick)} y={bottom + GAP + 9}>
            {xAxis.labels[i]}
          </text>
        ))}
      </g>
      <g data-axis="y" textAnchor="end" {...text}>
        {yAxis.ticks.map((tick, i) => (
          // A third of the letters' height brings their middle to the line.
          <text key={tick} x={left - GAP} y={toY(tick) + 4}>
            {yAxis.labels[i]}
          </text>
        ))}
      </g>
    </g>
  );
}
