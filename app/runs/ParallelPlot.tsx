/** The lines of many runs over parallel axes. Each axis can be brushed: by dragging along it, or by its two ends, with the mouse, a finger
 *  or the arrow keys. The table beside it has the same in words. */
import { useElementSize } from "@mantine/hooks";
import { type KeyboardEvent, type PointerEvent, useMemo, useRef, useState } from "react";
import { lookOf } from "../charts/runLook";
import { t } from "../common/words";
import type { Axis, ManyRunsProps, Span } from "./parallel";
import { slotOf } from "./watch";
import classes from "./ManyRuns.module.css";

const HEIGHT = 300;
const TOP = 44;
const BOTTOM = 20;
const LENGTH = HEIGHT - TOP - BOTTOM;
/** Between axes there are at least so many pixels, so that what is written beside them can be read. */
const MIN_APART = 112;
/** Beside the first and the last axis, for what is written there. */
const SIDE = 62;
/** A brush that is shorter was a press, which takes it away. */
const MIN_BRUSH = 0.02;
const KEY_STEP = 0.05;

interface ParallelPlotProps extends ManyRunsProps {
  readonly axes: readonly Axis[];
  readonly isIn: readonly boolean[];
  readonly spans: ReadonlyMap<string, Span>;
  readonly onBrush: (key: string, span: Span | null) => void;
}

const toY = (place: number): number => TOP + LENGTH * (1 - place);

/** Where an axis stands. */
const xOf = (axis: number, count: number, width: number): number =>
  count > 1 ? SIDE + ((width - 2 * SIDE) * axis) / (count - 1) : width / 2;

export function ParallelPlot({ axes, runs, names, isIn, spans, onBrush }: ParallelPlotProps) {
  const { ref, width: given } = useElementSize();
  const [hovered, setHovered] = useState<number | null>(null);
  const width = Math.max(given, 2 * SIDE + MIN_APART * Math.max(1, axes.length - 1));
  const paths = useMemo(
    () =>
      runs.map((_, i) => {
        let isBroken = true;
        return axes
          .map(({ places }, a) => {
            const place = places[i] ?? null;
            if (place === null) {
              isBroken = true;
              return "";
            }
            const command = `${isBroken ? "M" : "L"}${xOf(a, axes.length, width).toFixed(1)} ${toY(place).toFixed(1)}`;
            isBroken = false;
            return command;
          })
          .join("");
      }),
    [runs, axes, width],
  );
  const order = runs.map((_, i) => i).toSorted((a, b) => Number(isIn[a]) - Number(isIn[b]));
  const shown = hovered === null ? undefined : runs[hovered];
  return (
    <div className={classes.plot}>
      <div ref={ref} className={classes.scroll} tabIndex={0} role="region" aria-label={t("runs.manyPlot")}>
        <svg width={width} height={HEIGHT} className={classes.svg} role="group" aria-label={t("runs.manyPlot")}>
          <g onPointerLeave={() => setHovered(null)}>
            {order.map((i) => {
              const run = runs[i];
              const slot = run && isIn[i] ? slotOf(run.mark) : null;
              return (
                <path
                  key={run?.id}
                  d={paths[i]}
                  className={classes.line}
                  data-in={isIn[i] || undefined}
                  data-hovered={i === hovered || undefined}
                  {...(slot !== null && { style: lookOf(slot) })}
                  onPointerEnter={() => isIn[i] && setHovered(i)}
                />
              );
            })}
          </g>
          {axes.map((axis, a) => (
            <AxisLine
              key={axis.key}
              axis={axis}
              x={xOf(a, axes.length, width)}
              room={a === 0 || a === axes.length - 1 ? 2 * SIDE : (width - 2 * SIDE) / (axes.length - 1)}
              span={spans.get(axis.key)}
              onBrush={(span) => onBrush(axis.key, span)}
            />
          ))}
        </svg>
      </div>
      <p className={classes.hovered} aria-hidden>
        {shown &&
          [names.get(shown.id), ...axes.map(({ label, texts }) => `${label} ${texts[hovered ?? 0]}`)].join(" · ")}
      </p>
    </div>
  );
}

interface AxisLineProps {
  readonly axis: Axis;
  readonly x: number;
  /** Pixels for its name. */
  readonly room: number;
  readonly span: Span | undefined;
  readonly onBrush: (span: Span | null) => void;
}

const clamp = (value: number): number => Math.min(1, Math.max(0, value));

