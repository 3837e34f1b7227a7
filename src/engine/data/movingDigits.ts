/** Digits that move: what there is to tell is in no frame, but between them. */
import { type Dataset, type DatasetDef, infoOf, type LoadOptions, type Split } from "./dataset";
import { mnist } from "./mnist";
import { wander } from "./movingPicture";

const TRAIN = 4000;
const TEST = 1000;
const FRAMES = 8;
const SIZE = 28;

async function clipsOf(split: Split, count: number, seed: number): Promise<Split> {
  await split.arrival?.until(count);
  const images = Object.entries(mnist.columns).find(([, { kind }]) => kind === "image")?.[0] ?? "";
  const pixels = split.columns[images];
  return wander(pixels instanceof Uint8Array ? pixels : new Uint8Array(), { count, frames: FRAMES, size: SIZE, seed });
}

/** 4,000 + 1,000 clips of 8 frames 28x28, each of a digit that moves two pixels a frame in one of eight directions, across the edges. */
export const movingDigits: DatasetDef = {
  ...mnist,
  id: "movingdigits",
  title: "Moving digits",
  description:
    "Clips of digits that wander in one of eight directions, east to north-east. A single frame cannot tell which.",
  trainCount: TRAIN,
  columns: {
    frames: { kind: "series", shape: [FRAMES, SIZE, SIZE, 1], dtype: "u8", scale: 1 / 255 },
    direction: { kind: "class", shape: [], dtype: "u8", scale: 1, names: ["E", "SE", "S", "SW", "W", "NW", "N", "NE"] },
  },
  async load(source, options: LoadOptions = {}): Promise<Dataset> {
    const { train, test } = await mnist.load(source, { ...options, early: true });
    return {
      ...infoOf(movingDigits),
      train: await clipsOf(train, TRAIN, 1),
      test: await clipsOf(test, TEST, 2),
    };
  },
};
