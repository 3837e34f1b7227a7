/** The curves of variants over seconds of the device or over steps: training thin, validation thick with dots, in the looks that
 *  runs have over the charts. What it shows stands in a table too. */
import { useEffect, useRef, useState } from "react";
import type { CurveInfo } from "../../src/engine";
import { wholeX, xAxisOf, yAxisOf } from "../charts/axes";
import { chartOf } from "../charts/chart";
import { lookOf } from "../charts/runLook";
import { plotFrame, X_AXIS_HEIGHT } from "../charts/plotFrame";
import { t } from "../common/words";
import type { MeanPoint, TrialAxis } from "./lines";
import classes from "./TrialsDialog.module.css";

/** One variant's curves. */
export interface TrialLine {
  readonly slot: number;
  readonly train: readonly MeanPoint[];
  readonly validation: readonly MeanPoint[];
}

interface TrialChartProps {
  readonly curve: CurveInfo;
  readonly axis: TrialAxis;
  readonly lines: readonly TrialLine[];
}

/** Dots of a line. */
const MAX_DOTS = 40;

export function TrialChart({ curve, axis, lines }: TrialChartProps) {
  const holder = useRef<HTMLDivElement>(null);
  const [{ width, height }, setSize] = useState({ width: 0, height: 0 });
  useEffect(() => {
    const element = holder.current;
    if (!element) return;
    const observer = new ResizeObserver(() => setSize({ width: element.clientWidth, height: element.clientHeight }));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  const label = t("trials.chart", {
    metric: curve.title,
    axis: t(axis === "seconds" ? "trials.overSeconds" : "trials.overSteps"),
  });
  const isEmpty = lines.every(({ train, validation }) => train.length + validation.length === 0);
  return (
    <div ref={holder} className={classes.plot}>
      {isEmpty ? (
        <p className={classes.remark}>{t("trials.nothingYet")}</p>
      ) : (
        width > 0 && (
          <svg width={width} height={height} role="img" aria-label={label}>
            <Plot curve={curve} axis={axis} lines={lines} width={width} height={height} />
          </svg>
        )
      )}
    </div>
  );
}

function Plot({ curve, axis, lines, width, height }: TrialChartProps & Record<"width" | "height", number>) {
  const def = chartOf(curve);
  const frame = plotFrame(width, height);
  const all = lines.flatMap(({ train, validation }) => [...train, ...validation]);
  const unit = axis === "seconds" ? "time" : "step";
  const xAxis = xAxisOf(wholeX(Math.max(...all.map(({ x }) => x)), unit), unit, frame.width);
  const values = Float64Array.from(all, ({ y }) => y);
  // The first steps, which are worse than all that follow, would leave the rest no room.
  const options = { isLog: false, isFit: true, isZoomed: false, height: frame.height };
  const yAxis = yAxisOf(def, { lines: values, band: null }, options);
  const toX = (x: number): number => frame.left + ((x - xAxis.low) / (xAxis.high - xAxis.low)) * frame.width;
  const toY = (y: number): number => frame.top + (1 - (y - yAxis.low) / (yAxis.high - yAxis.low)) * frame.height;
  const pathOf = (points: readonly { readonly x: number; readonly y: number }[]): string =>
    points.map(({ x, y }, i) => `${i === 0 ? "M" : "L"}${toX(x).toFixed(1)} ${toY(y).toFixed(1)}`).join("");
  const bandOf = (points: readonly MeanPoint[]): string | undefined => {
    if (points.every(({ low, high }) => low === high)) return undefined;
    return `${pathOf([
      ...points.map(({ x, high }) => ({ x, y: high })),
      ...points.toReversed().map(({ x, low }) => ({ x, y: low })),
    ])}Z`;
  };
  return (
    <>
      <clipPath id="trial-plot">
        <rect x={frame.left} y={frame.top - 4} width={frame.width + 4} height={frame.height + 8} />
      </clipPath>
      {yAxis.ticks.map((tick, i) => (
        <g key={tick}>
          <line className={classes.grid} x1={frame.left} x2={frame.left + frame.width} y1={toY(tick)} y2={toY(tick)} />
          <text x={frame.left - 6} y={toY(tick) + 4} textAnchor="end">
            {yAxis.labels[i]}
          </text>
        </g>
      ))}
      {xAxis.ticks.map((tick, i) => (
        <text key={tick} x={toX(tick)} y={frame.top + frame.height + X_AXIS_HEIGHT - 8} textAnchor="middle">
          {xAxis.labels[i]}
        </text>
      ))}
      <g clipPath="url(#trial-plot)" fill="none">
        {lines.map(({ slot, train, validation }) => (
          <g key={slot}>
            <path d={bandOf(train)} fill={lookOf(slot).stroke} fillOpacity={0.12} />
            <path d={bandOf(validation)} fill={lookOf(slot).stroke} fillOpacity={0.12} />
            <path d={pathOf(train)} {...lookOf(slot)} strokeWidth={1} strokeOpacity={0.75} />
            <path d={pathOf(validation)} {...lookOf(slot)} strokeWidth={2.5} />
            {validation.length <= MAX_DOTS &&
              validation.map(({ x, y }) => <circle key={x} cx={toX(x)} cy={toY(y)} r={3} fill={lookOf(slot).stroke} />)}
          </g>
        ))}
      </g>
    </>
  );
}
