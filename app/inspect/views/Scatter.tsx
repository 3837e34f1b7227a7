/** Points in a plane, several kinds over each other, with axes that say how far they reach. */
import { t } from "../../common/words";
import classes from "./Scatter.module.css";

/** One kind of points. */
export interface PointSet {
  readonly title: string;
  /** A line goes from point to point, and says what the others are held against. */
  readonly look: "data" | "model" | "line";
  readonly points: readonly (readonly [number, number])[];
}

interface ScatterProps {
  /** What is seen, for those who hear the page. */
  readonly label: string;
  readonly sets: readonly PointSet[];
  /** What the axes count. */
  readonly across?: string;
  readonly up?: string;
  /** Whether all points say how far the axes reach, and not those of the data alone. */
  readonly showsAll?: boolean;
}

const [WIDTH, HEIGHT, MARGIN] = [360, 260, 26];

/** Three digits that count, and no powers of ten as far as numbers are read without. */
const tick = (value: number): string => Number(value.toPrecision(3)).toString();

/** The least range that holds all values, a little wider. */
function rangeOf(values: readonly number[]): readonly [number, number] {
  const finite = values.filter(Number.isFinite);
  const [low, high] = finite.length === 0 ? [0, 1] : [Math.min(...finite), Math.max(...finite)];
  const pad = 0.05 * (high - low) || 1;
  return [low - pad, high + pad];
}

export function Scatter({ label, sets, across, up, showsAll = false }: ScatterProps) {
  // What the model does may be far off at first: the data say what is seen.
  const seen = sets.filter(({ look }) => showsAll || look !== "model").flatMap(({ points }) => points);
  const [left, right] = rangeOf(seen.map(([x]) => x));
  const [bottom, top] = rangeOf(seen.map(([, y]) => y));
  const x = (value: number): number => MARGIN + ((value - left) / (right - left)) * (WIDTH - 2 * MARGIN);
  const y = (value: number): number => HEIGHT - MARGIN - ((value - bottom) / (top - bottom)) * (HEIGHT - 2 * MARGIN);
  const isSeen = ([px, py]: readonly [number, number]): boolean =>
    px >= left && px <= right && py >= bottom && py <= top;
  const outside = sets.flatMap(({ points }) => points).filter((point) => !isSeen(point)).length;
  return (
    <figure className={classes.figure}>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} className={classes.plot} role="img" aria-label={label}>
        <rect x={MARGIN} y={MARGIN} width={WIDTH - 2 * MARGIN} height={HEIGHT - 2 * MARGIN} className={classes.frame} />
        {sets.map(({ title, look, points }) => (
          <path
            key={title}
            className={classes[look]}
            d={points
              .filter(isSeen)
              .map(([px, py], i) => {
                const at = `${x(px).toFixed(1)} ${y(py).toFixed(1)}`;
                return look === "line" ? `${i === 0 ? "M" : "L"}${at}` : `M${at}h0`;
              })
              .join("")}
          />
        ))}
        <text x={MARGIN} y={HEIGHT - 8} className={classes.tick}>
          {tick(left)}
        </text>
        <text x={WIDTH - MARGIN} y={HEIGHT - 8} textAnchor="end" className={classes.tick}>
          {tick(right)}
        </text>
        <text x={MARGIN} y={MARGIN - 8} className={classes.tick}>
          {up !== undefined && `${up}: `}
          {t("results.range", { low: tick(bottom), high: tick(top) })}
        </text>
        {across !== undefined && (
          <text x={WIDTH / 2} y={HEIGHT - 8} textAnchor="middle" className={classes.tick}>
            {across}
          </text>
        )}
      </svg>
      <figcaption className={classes.legend}>
        {sets.map(({ title, look, points }) => (
          <span key={title} className={classes[look]}>
            <svg width="10" height="10" aria-hidden>
              <path d={look === "line" ? "M0 5H10" : "M5 5h0"} />
            </svg>
            <span>{` ${look === "line" ? title : t("results.pointSet", { title, points: points.length })}`}</span>
          </span>
        ))}
        {outside > 0 && <span>{t("results.outside", { points: outside })}</span>}
      </figcaption>
    </figure>
  );
}
