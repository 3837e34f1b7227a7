/** Lets digits wander, so that there is something to see in time alone. Pages do without. */
import { uniform } from "../random";
import { type Dataset, type DatasetDef, infoOf, type LoadOptions, type Split } from "./dataset";
import { mnist } from "./mnist";

/** Steps to the right and down, in the order of the classes. */
const DIRECTIONS: readonly (readonly [right: number, down: number])[] = [
  [1, 0],
  [1, 1],
  [0, 1],
  [-1, 1],
  [-1, 0],
  [-1, -1],
  [0, -1],
  [1, -1],
];
/** Pixels from a frame to the next. */
const SPEED = 2;

const within = (place: number, size: number): number => ((place % size) + size) % size;

/** A clip for each of the first `count` images `[size, size]`, which begins anywhere, goes one way, and comes back on the other side
 *  where it leaves: no frame tells the way. @returns columns `frames` `[count, frames, size, size]` and `direction` */
export function wander(
  images: Uint8Array,
  { count, frames, size, seed }: { count: number; frames: number; size: number; seed: number },
): Split {
  const pixels = size * size;
  const clips = new Uint8Array(count * frames * pixels);
  const direction = new Uint8Array(count);
  for (let n = 0; n < count; n++) {
    const draw = (stream: number, below: number): number => Math.floor(below * uniform(seed, 0, stream, n));
    direction[n] = draw(0, DIRECTIONS.length);
    const [right, down] = DIRECTIONS[direction[n] ?? 0]!;
    const [left, top] = [draw(1, size), draw(2, size)];
    for (let frame = 0; frame < frames; frame++) {
      const to = (n * frames + frame) * pixels;
      for (let y = 0; y < size; y++) {
        const row = within(y - top - SPEED * frame * down, size) * size;
        for (let x = 0; x < size; x++) {
          const column = within(x - left - SPEED * frame * right, size);
          clips[to + y * size + x] = images[n * pixels + row + column]!;
        }
      }
    }
  }
  return { count, columns: { frames: clips, direction } };
}

const SIZE = 28;

async function clipsOf(split: Split, count: number, frames: number, seed: number): Promise<Split> {
  await split.arrival?.until(count);
  const images = Object.entries(mnist.columns).find(([, { kind }]) => kind === "image")?.[0] ?? "";
  const pixels = split.columns[images];
  return wander(pixels instanceof Uint8Array ? pixels : new Uint8Array(), { count, frames, size: SIZE, seed });
}

/** Clips of MNIST's first digits, and of the first of its test set. @param frames of each  @param testCount clips to test with */
export function clipsOfDigits(
  about: Pick<DatasetDef, "id" | "title" | "description" | "trainCount">,
  { frames, testCount }: { readonly frames: number; readonly testCount: number },
): DatasetDef {
  const def: DatasetDef = {
    ...mnist,
    ...about,
    columns: {
      frames: { kind: "series", shape: [frames, SIZE, SIZE, 1], dtype: "u8", scale: 1 / 255 },
      direction: {
        kind: "class",
        shape: [],
        dtype: "u8",
        scale: 1,
        names: ["E", "SE", "S", "SW", "W", "NW", "N", "NE"],
      },
    },
    async load(source, options: LoadOptions = {}): Promise<Dataset> {
      // The first files have more than are needed.
      const { train, test } = await mnist.load(source, { ...options, early: true });
      return {
        ...infoOf(def),
        train: await clipsOf(train, about.trainCount, frames, 1),
        test: await clipsOf(test, testCount, frames, 2),
      };
    },
  };
  return def;
}
