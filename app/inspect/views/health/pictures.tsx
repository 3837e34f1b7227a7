/** Numbers of a layer over time, as small pictures. */
import { useEffect, useRef } from "react";
import { coloured } from "../colours";
import classes from "./HealthView.module.css";

const SIZE = { width: 96, height: 28 };

/** By their logarithm, the smallest at the bottom and the largest at the top. */
export function Curve({ values, label }: { readonly values: readonly (number | null)[]; readonly label: string }) {
  const logs = values.map((value) =>
    value !== null && value > 0 && Number.isFinite(value) ? Math.log10(value) : null,
  );
  const known = logs.filter((value) => value !== null);
  const [low, high] = [Math.min(...known), Math.max(...known)];
  const span = Math.max(high - low, 0.1);
  const points = logs.flatMap((value, i) => {
    if (value === null) return [];
    const x = 1 + ((SIZE.width - 2) * i) / Math.max(1, logs.length - 1);
    return [`${x.toFixed(1)},${(SIZE.height - 2 - ((SIZE.height - 4) * (value - low)) / span).toFixed(1)}`];
  });
  return (
    <svg className={classes.curve} viewBox={`0 0 ${SIZE.width} ${SIZE.height}`} role="img" aria-label={label}>
      <polyline points={points.join(" ")} />
    </svg>
  );
}

interface HistogramStripProps {
  /** From the first to the latest: shares of bins, the lowest first. */
  readonly columns: readonly (Float32Array | null)[];
  readonly label: string;
}

/** Each column a histogram: the brighter, the more of the numbers. */
export function HistogramStrip({ columns, label }: HistogramStripProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const known = columns.filter((column) => column !== null);
  const width = Math.max(1, known.length);
  const height = known[0]?.length ?? 1;
  useEffect(() => {
    const shares = new Float32Array(width * height);
    for (const [x, column] of known.entries()) {
      // A quarter of all numbers in one bin is as bright as it gets.
      for (let bin = 0; bin < height; bin++) shares[(height - 1 - bin) * width + x] = 16 * (column[bin] ?? 0);
    }
    canvas.current?.getContext("2d")?.putImageData(new ImageData(coloured(shares), width, height), 0, 0);
  });
  return <canvas ref={canvas} width={width} height={height} className={classes.strip} role="img" aria-label={label} />;
}
