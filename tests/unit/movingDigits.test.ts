// Clips of digits: every frame is the one before, two pixels on in the direction that is told.
import { expect, it } from "vitest";
import { movingDigits } from "../../src/engine/data/movingDigits";
import { wander } from "../../src/engine/data/clipsOfDigits";

const SIZE = 9;
const ARROWS = { E: [1, 0], SE: [1, 1], S: [0, 1], SW: [-1, 1], W: [-1, 0], NW: [-1, -1], N: [0, -1], NE: [1, -1] };
const names = movingDigits.columns["direction"]?.names ?? [];

/** One pixel, in another place of each image. */
const images = Uint8Array.from({ length: 64 * SIZE * SIZE }, (_, i) =>
  i % (SIZE * SIZE) === Math.floor(i / (SIZE * SIZE)) ? 200 : 0,
);
const clips = wander(images, { count: 64, frames: 5, size: SIZE, seed: 3 });

it("goes the way that its name says, across the edges", () => {
  expect(names).toHaveLength(8);
  const { frames, direction } = clips.columns;
  for (let n = 0; n < 64; n++) {
    const [right = 0, down = 0] = ARROWS[names[direction?.[n] ?? 0] as keyof typeof ARROWS];
    const places = [0, 1, 2, 3, 4].map((frame) => {
      const from = (n * 5 + frame) * SIZE * SIZE;
      return frames?.subarray(from, from + SIZE * SIZE).indexOf(200) ?? -1;
    });
    places.slice(1).forEach((place, i) => {
      const before = places[i] ?? 0;
      const x = ((before % SIZE) + 2 * right + SIZE) % SIZE;
      const y = (Math.floor(before / SIZE) + 2 * down + SIZE) % SIZE;
      expect(place).toBe(y * SIZE + x);
    });
  }
});

it("begins anywhere and goes every way, the same each time", () => {
  const { frames, direction } = clips.columns;
  expect(new Set(direction).size).toBe(8);
  const starts = Array.from({ length: 64 }, (_, n) => frames?.subarray(n * 405, n * 405 + 81).indexOf(200));
  expect(new Set(starts).size).toBeGreaterThan(30);
  expect(wander(images, { count: 64, frames: 5, size: SIZE, seed: 3 })).toEqual(clips);
});
