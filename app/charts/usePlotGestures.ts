/** What can be done on a plot by mouse, touch, wheel and keyboard: read values, zoom in and out, move along. */
import type { KeyboardEvent, MouseEvent, PointerEvent, RefObject } from "react";
import { useEffect, useRef, useState } from "react";
import type { XUnit } from "../store/ui";
import type { Span } from "./axes";
import type { Curves } from "./curves";
import { nearestPoint } from "./curves";
import { setHover, useHover } from "./hover";
import { clampZoom, panBy, pinch, readView, setZoom, zoomAt } from "./zoom";

/** What a plot shows at present. */
export interface PlotView {
  readonly curves: Curves;
  /** Of the plot, in pixels. */
  readonly width: number;
  readonly run: number;
  readonly xUnit: XUnit;
  /** The page scrolls, and the wheel is for that unless Ctrl is held. */
  readonly isScrolling: boolean;
  /** Hears of a place that is pressed, or at which Enter is: on the horizontal axis, and in pixels of the window. */
  readonly onPress: (x: number, left: number) => void;
}

interface Gestures {
  readonly ref: RefObject<HTMLDivElement | null>;
  /** The part being chosen by a drag, as shares of the width. */
  readonly selection: Span | null;
  readonly handlers: {
    readonly onPointerDown: (event: PointerEvent) => void;
    readonly onPointerMove: (event: PointerEvent) => void;
    readonly onPointerUp: (event: PointerEvent) => void;
    readonly onPointerCancel: (event: PointerEvent) => void;
    readonly onLostPointerCapture: (event: PointerEvent) => void;
    readonly onPointerLeave: (event: PointerEvent) => void;
    readonly onClick: (event: MouseEvent) => void;
    readonly onDoubleClick: () => void;
    readonly onKeyDown: (event: KeyboardEvent) => void;
  };
}

/** A shorter drag is a click. */
const MIN_DRAG = 6;
/** A click waits so long for a second one. */
const DOUBLE_CLICK_MS = 250;
/** Pixels of the wheel that halve or double what is seen. */
const WHEEL_OCTAVE = 240;
/** Pixels of a wheel's line, where it counts in lines. */
const LINE = 16;

const share = (event: { readonly clientX: number }, area: Element, width: number): number =>
  Math.min(Math.max((event.clientX - area.getBoundingClientRect().left) / width, 0), 1);

