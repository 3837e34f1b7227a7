/** The line under the pointer, and the exact numbers there: of every logged step, not only of those drawn. */
import type { PointerEvent } from "react";
import { formatDuration, formatCount, formatRate } from "../format";
import type { Metrics } from "../store/metrics";
import type { XUnit } from "../store/ui";
import type { ChartDef } from "./chart";
import type { Curves } from "./curves";
import { nearestIndex, xAt, xOf } from "./curves";
import { setHover, takeHoverX, useHover } from "./hover";
import type { PlotFrame } from "./plotFrame";
import { PLOT_MARGIN } from "./plotFrame";
import classes from "./Crosshair.module.css";

interface CrosshairProps {
  readonly def: ChartDef;
  readonly metrics: Metrics;
  readonly curves: Curves;
  readonly frame: PlotFrame;
  readonly xUnit: XUnit;
  readonly smoothing: number;
}

export function Crosshair({ def, metrics, curves, frame, xUnit, smoothing }: CrosshairProps) {
  const { low, high } = curves.xAxis;
  const point = ({ currentTarget, clientX }: PointerEvent): void => {
    const { left } = currentTarget.getBoundingClientRect();
    setHover(low + Math.min((clientX - left) / frame.width, 1) * (high - low));
  };
  return (
    <div
      className={classes.area}
      // To the edge of the chart, so that the last step is easy to hit.
      style={{ ...frame, width: frame.width + PLOT_MARGIN.right }}
      onPointerDown={point}
      onPointerMove={point}
      // What a finger has found stays to be read when it is lifted.
      onPointerLeave={({ pointerType }) => pointerType !== "touch" && setHover(null)}
    >
      <Reading def={def} metrics={metrics} curves={curves} width={frame.width} xUnit={xUnit} smoothing={smoothing} />
    </div>
  );
}

function Reading({
  def,
  metrics,
  curves,
  width,
  xUnit,
  smoothing,
}: Omit<CrosshairProps, "frame"> & { readonly width: number }) {
  const pointed = useHover(takeHoverX);
  const { train } = metrics;
  const index = pointed === null ? -1 : nearestIndex(train, pointed, xUnit);
  if (index < 0) return null;
  const { low, high } = curves.xAxis;
  const x = xAt(train, index, xUnit);
  const share = Math.min(Math.max((x - low) / (high - low), 0), 1);
  const mark = curves.marks.findLast((candidate) => candidate.x <= x);
  return (
    <>
      <div className={classes.line} style={{ left: share * width }} />
      <div className={classes.tip} data-side={share > 0.5 ? "left" : "right"} style={{ left: share * width }}>
        <p className={classes.head}>
          {`Step ${formatCount(train.steps[index]!)} · epoch ${Number(train.epochs[index]!.toFixed(2))} · ${formatDuration(train.times[index]!)}`}
        </p>
        <dl className={classes.values}>
          <dt>{smoothing > 0 ? "Train, smoothed" : "Train"}</dt>
          <dd>{def.format(smoothing > 0 ? curves.smoothed[index]! : def.column(train)[index]!)}</dd>
          {smoothing > 0 && (
            <>
              <dt>Train, raw</dt>
              <dd>{def.format(def.column(train)[index]!)}</dd>
            </>
          )}
          <ValidationReading def={def} metrics={metrics} x={x} xUnit={xUnit} />
          {mark && (
            <>
              <dt>Learning rate</dt>
              <dd>{formatRate(mark.learningRate)}</dd>
            </>
          )}
        </dl>
      </div>
    </>
  );
}

/** The latest validation at or before the crosshair. */
function ValidationReading({
  def,
  metrics,
  x,
  xUnit,
}: Pick<CrosshairProps, "def" | "metrics" | "xUnit"> & { readonly x: number }) {
  const score = metrics.validations.findLast((candidate) => xOf(candidate, xUnit) <= x * (1 + 1e-9));
  if (!score) return null;
  return (
    <>
      <dt>{`Validation, step ${formatCount(score.step)}`}</dt>
      <dd>{def.format(def.read(score))}</dd>
    </>
  );
}
