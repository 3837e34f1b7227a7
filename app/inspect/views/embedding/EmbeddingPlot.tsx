/** The plane of samples: painted when something changes, once a frame at most. A press chooses a sample, a line drawn around some chooses
 *  those; arrow keys lead from sample to sample. */
import { ActionIcon } from "@mantine/core";
import { IconMaximize, IconMinus, IconPlus } from "@tabler/icons-react";
import { type KeyboardEvent, type PointerEvent, useEffect, useId, useRef, useState } from "react";
import { t } from "../../../common/words";
import { enclosed, nearestTo, nextIn } from "./places";
import { paint, placeAt, type Scene, type Seen, WHOLE } from "./painter";
import type { Sheet } from "./sheet";
import classes from "./EmbeddingView.module.css";

/** The canvas's own pixels along each side. */
const SIZE = 720;
/** How long samples take to where they belong. */
const MOVE_MS = 400;
/** A line that encloses less is a press. In shares of the side. */
const SHORT = 0.02;
/** How far from a sample a press still means it. */
const GRASP = 0.06;

interface EmbeddingPlotProps {
  readonly sheet: Sheet;
  readonly sprites: OffscreenCanvas;
  readonly places: Float32Array;
  readonly chosen: ReadonlySet<number>;
  readonly cursor: number;
  /** What the cursor's sample is, in words. */
  readonly told: string;
  readonly onCursor: (sample: number) => void;
  readonly onChoose: (samples: readonly number[]) => void;
}

const arrows: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, 1],
  ArrowDown: [0, -1],
};

export function EmbeddingPlot(props: EmbeddingPlotProps) {
  const { sheet, sprites, places, chosen, cursor, told, onCursor, onChoose } = props;
  const canvas = useRef<HTMLCanvasElement>(null);
  const [seen, setSeen] = useState<Seen>(WHOLE);
  const [line, setLine] = useState<readonly number[]>([]);
  /** The same, which events that follow each other within a frame share. */
  const drawn = useRef<number[]>([]);
  const help = useId();
  /** Where samples are drawn now, on their way. */
  const shown = useRef(places);
  const scene = useRef<Omit<Scene, "places" | "accent"> | null>(null);
  const frame = useRef(0);
  useEffect(() => {
    scene.current = { sheet, sprites, seen, chosen, cursor, line };
    if (frame.current === 0) frame.current = requestAnimationFrame(() => repaint());
    function repaint(): void {
      frame.current = 0;
      const context = canvas.current?.getContext("2d");
      if (!context || !scene.current) return;
      const { color } = getComputedStyle(context.canvas);
      paint(context, SIZE, { ...scene.current, places: shown.current, accent: color });
    }
  }, [sheet, sprites, seen, chosen, cursor, line]);
  useEffect(() => {
    const from = shown.current;
    const startedAt = performance.now();
    const isStill = from.length !== places.length || matchMedia("(prefers-reduced-motion: reduce)").matches;
    let next = 0;
    const move = (now: number): void => {
      const share = isStill ? 1 : Math.min(1, Math.max(0, now - startedAt) / MOVE_MS);
      const eased = share * share * (3 - 2 * share);
      shown.current = share === 1 ? places : places.map((value, i) => from[i]! + eased * (value - from[i]!));
      const context = canvas.current?.getContext("2d");
      if (context && scene.current) {
        const { color } = getComputedStyle(context.canvas);
        paint(context, SIZE, { ...scene.current, places: shown.current, accent: color });
      }
      if (share < 1) next = requestAnimationFrame(move);
    };
    next = requestAnimationFrame(move);
    return () => cancelAnimationFrame(next);
  }, [places]);

  const pointed = ({ clientX, clientY, currentTarget }: PointerEvent<HTMLElement>): readonly [number, number] => {
    const { left, top, width, height } = currentTarget.getBoundingClientRect();
    return placeAt(seen, SIZE, ((clientX - left) / width) * SIZE, ((clientY - top) / height) * SIZE);
  };
  const endLine = (): void => {
    drawn.current = [];
    setLine([]);
  };
  const onPointerDown = (event: PointerEvent<HTMLElement>): void => {
    if (!event.isPrimary || event.button !== 0) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    drawn.current = [...pointed(event)];
    setLine(drawn.current);
  };
  const onPointerMove = (event: PointerEvent<HTMLElement>): void => {
    if (!event.isPrimary || drawn.current.length === 0) return;
    drawn.current = [...drawn.current, ...pointed(event)];
    setLine(drawn.current);
  };
  const onPointerUp = (): void => {
    const around = drawn.current;
    endLine();
    if (around.length === 0) return;
    const [x = 0, y = 0] = around;
    const reach = Math.max(...around.map((value, i) => Math.abs(value - (i % 2 === 0 ? x : y)))) * seen.zoom;
    if (reach >= SHORT) {
      const found = enclosed(places, around);
      if (found.length > 0) onChoose(found);
      return;
    }
    const sample = nearestTo(places, x, y, GRASP / seen.zoom);
    if (sample < 0) return;
    onCursor(sample);
    onChoose([sample]);
  };
  /** Keeps the cursor's sample in sight. */
  const zoomTo = (zoom: number, sample = cursor): void => {
    const held = Math.max(1, Math.min(16, zoom));
    if (held === 1) setSeen(WHOLE);
    else if (sample < 0) setSeen({ ...seen, zoom: held });
    else setSeen({ x: places[2 * sample] ?? 0, y: places[2 * sample + 1] ?? 0, zoom: held });
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const arrow = arrows[event.key];
    if (arrow) {
      const next = cursor < 0 ? nearestTo(places, seen.x, seen.y, Infinity) : nextIn(places, cursor, ...arrow);
      onCursor(next);
      const [x, y] = [(places[2 * next] ?? 0) - seen.x, (places[2 * next + 1] ?? 0) - seen.y];
      if (Math.max(Math.abs(x), Math.abs(y)) * seen.zoom > 0.95) zoomTo(seen.zoom, next);
    } else if ((event.key === "Enter" || event.key === " ") && cursor >= 0) onChoose([cursor]);
    else if (event.key === "+" || event.key === "=") zoomTo(seen.zoom * 2);
    else if (event.key === "-") zoomTo(seen.zoom / 2);
    else if (event.key === "0") zoomTo(1);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div className={classes.around}>
      <div
        role="application"
        tabIndex={0}
        aria-label={told === "" ? t("inspect.embeddingPlane") : told}
        aria-describedby={help}
        className={classes.plane}
        onPointerDown={onPointerDown}
        onPointerMove={onPointerMove}
        onPointerUp={onPointerUp}
        onPointerCancel={endLine}
        onKeyDown={onKeyDown}
      >
        <canvas ref={canvas} width={SIZE} height={SIZE} className={classes.canvas} aria-hidden />
      </div>
      <div className={classes.under}>
        <p className={classes.keys} id={help}>
          {t("inspect.embeddingKeys")}
        </p>
        <ActionIcon aria-label={t("inspect.enlarge")} onClick={() => zoomTo(seen.zoom * 2)}>
          <IconPlus size={18} aria-hidden />
        </ActionIcon>
        <ActionIcon aria-label={t("inspect.shrink")} disabled={seen.zoom === 1} onClick={() => zoomTo(seen.zoom / 2)}>
          <IconMinus size={18} aria-hidden />
        </ActionIcon>
        <ActionIcon aria-label={t("inspect.wholePlane")} disabled={seen.zoom === 1} onClick={() => zoomTo(1)}>
          <IconMaximize size={18} aria-hidden />
        </ActionIcon>
      </div>
    </div>
  );
}
