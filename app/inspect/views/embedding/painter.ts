/** Paints samples where they are: on a canvas, some of them brighter, one of them large. It knows nothing of the model. */
import { placeOnSheet, type Sheet } from "./sheet";

/** What part of the plane is seen: its middle, and how many times it is enlarged. */
export interface Seen {
  readonly x: number;
  readonly y: number;
  readonly zoom: number;
}

export const WHOLE: Seen = { x: 0, y: 0, zoom: 1 };

export interface Scene {
  readonly sheet: Sheet;
  readonly sprites: OffscreenCanvas;
  /** `[count, 2]`, from -1 to 1 */
  readonly places: Float32Array;
  readonly seen: Seen;
  /** The samples that are chosen; none dims no other. */
  readonly chosen: ReadonlySet<number>;
  /** The sample that the cursor is on; -1 for none. */
  readonly cursor: number;
  /** A line that is being drawn around samples, `[points, 2]`. */
  readonly line: readonly number[];
  readonly accent: string;
}

/** A sample's side, in pixels of the canvas at a zoom of 1 of the whole plane. */
const SIDE = { few: 30, many: 19 };
const MANY = 800;

/** A place in pixels of a canvas of so many to a side. */
export const pixelOf = ({ x, y, zoom }: Seen, size: number, u: number, v: number): readonly [number, number] => [
  (size / 2) * (1 + (u - x) * zoom),
  (size / 2) * (1 - (v - y) * zoom),
];

/** The place under a pixel. */
export const placeAt = ({ x, y, zoom }: Seen, size: number, px: number, py: number): readonly [number, number] => [
  x + ((2 * px) / size - 1) / zoom,
  y - ((2 * py) / size - 1) / zoom,
];

export function paint(context: CanvasRenderingContext2D, size: number, scene: Scene): void {
  const { sheet, sprites, places, seen, chosen, cursor, line, accent } = scene;
  const { width, height, count } = sheet;
  const longest = Math.max(width, height);
  const side = (count > MANY ? SIDE.many : SIDE.few) * Math.min(2, Math.sqrt(seen.zoom)) * (size / 720);
  const draw = (n: number, scale: number): void => {
    const [px, py] = pixelOf(seen, size, places[2 * n] ?? NaN, places[2 * n + 1] ?? NaN);
    const [w, h] = [(scale * side * width) / longest, (scale * side * height) / longest];
    if (!(px > -w && py > -h && px < size + w && py < size + h)) return;
    const [sx, sy] = placeOnSheet(sheet, n);
    context.drawImage(sprites, sx, sy, width, height, px - w / 2, py - h / 2, w, h);
  };
  context.clearRect(0, 0, size, size);
  context.globalAlpha = chosen.size > 0 ? 0.35 : 0.9;
  for (let n = 0; n < count; n++) if (!chosen.has(n)) draw(n, 1);
  context.globalAlpha = 1;
  for (const n of chosen) if (n < count) draw(n, 1.25);
  if (cursor >= 0 && cursor < count) {
    const [px, py] = pixelOf(seen, size, places[2 * cursor] ?? NaN, places[2 * cursor + 1] ?? NaN);
    draw(cursor, 2);
    context.strokeStyle = accent;
    context.lineWidth = 3 * (size / 720);
    context.strokeRect(px - 1.2 * side, py - 1.2 * side, 2.4 * side, 2.4 * side);
  }
  if (line.length > 2) {
    context.beginPath();
    for (let i = 0; i < line.length; i += 2) context.lineTo(...pixelOf(seen, size, line[i] ?? 0, line[i + 1] ?? 0));
    context.closePath();
    context.strokeStyle = accent;
    context.fillStyle = accent;
    context.lineWidth = 2 * (size / 720);
    context.stroke();
    context.globalAlpha = 0.12;
    context.fill();
    context.globalAlpha = 1;
  }
}
