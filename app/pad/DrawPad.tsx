/** The pad: drawn on with the mouse, a finger or a pen, and by the keyboard, whose arrows move the pen that Space puts down. */
import type { KeyboardEvent, PointerEvent } from "react";
import { useEffect, useRef, useState } from "react";
import { announce } from "../store/ui";
import { t } from "../common/words";
import { clearPad, drawOn, endStroke, PENS, startStroke, undoDrawing, useDrawing } from "./drawing";
import { PAD, type Spot } from "./ink";
import classes from "./DrawPad.module.css";

/** How far a key moves the pen, and with Shift. */
const STEP = { near: PAD / 28, far: PAD / 7 };

const arrows: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

const within = (value: number): number => Math.max(0, Math.min(PAD, value));

/** Where on the pad something happened. */
function spotOf({ clientX, clientY }: Pick<MouseEvent, "clientX" | "clientY">, pad: Element): Spot {
  const { left, top, width, height } = pad.getBoundingClientRect();
  return { x: ((clientX - left) / width) * PAD, y: ((clientY - top) / height) * PAD };
}

/** @param help the id of what tells how it is used */
export function DrawPad({ help }: { readonly help: string }) {
  const { sheet, marks, pen, isPenDown } = useDrawing();
  const canvas = useRef<HTMLCanvasElement>(null);
  /** Of the keyboard; null until it is used. */
  const [cursor, setCursor] = useState<Spot | null>(null);
  useEffect(() => {
    const pixels = new ImageData(PAD, PAD);
    sheet.ink.forEach((value, i) => pixels.data.fill(value, 4 * i, 4 * i + 3));
    for (let i = 3; i < pixels.data.length; i += 4) pixels.data[i] = 255;
    canvas.current?.getContext("2d")?.putImageData(pixels, 0, 0);
  }, [sheet]);

  const onPointerDown = (event: PointerEvent<HTMLDivElement>): void => {
    if (!event.isPrimary || event.button !== 0) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    setCursor(null);
    startStroke(spotOf(event, event.currentTarget));
  };
  const onPointerMove = (event: PointerEvent<HTMLDivElement>): void => {
    const pad = event.currentTarget;
    if (!pad.hasPointerCapture(event.pointerId)) return;
    const { nativeEvent } = event;
    const all = nativeEvent.getCoalescedEvents?.() ?? [];
    drawOn((all.length > 0 ? all : [nativeEvent]).map((each) => spotOf(each, pad)));
  };

  const move = ([dx, dy]: readonly [number, number], isFar: boolean): void => {
    const from = cursor ?? { x: PAD / 2, y: PAD / 2 };
    const by = isFar ? STEP.far : STEP.near;
    const to = { x: within(from.x + dx * by), y: within(from.y + dy * by) };
    setCursor(to);
    drawOn([to]);
  };
  const togglePen = (): void => {
    const at = cursor ?? { x: PAD / 2, y: PAD / 2 };
    setCursor(at);
    if (isPenDown) endStroke();
    else startStroke(at);
    announce(t(isPenDown ? "inspect.penUp" : "inspect.penDown"));
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const arrow = arrows[event.key];
    const isCommand = event.ctrlKey || event.metaKey;
    if (isCommand && event.key.toLowerCase() === "z" && !event.shiftKey && !event.altKey) undoDrawing();
    else if (isCommand || event.altKey) return;
    else if (arrow) move(arrow, event.shiftKey);
    else if (event.key === " ") togglePen();
    else if (event.key === "Delete" || event.key === "Backspace") clearPad();
    else if (event.key === "Escape" && isPenDown) endStroke();
    else return;
    // It is the pad's own: neither the page nor the model has anything to do with it.
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    <div
      role="application"
      tabIndex={0}
      aria-label={t("inspect.pad")}
      aria-describedby={help}
      className={classes.pad}
      onPointerDown={onPointerDown}
      onPointerMove={onPointerMove}
      onPointerUp={endStroke}
      onPointerCancel={endStroke}
      onKeyDown={onKeyDown}
      onBlur={endStroke}
    >
      <canvas ref={canvas} width={PAD} height={PAD} className={classes.canvas} aria-hidden />
      {marks.length === 0 && <span className={classes.invitation}>{t("inspect.drawHere")}</span>}
      {cursor && (
        <span
          className={classes.cursor}
          data-down={isPenDown || undefined}
          aria-hidden
          style={{
            left: `${(cursor.x / PAD) * 100}%`,
            top: `${(cursor.y / PAD) * 100}%`,
            width: `${((2 * PENS[pen]) / PAD) * 100}%`,
          }}
        />
      )}
    </div>
  );
}
