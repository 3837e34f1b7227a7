/** The landscape from above: colours, contour lines, the run's path and where it is now; the loss at a place is read by pointer or
 *  arrow keys. */
import { type KeyboardEvent, type PointerEvent, useEffect, useMemo, useRef, useState } from "react";
import type { Landscape } from "../../../../src/engine";
import { formatLoss, formatScore } from "../../../common/format";
import { t } from "../../../common/words";
import { colourAt, contourOf, lossBetween, paintRelief, type Scale, ticksOf } from "./relief";
import classes from "./LandscapeView.module.css";

const SIZE = 400;
const EDGE = { left: 48, top: 8, right: 12, bottom: 30 };
const PIXELS = 160;

type Place = readonly [x: number, y: number];

const KEYS: Readonly<Record<string, Place>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, 1],
  ArrowDown: [0, -1],
};

export function Relief({ landscape, scale }: { readonly landscape: Landscape; readonly scale: Scale }) {
  const { side, across, up, path } = landscape;
  const canvas = useRef<HTMLCanvasElement>(null);
  const [place, setPlace] = useState<Place | null>(null);
  useEffect(() => {
    const pixels = paintRelief(landscape, scale, PIXELS);
    canvas.current?.getContext("2d")?.putImageData(new ImageData(pixels, PIXELS, PIXELS), 0, 0);
  }, [landscape, scale]);
  /** From numbers of the axes, and from points of the grid, to the picture. */
  const x = (value: number): number => EDGE.left + (SIZE * (value - across[0])) / (across[1] - across[0]);
  const y = (value: number): number => EDGE.top + SIZE - (SIZE * (value - up[0])) / (up[1] - up[0]);
  const lines = useMemo(() => {
    const [gx, gy] = [
      (i: number) => EDGE.left + (SIZE * i) / (side - 1),
      (i: number) => EDGE.top + SIZE - (SIZE * i) / (side - 1),
    ];
    const at = ([px, py]: Place): string => `${gx(px).toFixed(1)} ${gy(py).toFixed(1)}`;
    return scale.levels.map((level) => ({
      level,
      path: contourOf(landscape, level)
        .map(([from, to]) => `M${at(from)}L${at(to)}`)
        .join(""),
    }));
  }, [landscape, scale, side]);
  const valueAt = ([px, py]: Place): Place => [
    across[0] + (px / (side - 1)) * (across[1] - across[0]),
    up[0] + (py / (side - 1)) * (up[1] - up[0]),
  ];
  const move = (event: KeyboardEvent): void => {
    const by = KEYS[event.key];
    if (!by) return;
    event.preventDefault();
    const [px, py] = place ?? [(side - 1) / 2, (side - 1) / 2];
    const within = (value: number): number => Math.min(side - 1, Math.max(0, Math.round(value)));
    setPlace([within(px + by[0]), within(py + by[1])]);
  };
  const point = ({ nativeEvent: { clientX, clientY }, currentTarget }: PointerEvent<HTMLElement>): void => {
    const box = currentTarget.getBoundingClientRect();
    const unit = box.width / (EDGE.left + SIZE + EDGE.right);
    const px = ((clientX - box.left) / unit - EDGE.left) / SIZE;
    const py = 1 - ((clientY - box.top) / unit - EDGE.top) / SIZE;
    if (px >= 0 && px <= 1 && py >= 0 && py <= 1) setPlace([px * (side - 1), py * (side - 1)]);
  };
  const [vx, vy] = place ? valueAt(place) : [0, 0];
  const loss = place ? lossBetween(landscape, ...place) : landscape.loss;
  const reading = t("inspect.landscapeAt", { x: formatScore(vx), y: formatScore(vy), loss: formatLoss(loss) });
  const way = [...path.map((each): Place => [each.x, each.y]), [0, 0] as const];
  return (
    <figure className={classes.figure}>
      <div
        className={classes.plane}
        role="application"
        aria-label={t("inspect.landscapePlane")}
        aria-describedby="landscape-reading"
        // Arrow keys read it.
        tabIndex={0}
        onKeyDown={move}
        onPointerMove={point}
        onPointerDown={point}
      >
        <canvas ref={canvas} width={PIXELS} height={PIXELS} className={classes.relief} aria-hidden />
        <svg
          className={classes.over}
          viewBox={`0 0 ${EDGE.left + SIZE + EDGE.right} ${EDGE.top + SIZE + EDGE.bottom}`}
          aria-hidden
        >
          {lines.map((line) => (
            <path key={line.level} d={line.path} className={classes.contour} />
          ))}
          {ticksOf(across).map((value) => (
            <text key={value} x={x(value)} y={EDGE.top + SIZE + 18} textAnchor="middle" className={classes.tick}>
              {formatScore(value)}
            </text>
          ))}
          {ticksOf(up).map((value) => (
            <text key={value} x={EDGE.left - 8} y={y(value) + 4} textAnchor="end" className={classes.tick}>
              {formatScore(value)}
            </text>
          ))}
          {path.length > 0 && (
            <>
              <polyline className={classes.wayEdge} points={way.map(([a, b]) => `${x(a)},${y(b)}`).join(" ")} />
              <polyline className={classes.way} points={way.map(([a, b]) => `${x(a)},${y(b)}`).join(" ")} />
              {path.map((each) => (
                <circle key={each.step} cx={x(each.x)} cy={y(each.y)} r={3.5} className={classes.stop} />
              ))}
            </>
          )}
          <circle cx={x(0)} cy={y(0)} r={7} className={classes.here} />
          {place && <path d={`M${x(vx)} ${y(vy) - 9}v18M${x(vx) - 9} ${y(vy)}h18`} className={classes.cross} />}
        </svg>
      </div>
      <Legend scale={scale} />
      <figcaption id="landscape-reading" className={classes.line} aria-live="polite">
        {reading}
      </figcaption>
    </figure>
  );
}

/** The printed scale. */
function Legend({ scale }: { readonly scale: Scale }) {
  const values = [scale.low, ...scale.levels, scale.high];
  return (
    <ul className={classes.legend} aria-label={t("inspect.landscapeScale")}>
      {values.map((value, i) => (
        <li key={value}>
          <span
            className={classes.swatch}
            data-swatch
            style={{ background: `rgb(${colourAt(value, scale).join(" ")})` }}
            aria-hidden
          />
          {i === values.length - 1 ? t("inspect.orMore", { value: formatLoss(value) }) : formatLoss(value)}
        </li>
      ))}
    </ul>
  );
}
