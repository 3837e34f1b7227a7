/** The square itself: tiles or points on a canvas, and a mark that pointers and keys move. */
import { useComputedColorScheme } from "@mantine/core";
import type { KeyboardEvent, PointerEvent } from "react";
import { useEffect, useRef } from "react";
import { sizeOf } from "../../../../src/engine";
import { t } from "../../../common/words";
import { toPixels } from "../readPredictions";
import { hueOf, nearest, type Place, placeOfKey, placeOfPointer } from "./places";
import classes from "./PlaneView.module.css";

/** The canvas's own pixels along each side. */
const SIZE = 720;
/** How far from a point a press still means it, as a share of the reach. */
const GRASP = 0.05;

interface Tiles {
  /** How many along each side. */
  readonly across: number;
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

interface CodePlaneProps {
  readonly place: Place;
  /** The plane is shown from `-reach` to `reach`. */
  readonly reach: number;
  /** The id of what says by which keys it is walked. */
  readonly help: string;
  /** Of the samples, `[count, 2]`. */
  readonly codes: Float32Array | undefined;
  /** Of the samples; left out where the data have no classes. */
  readonly labels: ArrayLike<number> | undefined;
  readonly names: readonly string[];
  /** The sample that is chosen. */
  readonly chosen: number | undefined;
  readonly tiles: Tiles | null;
  readonly onMove: (place: Place) => void;
  readonly onChoose: (sample: number) => void;
}

export function CodePlane({
  place,
  reach,
  help,
  codes,
  labels,
  names,
  chosen,
  tiles,
  onMove,
  onChoose,
}: CodePlaneProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const isDark = useComputedColorScheme("light") === "dark";
  useEffect(() => {
    const context = canvas.current?.getContext("2d");
    if (!context) return;
    context.clearRect(0, 0, SIZE, SIZE);
    if (tiles) paintTiles(context, tiles);
    else if (codes) paintPoints(context, { codes, labels, names, reach, isDark });
    if (codes && chosen !== undefined && 2 * chosen < codes.length) ring(context, codes, chosen, reach);
  }, [codes, labels, names, reach, chosen, tiles, isDark]);

  const press = (at: Place): void => {
    onMove(at);
    const sample = codes ? nearest(codes, at, reach * GRASP) : -1;
    if (sample >= 0) onChoose(sample);
  };
  const onPointerDown = (event: PointerEvent<HTMLDivElement>): void => {
    if (!event.isPrimary || event.button !== 0) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    press(placeOfPointer(event, event.currentTarget.getBoundingClientRect(), reach));
  };
  const onPointerMove = (event: PointerEvent<HTMLDivElement>): void => {
    const { currentTarget } = event;
    if (!currentTarget.hasPointerCapture(event.pointerId)) return;
    onMove(placeOfPointer(event, currentTarget.getBoundingClientRect(), reach));
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const next = placeOfKey(event.key, event.shiftKey, place, reach);
    if (next) onMove(next);
    else if (event.key === "Enter") press(place);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const share = (value: number): string => `${(50 * (1 + value / reach)).toFixed(2)}%`;
  return (
    <div className={classes.around}>
      <div
        role="application"
        tabIndex={0}
        aria-label={t("inspect.plane", { x: place[0].toFixed(2), y: place[1].toFixed(2) })}
        aria-describedby={help}
        className={classes.plane}
        onPointerDown={onPointerDown}
        onPointerMove={onPointerMove}
        onKeyDown={onKeyDown}
      >
        <canvas ref={canvas} width={SIZE} height={SIZE} className={classes.canvas} aria-hidden />
        <span className={classes.mark} style={{ left: share(place[0]), top: share(-place[1]) }} aria-hidden />
      </div>
    </div>
  );
}

const pixelOf = (value: number, reach: number): number => (SIZE / 2) * (1 + value / reach);

interface Points extends Pick<CodePlaneProps, "labels" | "names" | "reach"> {
  readonly codes: Float32Array;
  readonly isDark: boolean;
}

/** Each as the name of its class, where names are short: told apart by more than a colour. */
function paintPoints(context: CanvasRenderingContext2D, { codes, labels, names, reach, isDark }: Points): void {
  const isShort = names.length > 0 && names.every((name) => name.length <= 2);
  context.font = getComputedStyle(context.canvas).font;
  context.textAlign = "center";
  context.textBaseline = "middle";
  for (let i = 0; 2 * i < codes.length; i++) {
    const [x, y] = [pixelOf(codes[2 * i] ?? NaN, reach), pixelOf(-(codes[2 * i + 1] ?? NaN), reach)];
    const label = labels?.[i] ?? 0;
    context.fillStyle = `hsl(${hueOf(label, names.length)} 75% ${isDark ? 66 : 40}%)`;
    if (isShort) context.fillText(names[label] ?? "", x, y);
    else context.fillRect(x - 4, y - 4, 8, 8);
  }
}

function ring(context: CanvasRenderingContext2D, codes: Float32Array, sample: number, reach: number): void {
  const { color } = getComputedStyle(context.canvas);
  context.strokeStyle = color;
  context.lineWidth = 4;
  context.beginPath();
  context.arc(
    pixelOf(codes[2 * sample] ?? NaN, reach),
    pixelOf(-(codes[2 * sample + 1] ?? NaN), reach),
    18,
    0,
    2 * Math.PI,
  );
  context.stroke();
}

function paintTiles(context: CanvasRenderingContext2D, { across, shape, values }: Tiles): void {
  const [height = 1, width = 1, channels = 1] = shape;
  const size = sizeOf(shape);
  const sheet = new OffscreenCanvas(across * width, across * height);
  const drawn = sheet.getContext("2d");
  if (!drawn) return;
  for (let i = 0; i < across * across; i++) {
    const pixels = toPixels(values.subarray(i * size, (i + 1) * size), channels);
    drawn.putImageData(new ImageData(pixels, width, height), (i % across) * width, Math.floor(i / across) * height);
  }
  context.imageSmoothingEnabled = false;
  context.drawImage(sheet, 0, 0, SIZE, SIZE);
}
