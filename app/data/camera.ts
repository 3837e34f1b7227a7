/** Pictures that are made on the page, as files like those that are brought: of the camera, and of drawings. */
import type { BroughtFile } from "../../src/engine";

/** A camera's picture is cut to its middle, with so many pixels along a side. */
const SIDE = 128;
/** Pictures a second, and of one press at most. */
const RATE = 12;
const MOST = 300;

let made = 0;

const fileOf = (canvas: HTMLCanvasElement): Promise<BroughtFile> =>
  new Promise((resolve, reject) => {
    canvas.toBlob((blob) => {
      const name = `${++made}.png`;
      if (blob) resolve({ path: name, file: new File([blob], name, { type: "image/png" }) });
      else reject(new Error("Camera: expected a picture of the canvas, got none."));
    }, "image/png");
  });

function sheet(side: number): { readonly canvas: HTMLCanvasElement; readonly context: CanvasRenderingContext2D } {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [side, side];
  const context = canvas.getContext("2d");
  if (!context) throw new Error("Camera: expected a canvas to draw on, got none.");
  return { canvas, context };
}

/** Light on black, `[size, size]` from 0 to 1. */
export function pictureOf(values: Float32Array, size: number): Promise<BroughtFile> {
  const { canvas, context } = sheet(size);
  const pixels = new ImageData(size, size);
  for (const [i, value] of values.entries()) pixels.data.set([255 * value, 255 * value, 255 * value, 255], 4 * i);
  context.putImageData(pixels, 0, 0);
  return fileOf(canvas);
}

/** Shows what the camera sees. @param hear whether it may  @returns what ends it */
export function photograph(video: HTMLVideoElement, hear: (isOpen: boolean) => void): () => void {
  let isOver = false;
  let stream: MediaStream | undefined;
  const end = (): void => {
    isOver = true;
    for (const track of stream?.getTracks() ?? []) track.stop();
    video.srcObject = null;
  };
  const open = async (): Promise<void> => {
    try {
      stream = await navigator.mediaDevices.getUserMedia({ video: { width: { ideal: 320 }, height: { ideal: 240 } } });
      if (isOver) return end();
      video.srcObject = stream;
      await video.play();
      hear(true);
    } catch {
      if (!isOver) hear(false);
    }
  };
  void open();
  return end;
}

/** Takes pictures from now on. @returns what ends it and gives them */
export function shootWhile(video: HTMLVideoElement): () => Promise<readonly BroughtFile[]> {
  const taken: Promise<BroughtFile>[] = [];
  const shoot = (): void => {
    const { videoWidth, videoHeight } = video;
    if (taken.length >= MOST || videoWidth === 0) return;
    const side = Math.min(videoWidth, videoHeight);
    const { canvas, context } = sheet(SIDE);
    const [left, top] = [(videoWidth - side) / 2, (videoHeight - side) / 2];
    context.drawImage(video, left, top, side, side, 0, 0, SIDE, SIDE);
    taken.push(fileOf(canvas));
  };
  shoot();
  const timer = setInterval(shoot, 1000 / RATE);
  return () => {
    clearInterval(timer);
    return Promise.all(taken);
  };
}