export function usePlotGestures(view: PlotView): Gestures {
  const { curves, width, run, xUnit, onPress } = view;
  const { xAxis, whole, shortest, raw } = curves;
  const ref = useRef<HTMLDivElement>(null);
  const [selection, setSelection] = useState<Span | null>(null);
  const dragFrom = useRef<number | null>(null);
  const hasDragged = useRef(false);
  const pressing = useRef<ReturnType<typeof setTimeout>>(undefined);
  /** Fingers on the plot, and what each of two holds. */
  const fingers = useRef(new Map<number, { readonly x: number; readonly at: number }>());

  const toX = (at: number): number => xAxis.low + at * (xAxis.high - xAxis.low);
  const show = (span: Span | null): void => setZoom(run, xUnit, span && clampZoom(span, whole, shortest));
  useWheel(ref, view);

  const release = (): void => {
    dragFrom.current = null;
    setSelection(null);
  };

  const movePinch = (): void => {
    const [a, b] = [...fingers.current.values()].toSorted((one, other) => one.at - other.at);
    const span = a && b ? pinch(a.x, b.x, a.at, b.at) : null;
    if (span) show(span);
  };

  /** Moves the crosshair among the drawn points, and the view after it. */
  const walk = (by: number): void => {
    const pointed = useHover.getState().x;
    const here = pointed === null ? undefined : nearestPoint(raw, pointed);
    // The first key press finds the latest point, unless it asks for the first.
    const from = here ? raw.indexOf(here) : raw.length - Math.max(0, by);
    const next = raw[Math.min(Math.max(from + by, 0), raw.length - 1)];
    if (!next) return;
    setHover(next.x);
    const length = xAxis.high - xAxis.low;
    if (next.x < xAxis.low) show(panBy(xAxis, -length / 2, whole));
    if (next.x > xAxis.high) show(panBy(xAxis, length / 2, whole));
  };

  const magnify = (factor: number): void => {
    const seen = readView(run, xUnit, whole);
    show(zoomAt(seen, useHover.getState().x ?? seen.high, factor));
  };

  const keys: Readonly<Record<string, () => void>> = {
    ArrowLeft: () => walk(-1),
    ArrowRight: () => walk(1),
    PageUp: () => walk(-10),
    PageDown: () => walk(10),
    Home: () => walk(-raw.length),
    End: () => walk(raw.length),
    "+": () => magnify(0.5),
    "-": () => magnify(2),
    "0": () => show(null),
    Enter: () => {
      const x = useHover.getState().x ?? xAxis.high;
      const left = ref.current?.getBoundingClientRect().left ?? 0;
      onPress(x, left + ((x - xAxis.low) / (xAxis.high - xAxis.low)) * width);
    },
  };

  return {
    ref,
    selection,
    handlers: {
      onPointerDown: (event) => {
        const at = share(event, event.currentTarget, width);
        if (event.pointerType === "touch") {
          fingers.current.set(event.pointerId, { x: toX(at), at });
          // Fingers that are down already stay where they are: only the new one starts from here.
          if (fingers.current.size === 1) setHover(toX(at));
        } else if (event.button === 0) {
          dragFrom.current = at;
          event.currentTarget.setPointerCapture(event.pointerId);
        }
      },
      onPointerMove: (event) => {
        const at = share(event, event.currentTarget, width);
        const finger = fingers.current.get(event.pointerId);
        if (finger) fingers.current.set(event.pointerId, { ...finger, at });
        if (fingers.current.size > 1) {
          movePinch();
          return;
        }
        setHover(toX(at));
        const from = dragFrom.current;
        if (from === null) return;
        const isLong = Math.abs(at - from) * width >= MIN_DRAG;
        setSelection(isLong ? { low: Math.min(from, at), high: Math.max(from, at) } : null);
      },
      onPointerUp: (event) => {
        fingers.current.delete(event.pointerId);
        hasDragged.current = selection !== null;
        if (selection) show({ low: toX(selection.low), high: toX(selection.high) });
        release();
      },
      onPointerCancel: (event) => {
        fingers.current.delete(event.pointerId);
        release();
      },
      onLostPointerCapture: release,
      onPointerLeave: (event) => {
        // What a finger has pointed at stays to be read when it is lifted.
        if (event.pointerType !== "touch" && dragFrom.current === null) setHover(null);
      },
      onClick: (event) => {
        const { clientX: left, currentTarget, detail } = event;
        const x = toX(share(event, currentTarget, width));
        clearTimeout(pressing.current);
        // A second click would make it a double one, which is for the zoom.
        if (!hasDragged.current && detail < 2) pressing.current = setTimeout(() => onPress(x, left), DOUBLE_CLICK_MS);
      },
      onDoubleClick: () => show(null),
      onKeyDown: (event) => {
        const action = keys[event.key === "=" ? "+" : event.key];
        if (!action || event.ctrlKey || event.metaKey || event.altKey) return;
        event.preventDefault();
        action();
      },
    },
  };
}

/** Zooms by the wheel around the pointer, and moves along by a sideways one; once in a frame. React's own wheel events
 *  cannot keep the page from scrolling. */
function useWheel(ref: RefObject<HTMLDivElement | null>, view: PlotView): void {
  const latest = useRef(view);
  useEffect(() => {
    latest.current = view;
  });
  useEffect(() => {
    const area = ref.current;
    if (!area) return undefined;
    let frame = 0;
    let [octaves, sideways, at] = [0, 0, 0];
    const apply = (): void => {
      frame = 0;
      const { curves, width, run, xUnit } = latest.current;
      const { whole, shortest } = curves;
      const seen = readView(run, xUnit, whole);
      const length = seen.high - seen.low;
      const moved = panBy(seen, (sideways / width) * length, whole);
      const next = zoomAt(moved, moved.low + at * length, 2 ** octaves);
      [octaves, sideways] = [0, 0];
      setZoom(run, xUnit, clampZoom(next, whole, shortest));
    };
    const onWheel = (event: WheelEvent): void => {
      const { curves, width, isScrolling } = latest.current;
      if (isScrolling && !event.ctrlKey) return;
      const { xAxis, whole } = curves;
      const unit = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? LINE : 1;
      const isWhole = xAxis.low <= whole.low && xAxis.high >= whole.high;
      const isSideways = event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY);
      // With nothing to zoom out of or to move along, the wheel is the page's.
      if (isWhole && (isSideways || event.deltaY > 0) && !event.ctrlKey) return;
      event.preventDefault();
      if (isSideways) sideways += unit * (event.deltaX || event.deltaY);
      // A pinch on a touchpad comes as a wheel with Ctrl, in small steps.
      else octaves += ((event.ctrlKey ? 4 : 1) * unit * event.deltaY) / WHEEL_OCTAVE;
      at = share(event, area, width);
      frame ||= requestAnimationFrame(apply);
    };
    area.addEventListener("wheel", onWheel, { passive: false });
    return () => {
      cancelAnimationFrame(frame);
      area.removeEventListener("wheel", onWheel);
    };
  }, [ref]);
}
