/** A small plane from 0 to 1 both ways, with a line and a point that stands out. */
import classes from "./Plane.module.css";

type Point = readonly [number, number];

interface Bar {
  readonly from: number;
  readonly to: number;
  readonly height: number;
  readonly strength: number;
}

interface PlaneProps {
  readonly title: string;
  /** What the axes count. */
  readonly across: string;
  readonly up: string;
  readonly line: readonly Point[];
  readonly mark?: Point;
  readonly hasDiagonal?: boolean;
  /** Bars from the floor: where each is, how high, and how full of colour. */
  readonly bars?: readonly Bar[];
  /** Hears of a bar that is pressed. Who has no pointer needs another way. */
  readonly onBar?: (bar: number) => void;
}

const [SIZE, LEFT, TOP, BOTTOM] = [170, 44, 8, 34];

export function Plane({ title, across, up, line, mark, hasDiagonal = false, bars, onBar }: PlaneProps) {
  const x = (value: number): number => LEFT + value * SIZE;
  const y = (value: number): number => TOP + (1 - value) * SIZE;
  const path = line.map(([u, v], i) => `${i === 0 ? "M" : "L"}${x(u).toFixed(1)} ${y(v).toFixed(1)}`).join("");
  return (
    <figure className={classes.plane}>
      <figcaption className={classes.title}>{title}</figcaption>
      <svg width={SIZE + LEFT + 10} height={SIZE + TOP + BOTTOM} role="img" aria-label={`${title}. ${up} / ${across}`}>
        <rect x={LEFT} y={TOP} width={SIZE} height={SIZE} className={classes.frame} />
        {bars?.map(({ from, to, height, strength }, i) => (
          <rect
            key={from}
            x={x(from) + 1}
            y={y(height)}
            width={(to - from) * SIZE - 2}
            height={Math.max(0, height * SIZE)}
            className={classes.bar}
            data-pressable={onBar !== undefined || undefined}
            onClick={() => onBar?.(i)}
            style={{ fillOpacity: 0.25 + 0.75 * strength }}
          />
        ))}
        {hasDiagonal && <path d={`M${x(0)} ${y(0)}L${x(1)} ${y(1)}`} className={classes.diagonal} />}
        <path d={path} className={classes.line} />
        {mark && <circle cx={x(mark[0])} cy={y(mark[1])} r={5} className={classes.mark} />}
        {[0, 0.5, 1].map((value) => (
          <g key={value} className={classes.tick}>
            <text x={x(value)} y={TOP + SIZE + 14} textAnchor="middle">
              {value}
            </text>
            <text x={LEFT - 6} y={y(value) + 4} textAnchor="end">
              {value}
            </text>
          </g>
        ))}
        <text x={x(0.5)} y={TOP + SIZE + 29} textAnchor="middle" className={classes.axis}>
          {across}
        </text>
        <text transform={`translate(10 ${y(0.5)}) rotate(-90)`} textAnchor="middle" className={classes.axis}>
          {up}
        </text>
      </svg>
    </figure>
  );
}
