// Places of samples in the plane: turning them back, lines around them, the way from one to the next, and what is alike.
import { describe, expect, it } from "vitest";
import {
  alikeTo,
  enclosed,
  fitted,
  mixingOf,
  nearestTo,
  nextIn,
  turnedTo,
} from "../../app/inspect/views/embedding/places";

const square = Float32Array.of(0, 0, 1, 0, 1, 1, 0, 1, 3, 0.2);

describe("places of samples", () => {
  it.each([false, true])("are turned back to where they were, mirrored: %s", (isMirrored) => {
    const before = square.map((value, i) => value - (i % 2 === 0 ? 1 : 0.44));
    const angle = 2.1;
    const turned = before.map((value, i) => {
      const [x, y] = i % 2 === 0 ? [value, before[i + 1] ?? 0] : [before[i - 1] ?? 0, value];
      const flipped = isMirrored ? -y : y;
      return i % 2 === 0
        ? Math.cos(angle) * x - Math.sin(angle) * flipped
        : Math.sin(angle) * x + Math.cos(angle) * flipped;
    });
    turnedTo(turned, before).forEach((value, i) => expect(value).toBeCloseTo(before[i] ?? NaN, 5));
  });

  it("fit into the square but for the outermost", () => {
    const many = Float32Array.from({ length: 400 }, (_, i) => 50 + 7 * Math.sin(i));
    many[0] = 1e6;
    const found = fitted(many);
    expect(found.slice(2).every((value) => Math.abs(value) <= 1)).toBe(true);
    expect(found[0]).toBeGreaterThan(1);
    expect(Math.max(...found.slice(2))).toBeGreaterThan(0.9);
  });

  it("are found by a press, by arrow keys and by a line around them", () => {
    expect([nearestTo(square, 0.9, 0.1, 0.5), nearestTo(square, 0.5, 0.5, 0.1)]).toEqual([1, -1]);
    expect([
      nextIn(square, 0, 1, 0),
      nextIn(square, 1, 1, 0),
      nextIn(square, 1, 0, 1),
      nextIn(square, 0, -1, 0),
    ]).toEqual([1, 4, 2, 0]);
    expect(enclosed(square, [-0.5, -0.5, 1.5, -0.5, 1.5, 0.5, -0.5, 0.5])).toEqual([0, 1]);
    // A line that crosses itself encloses what it goes around once.
    expect(enclosed(Float32Array.of(0.5, 0.1, 0.5, 0.9, 0.1, 0.5), [0, 0, 1, 1, 1, 0, 0, 1])).toEqual([2]);
  });

  it("tell what is alike by cosine, not by distance", () => {
    const values = Float32Array.of(1, 0, 10, 1, 0.9, 0.9, -1, 0);
    const alike = alikeTo(values, 2, 0, 3);
    expect(alike.map(({ sample }) => sample)).toEqual([1, 2, 3]);
    expect(alike.map(({ cosine }) => cosine.toFixed(4))).toEqual(["0.9950", "0.7071", "-1.0000"]);
  });

  it("tell which classes lie among each other", () => {
    // Two heaps apart; in the second every other sample is of a third class.
    const places = Float32Array.from({ length: 80 }, (_, i) => (i < 40 ? 0 : 100) + Math.sin(i));
    const labels = Array.from({ length: 40 }, (_, n) => (n < 20 ? 0 : 1 + (n % 2)));
    const [first, second, third, none] = mixingOf(places, labels, 4);
    expect(first).toEqual({ samples: 20, own: 1, other: null });
    expect(second).toMatchObject({ samples: 10, other: 2 });
    expect(third).toMatchObject({ samples: 10, other: 1 });
    expect(second?.own).toBeLessThan(0.7);
    expect(none).toEqual({ samples: 0, own: NaN, other: null });
  });
});