/** What is shown of a name with so much room. */
const cut = (text: string, room: number): string => {
  const most = Math.max(4, Math.floor(room / 6.3));
  return text.length > most ? `${text.slice(0, most - 1)}…` : text;
};

function AxisLine({ axis: { label, ticks }, x, room, span, onBrush }: AxisLineProps) {
  const from = useRef<number | null>(null);
  const placeAt = ({ clientY, currentTarget }: PointerEvent<SVGElement>): number => {
    const { top } = currentTarget.ownerSVGElement?.getBoundingClientRect() ?? { top: 0 };
    return clamp(1 - (clientY - top - TOP) / LENGTH);
  };
  const [low, high] = span ?? [0, 1];
  const moveEnd = (which: "low" | "high", place: number): void => {
    const next: Span = which === "low" ? [Math.min(clamp(place), high), high] : [low, Math.max(clamp(place), low)];
    onBrush(next[0] <= 0 && next[1] >= 1 ? null : next);
  };
  return (
    <g>
      <text x={x} y={16} textAnchor="middle" className={classes.axisName}>
        {cut(label, room)}
        <title>{label}</title>
      </text>
      <line x1={x} x2={x} y1={TOP} y2={TOP + LENGTH} className={classes.axis} />
      {span && (
        <rect
          x={x - 6}
          width={12}
          y={toY(high)}
          height={Math.max(2, toY(low) - toY(high))}
          rx={3}
          className={classes.brush}
        />
      )}
      {ticks.map(({ at, text }) => (
        <text key={text} x={x - 9} y={toY(at) + 4} textAnchor="end" className={classes.tick}>
          {cut(text, 52)}
        </text>
      ))}
      <rect
        x={x - 14}
        y={TOP}
        width={28}
        height={LENGTH}
        className={classes.grip}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          from.current = placeAt(event);
        }}
        onPointerMove={(event) => {
          if (from.current === null) return;
          const to = placeAt(event);
          if (Math.abs(to - from.current) > MIN_BRUSH)
            onBrush([Math.min(from.current, to), Math.max(from.current, to)]);
        }}
        onPointerUp={(event) => {
          if (from.current !== null && Math.abs(placeAt(event) - from.current) <= MIN_BRUSH) onBrush(null);
          from.current = null;
        }}
        onPointerCancel={() => (from.current = null)}
      />
      {(["low", "high"] as const).map((which) => (
        <End
          key={which}
          which={which}
          label={label}
          x={x}
          place={which === "low" ? low : high}
          placeAt={placeAt}
          onMove={moveEnd}
        />
      ))}
    </g>
  );
}

interface EndProps {
  readonly which: "low" | "high";
  readonly label: string;
  readonly x: number;
  readonly place: number;
  readonly placeAt: (event: PointerEvent<SVGElement>) => number;
  readonly onMove: (which: "low" | "high", place: number) => void;
}

/** One end of what is brushed. */
function End({ which, label, x, place, placeAt, onMove }: EndProps) {
  const isHeld = useRef(false);
  const hear = (event: KeyboardEvent<SVGGElement>): void => {
    const steps: Readonly<Record<string, number>> = {
      ArrowUp: place + KEY_STEP,
      ArrowRight: place + KEY_STEP,
      ArrowDown: place - KEY_STEP,
      ArrowLeft: place - KEY_STEP,
      Home: 0,
      End: 1,
      Escape: which === "low" ? 0 : 1,
    };
    const next = steps[event.key];
    if (next === undefined) return;
    event.preventDefault();
    onMove(which, next);
  };
  const y = toY(place);
  const point = which === "low" ? 9 : -9;
  return (
    <g
      role="slider"
      tabIndex={0}
      className={classes.end}
      aria-label={t(which === "low" ? "runs.manyFrom" : "runs.manyTo", { label })}
      aria-orientation="vertical"
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(place * 100)}
      onKeyDown={hear}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        isHeld.current = true;
      }}
      onPointerMove={(event) => isHeld.current && onMove(which, placeAt(event))}
      onPointerUp={() => (isHeld.current = false)}
      onPointerCancel={() => (isHeld.current = false)}
    >
      <rect x={x - 14} y={which === "low" ? y : y - 24} width={28} height={24} fill="transparent" />
      <path d={`M${x - 6} ${y + point}L${x + 6} ${y + point}L${x} ${y}Z`} className={classes.endMark} />
    </g>
  );
}
