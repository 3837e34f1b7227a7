// Where points of a plane are pushed: downhill of what is known on a grid.
import { expect, it } from "vitest";
import { placesOf } from "../../app/inspect/views/field/paint";
import { arrowsOf, downhill, type Grid, taperOf } from "../../app/inspect/views/made/push";

/** A grid of a function of the place. */
function gridOf(value: (x: number, y: number) => number, resolution = 40, reach = 2): Grid {
  const places = placesOf(resolution, reach);
  const values = Float32Array.from({ length: resolution ** 2 }, (_, i) =>
    value(places[2 * i] ?? 0, places[2 * i + 1] ?? 0),
  );
  return { values, resolution, reach };
}

it("of a plane that rises, downhill is against its slope, up and across alike", () => {
  const [across, up] =
    downhill(
      gridOf((x, y) => 3 * x - 2 * y),
      0.3,
      -0.7,
    ) ?? [];
  expect(across).toBeCloseTo(-3, 3);
  expect(up).toBeCloseTo(2, 3);
  expect(
    downhill(
      gridOf((x) => x),
      5,
      0,
    ),
  ).toBeNull();
});

it("arrows of a bowl point to its middle, the longer the further out, and none is longer than is asked for", () => {
  const points = Float32Array.of(1, 0, 0, -0.5, 0.1, 0.1);
  const arrows = arrowsOf(
    points,
    3,
    gridOf((x, y) => x * x + y * y),
    0.2,
  );
  const lengths = arrows.map(({ from, to }) => Math.hypot(to[0] - from[0], to[1] - from[1]));
  arrows.forEach(({ from, to }) => expect(Math.hypot(...to)).toBeLessThan(Math.hypot(...from)));
  expect(lengths[0]).toBeCloseTo(0.2, 5);
  expect(lengths[1]).toBeCloseTo(0.1, 1);
  expect(lengths[2]).toBeLessThan(0.06);
  expect(
    arrowsOf(
      points,
      3,
      gridOf(() => 1),
      0.2,
    ),
    "on level ground there are none",
  ).toEqual([]);
});

it("an arrow is broad where it begins and ends in a point; one that leads nowhere is nothing", () => {
  expect(taperOf({ from: [1, 1], to: [1, 3] }, 0.5)).toEqual([
    [0.75, 1],
    [1, 3],
    [1.25, 1],
  ]);
  expect(taperOf({ from: [1, 2], to: [1, 2] }, 0.5)).toEqual([
    [1, 2],
    [1, 2],
    [1, 2],
  ]);
});
