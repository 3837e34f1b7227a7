/** Points in the colours of their clusters, over the parts of the plane that are nearest to each middle. */
import { type CSSProperties, useEffect, useMemo, useRef } from "react";
import { t } from "../../../common/words";
import { reachOf } from "../field/paint";
import { hueOf } from "../plane/places";
import { paintNearest } from "./grouped";
import classes from "./ClusterPlane.module.css";

/** Squares along each side. */
const RESOLUTION = 120;
/** Of the picture, in its own units. */
const SIZE = 100;

interface ClusterPlaneProps {
  /** `[k, 2]` */
  readonly middles: Float32Array;
  /** Whether the nearest of them is the cluster of a place. */
  readonly areMiddles: boolean;
  /** `[points, 2]` */
  readonly values: Float32Array;
  /** The cluster of each point. */
  readonly nearest: ArrayLike<number>;
  readonly count: number;
  readonly chosen: number | null;
}

export function ClusterPlane({ middles, areMiddles, values, nearest, count, chosen }: ClusterPlaneProps) {
  const reach = useMemo(() => reachOf(values), [values]);
  const hues = useMemo(() => Array.from({ length: count }, (_, at) => hueOf(at, count)), [count]);
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    if (!areMiddles) return;
    const pixels = paintNearest(middles, hues, RESOLUTION, reach);
    canvas.current?.getContext("2d")?.putImageData(new ImageData(pixels, RESOLUTION, RESOLUTION), 0, 0);
  }, [middles, areMiddles, hues, reach]);
  const x = (value = 0): string => ((SIZE / 2) * (1 + value / reach)).toFixed(2);
  const dots = (at: number): string => {
    let path = "";
    for (let n = 0; n < nearest.length; n++) {
      if (nearest[n] === at) path += `M${x(values[2 * n])} ${x(-(values[2 * n + 1] ?? 0))}h0`;
    }
    return path;
  };
  return (
    <div className={classes.plane} role="img" aria-label={t("inspect.clusterPlane", { clusters: count })}>
      {areMiddles && (
        <canvas ref={canvas} width={RESOLUTION} height={RESOLUTION} className={classes.paint} aria-hidden />
      )}
      <svg viewBox={`0 0 ${SIZE} ${SIZE}`} className={classes.points} aria-hidden>
        {hues.map((hue, at) => (
          <path
            key={hue}
            className={classes.dots}
            data-faint={(chosen !== null && chosen !== at) || undefined}
            style={{ "--hue": hue } as CSSProperties}
            d={dots(at)}
          />
        ))}
        {hues.map((hue, at) => (
          <path
            key={hue}
            className={classes.middle}
            d={`M${x(middles[2 * at])} ${x(-(middles[2 * at + 1] ?? 0))}m-2 0h4m-2-2v4`}
          />
        ))}
      </svg>
    </div>
  );
}
