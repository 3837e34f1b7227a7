/** The plane by what is predicted of each place, high and low by colour, under points of the test set as they were measured; and predicted
 *  over measured numbers. */
import { memo, useMemo } from "react";
import { formatScore } from "../../../common/format";
import { t } from "../../../common/words";
import { takePredictions, useRun } from "../../../store/run";
import { useShown } from "../../../train/useShown";
import { PredictedOverTrue } from "../PredictedOverTrue";
import { Corners } from "./Corners";
import { colourOf, placesOf, reachOf } from "./paint";
import { Painted } from "./Painted";
import classes from "./FieldView.module.css";

/** Squares along each side. */
const RESOLUTION = 48;
/** Of the picture, in its own units. */
const SIZE = 100;

/** The colours of what is high and of what is low are those of two classes. */
const [HIGH, LOW] = [0, 1];

export function ValueField() {
  const predictions = useRun(takePredictions);
  const [input, points] =
    Object.entries(predictions?.columns ?? {}).find(([, { info }]) => info.kind === "points") ?? [];
  const target = Object.values(predictions?.columns ?? {}).findLast(({ info }) => info.kind === "value");
  const measured = target?.values;
  const { mean, deviation } = target?.info.unit ?? { mean: 0, deviation: 1 };
  const predicted = predictions?.shown["output"]?.data;
  const reach = useMemo(() => reachOf(points?.values ?? []), [points]);
  const places = useMemo(() => placesOf(RESOLUTION, reach), [reach]);
  const field = useShown(input ?? null, input === undefined ? null : places, RESOLUTION * RESOLUTION)?.shown["output"];
  if (!points || !measured || !predicted) return null;
  // Samples are told in the target's own unit, and the plane as the model gives it.
  const most = reachOf(Float32Array.from(measured, (value) => value - mean)) / deviation;
  const ends = { [HIGH]: mean + most * deviation, [LOW]: mean - most * deviation };
  return (
    <div className={classes.figure}>
      <div
        className={classes.plane}
        role="img"
        aria-label={t("results.valueField", {
          least: formatScore(ends[LOW] ?? NaN),
          most: formatScore(ends[HIGH] ?? NaN),
        })}
      >
        {field && <Paint values={field.data} most={most} />}
        <svg viewBox={`0 0 ${SIZE} ${SIZE}`} className={classes.points} aria-hidden>
          <Dots points={points.values} values={measured} reach={reach} middle={mean} most={most * deviation} />
        </svg>
        <Corners reach={reach} info={points.info} />
      </div>
      <div className={classes.legend}>
        <div className={classes.ends}>
          {[HIGH, LOW].map((end) => (
            <span key={end} className={classes.name}>
              <span className={classes.swatch} data-swatch style={{ background: colourOf(end) }} aria-hidden />
              {formatScore(ends[end] ?? NaN)}
            </span>
          ))}
        </div>
        <PredictedOverTrue measured={measured} predicted={predicted} />
      </div>
    </div>
  );
}

interface DotsProps {
  readonly points: ArrayLike<number>;
  readonly values: ArrayLike<number>;
  readonly reach: number;
  /** What has no colour, and how far from it the strongest is. */
  readonly middle: number;
  readonly most: number;
}

/** Drawn anew when the points are told anew, not whenever the field is. */
const Dots = memo(function Dots({ points, values, reach, middle, most }: DotsProps) {
  const place = (value: number): number => (SIZE / 2) * (1 + value / reach);
  return Array.from({ length: values.length }, (_, i) => {
    const value = (values[i] ?? 0) - middle;
    const share = Math.min(100, Math.round((100 * Math.abs(value)) / most));
    const row = i;
    return (
      <circle
        key={row}
        cx={place(points[2 * i] ?? 0)}
        cy={place(-(points[2 * i + 1] ?? 0))}
        r={1.1}
        fill={`color-mix(in srgb, ${colourOf(value > 0 ? HIGH : LOW)} ${share}%, var(--surface))`}
        className={classes.measured}
      />
    );
  });
});

function Paint({ values, most }: { readonly values: Float32Array; readonly most: number }) {
  const both = useMemo(() => {
    const shares = new Float32Array(2 * values.length);
    values.forEach((value, i) => {
      const share = (1 + Math.max(-1, Math.min(1, value / most))) / 2;
      shares[2 * i + HIGH] = share;
      shares[2 * i + LOW] = 1 - share;
    });
    return shares;
  }, [values, most]);
  return <Painted outputs={both} classes={2} resolution={RESOLUTION} className={classes.paint} />;
}
