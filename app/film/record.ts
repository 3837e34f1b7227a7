/** Films to files: GIF by a worker, WebM by what the browser records of a canvas. */
import * as Comlink from "comlink";
import { SIZES } from "./paint";
import type { GifControls } from "./gifWorker";

/** How long a frame stays, and the last one before it begins again. */
export const FRAME_MS = 350;
const LAST_MS = 1800;

const WEBM = "video/webm";
const { width: WIDTH, height: HEIGHT } = SIZES.wide;

export const canRecord = (): boolean =>
  typeof MediaRecorder !== "undefined" &&
  MediaRecorder.isTypeSupported(WEBM) &&
  "captureStream" in HTMLCanvasElement.prototype;

interface Recording {
  readonly count: number;
  readonly paint: (context: CanvasRenderingContext2D, frame: number) => void;
  /** Hears how far it is, from 0 to 1. */
  readonly hear: (share: number) => void;
  readonly signal: AbortSignal;
}

function canvasFor(): readonly [HTMLCanvasElement, CanvasRenderingContext2D] {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [WIDTH, HEIGHT];
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (!context) throw new Error("Film: expected the browser to give a 2D canvas.");
  return [canvas, context];
}

/** @throws the signal's reason */
export async function toGif({ count, paint, hear, signal }: Recording): Promise<Blob> {
  const [, context] = canvasFor();
  const worker = new Worker(new URL("gifWorker.ts", import.meta.url), { type: "module", name: "gif" });
  try {
    const gif = Comlink.wrap<GifControls>(worker);
    for (let frame = 0; frame < count; frame++) {
      signal.throwIfAborted();
      hear(frame / count);
      paint(context, frame);
      const { data } = context.getImageData(0, 0, WIDTH, HEIGHT);
      await gif.add(Comlink.transfer(data, [data.buffer]), WIDTH, HEIGHT, frame === count - 1 ? LAST_MS : FRAME_MS);
    }
    return new Blob([await gif.finish()], { type: "image/gif" });
  } finally {
    worker.terminate();
  }
}

/** Takes as long as the film does. @throws the signal's reason */
export async function toWebm({ count, paint, hear, signal }: Recording): Promise<Blob> {
  const [canvas, context] = canvasFor();
  paint(context, 0);
  const recorder = new MediaRecorder(canvas.captureStream(30), { mimeType: WEBM, videoBitsPerSecond: 4e6 });
  const parts: Blob[] = [];
  recorder.addEventListener("dataavailable", ({ data }) => parts.push(data));
  const ended = new Promise((resolve) => recorder.addEventListener("stop", resolve));
  recorder.start();
  try {
    for (let frame = 0; frame < count; frame++) {
      signal.throwIfAborted();
      hear(frame / count);
      const until = performance.now() + (frame === count - 1 ? LAST_MS : FRAME_MS);
      // A picture that stays the same is not recorded again.
      while (performance.now() < until) {
        paint(context, frame);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    }
  } finally {
    recorder.stop();
    await ended;
  }
  return new Blob(parts, { type: WEBM });
}
