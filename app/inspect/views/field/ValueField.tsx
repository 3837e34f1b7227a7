/** The plane by what is predicted of each place, high and low by colour, under points of the test set as they were measured; and predicted
 *  over measured numbers. */
import { memo, useEffect, useMemo, useRef } from "react";
import { formatScore } from "../../../common/format";
import { t } from "../../../common/words";
import { takePredictions, useRun } from "../../../store/run";
import { useShown } from "../../../train/useShown";
import { pairsOf } from "../readPredictions";
import { Scatter } from "../Scatter";
import { Corners } from "./Corners";
import { colourOf, finer, FINER, paintField, placesOf, reachOf } from "./paint";
import classes from "./FieldView.module.css";

/** Squares along each side, and the same in pixels. */
const RESOLUTION = 48;
const SIDE = FINER * RESOLUTION;
/** Of the picture, in its own units. */
const SIZE = 100;

/** The colours of what is high and of what is low are those of two classes. */
const [HIGH, LOW] = [0, 1];

export function ValueField() {
  const predictions = useRun(takePredictions);
  const [input, points] =
    Object.entries(predictions?.columns ?? {}).find(([, { info }]) => info.kind === "points") ?? [];
  const measured = Object.values(predictions?.columns ?? {}).findLast(({ info }) => info.kind === "value")?.values;
  const predicted = predictions?.shown["output"]?.data;
  const reach = useMemo(() => reachOf(points?.values ?? []), [points]);
  const places = useMemo(() => placesOf(RESOLUTION, reach), [reach]);
  const field = useShown(input ?? null, input === undefined ? null : places, RESOLUTION * RESOLUTION)?.shown["output"];
  if (!points || !measured || !predicted) return null;
  const most = reachOf(measured);
  const ends = [Math.min(...measured), Math.max(...measured)];
  return (
    <div className={classes.figure}>
      <div className={classes.plane} role="img" aria-label={t("results.valueField", { most: formatScore(most) })}>
        {field && <Paint values={field.data} most={most} />}
        <svg viewBox={`0 0 ${SIZE} ${SIZE}`} className={classes.points} aria-hidden>
          <Dots points={points.values} values={measured} reach={reach} most={most} />
        </svg>
        <Corners reach={reach} />
      </div>
      <div className={classes.legend}>
        <div className={classes.ends}>
          {[HIGH, LOW].map((end) => (
            <span key={end} className={classes.name}>
              <span className={classes.swatch} data-swatch style={{ background: colourOf(end) }} aria-hidden />
              {formatScore(end === HIGH ? most : -most)}
            </span>
          ))}
        </div>
        <Scatter
          label={t("results.predictedOverTrue")}
          across={t("results.measured")}
          up={t("results.predicted")}
          sets={[
            { title: t("results.equal"), look: "line", points: pairsOf(ends, ends) },
            { title: t("results.predicted"), look: "model", points: pairsOf(measured, predicted) },
          ]}
        />
      </div>
    </div>
  );
}

interface DotsProps {
  readonly points: ArrayLike<number>;
  readonly values: ArrayLike<number>;
  readonly reach: number;
  readonly most: number;
}

/** Drawn anew when the points are told anew, not whenever the field is. */
const Dots = memo(function Dots({ points, values, reach, most }: DotsProps) {
  const place = (value: number): number => (SIZE / 2) * (1 + value / reach);
  return Array.from({ length: values.length }, (_, i) => {
    const value = values[i] ?? 0;
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
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const both = new Float32Array(2 * values.length);
    values.forEach((value, i) => {
      const share = (1 + Math.max(-1, Math.min(1, value / most))) / 2;
      both[2 * i + HIGH] = share;
      both[2 * i + LOW] = 1 - share;
    });
    const pixels = paintField(finer(both, 2, RESOLUTION), 2);
    canvas.current?.getContext("2d")?.putImageData(new ImageData(pixels, SIDE, SIDE), 0, 0);
  }, [values, most]);
  return <canvas ref={canvas} width={SIDE} height={SIDE} className={classes.paint} aria-hidden />;
}
