/** A plane to put points in: a press puts one, a drag many; by keyboard arrows move a cross and Space puts a point there. */
import { type KeyboardEvent, type PointerEvent, useRef, useState } from "react";
import { t } from "../common/words";
import { CLASSES, type Clicked, REACH } from "./clicked";
import classes from "./PointsDialog.module.css";

/** Of the picture, in its own units. */
const SIZE = 100;
/** How far a key moves the cross, and with Shift. */
const STEP = { near: 0.05, far: 0.25 };

const arrows: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, 1],
  ArrowDown: [0, -1],
};

interface Spot {
  readonly x: number;
  readonly y: number;
}

interface PointPadProps {
  readonly points: readonly Clicked[];
  /** The id of what tells how it is used. */
  readonly help: string;
  /** @param isDrag whether the pointer was down already */
  readonly onPut: (spot: Spot, isDrag: boolean) => void;
  readonly onErase: (spot: Spot) => void;
  readonly onUndo: () => void;
  readonly onClass: (label: number) => void;
}

const placeOf = (value: number): number => (SIZE / 2) * (1 + value / REACH);
const within = (value: number): number => Math.max(-REACH, Math.min(REACH, value));

function spotOf({ clientX, clientY }: Pick<MouseEvent, "clientX" | "clientY">, pad: Element): Spot {
  const { left, top, width, height } = pad.getBoundingClientRect();
  return { x: REACH * ((2 * (clientX - left)) / width - 1), y: -REACH * ((2 * (clientY - top)) / height - 1) };
}

export function PointPad({ points, help, onPut, onErase, onUndo, onClass }: PointPadProps) {
  /** Of the keyboard; null until it is used. */
  const [cursor, setCursor] = useState<Spot | null>(null);
  const last = useRef<Spot>({ x: 0, y: 0 });
  const put = (spot: Spot, isDrag: boolean): void => {
    last.current = spot;
    onPut(spot, isDrag);
  };
  const onPointerDown = (event: PointerEvent<HTMLDivElement>): void => {
    if (!event.isPrimary || event.button !== 0) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    setCursor(null);
    put(spotOf(event, event.currentTarget), false);
  };
  const onPointerMove = (event: PointerEvent<HTMLDivElement>): void => {
    if (!event.currentTarget.hasPointerCapture(event.pointerId)) return;
    const spot = spotOf(event, event.currentTarget);
    if (Math.hypot(spot.x - last.current.x, spot.y - last.current.y) > STEP.near) put(spot, true);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const arrow = arrows[event.key];
    const at = cursor ?? { x: 0, y: 0 };
    const isCommand = event.ctrlKey || event.metaKey;
    const label = Number(event.key) - 1;
    if (isCommand && event.key.toLowerCase() === "z") onUndo();
    else if (isCommand || event.altKey) return;
    else if (arrow) {
      const by = event.shiftKey ? STEP.far : STEP.near;
      setCursor({ x: within(at.x + arrow[0] * by), y: within(at.y + arrow[1] * by) });
    } else if (event.key === " " || event.key === "Enter") {
      setCursor(at);
      put(at, false);
    } else if (event.key === "Delete" || event.key === "Backspace") onErase(at);
    else if (CLASSES[label]) onClass(label);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div
      role="application"
      tabIndex={0}
      aria-label={t("bring.pad")}
      aria-describedby={help}
      className={classes.pad}
      onPointerDown={onPointerDown}
      onPointerMove={onPointerMove}
      onKeyDown={onKeyDown}
      onBlur={() => setCursor(null)}
    >
      <svg viewBox={`0 0 ${SIZE} ${SIZE}`} className={classes.plane} aria-hidden>
        <path className={classes.axis} d={`M0 ${SIZE / 2}H${SIZE}M${SIZE / 2} 0V${SIZE}`} />
        {CLASSES.map((name, label) => (
          <path
            key={name}
            className={classes.dots}
            data-class={label}
            d={points
              .flatMap((point) =>
                point.label === label ? [`M${placeOf(point.x).toFixed(2)} ${placeOf(-point.y).toFixed(2)}h0`] : [],
              )
              .join("")}
          />
        ))}
        {cursor && <path className={classes.cursor} d={`M${placeOf(cursor.x)} ${placeOf(-cursor.y)}m-3 0h6m-3-3v6`} />}
      </svg>
      {points.length === 0 && <span className={classes.invitation}>{t("bring.padEmpty")}</span>}
    </div>
  );
}
