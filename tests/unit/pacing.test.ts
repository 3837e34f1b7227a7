// Pacing: how many steps a submission holds, learnt from how long steps take.
import { describe, expect, it } from "vitest";
import { MAX_ROWS } from "../../src/engine/backend/backend";
import { Pacing } from "../../src/engine/train/pacing";

/** A pacing that has seen steps of one length only. */
function paced(stepMs: number, visible = true): Pacing {
  const pacing = new Pacing();
  pacing.visible = visible;
  for (let i = 0; i < 50; i++) pacing.record(1, stepMs);
  return pacing;
}

it("submits one step until it knows their speed", () => {
  const pacing = new Pacing();
  expect(pacing.steps).toBe(1);
  expect(pacing.stepMs).toBeUndefined();
  pacing.record(4, 8);
  expect(pacing.stepMs).toBe(2);
});

describe("fills about 10 ms of a visible page and 50 ms of a hidden one", () => {
  it.each([
    [0.1, 100, 256],
    [1, 10, 50],
    [2.5, 4, 20],
    [20, 1, 3],
    [500, 1, 1],
  ])("with steps of %d ms: %i and %i", (stepMs, visible, hidden) => {
    expect(paced(stepMs).steps).toBe(visible);
    expect(paced(stepMs, false).steps).toBe(hidden);
  });

  it("but never with more steps than one submission may hold, however fast", () => {
    expect(paced(0).steps).toBe(MAX_ROWS);
    expect(paced(0.001, false).steps).toBe(MAX_ROWS);
  });

  it("from the moment the page is hidden or shown", () => {
    const pacing = paced(5);
    expect(pacing.steps).toBe(2);
    pacing.visible = false;
    expect(pacing.steps).toBe(10);
    pacing.visible = true;
    expect(pacing.steps).toBe(2);
  });
});

describe("changes its mind", () => {
  it("by a quarter of each surprise when steps become slower", () => {
    const pacing = paced(1);
    pacing.record(10, 50);
    expect(pacing.stepMs).toBeCloseTo(2, 10);
    expect(pacing.steps).toBe(5);
  });

  it("so that one wrong measurement makes the next submission a third longer at most", () => {
    const pacing = paced(1);
    pacing.record(10, 0);
    expect(pacing.stepMs).toBeCloseTo(0.75, 10);
    expect(pacing.steps).toBe(13);
  });

  it("and grows from a slow first step, which compiles, within a few submissions", () => {
    const pacing = new Pacing();
    pacing.record(1, 400);
    const counts: number[] = [];
    for (let i = 0; i < 40; i++) {
      counts.push(pacing.steps);
      pacing.record(pacing.steps, pacing.steps * 1);
    }
    expect(counts[0]).toBe(1);
    for (let i = 1; i < counts.length; i++) expect(counts[i]!).toBeLessThanOrEqual(2 * counts[i - 1]!);
    expect(counts.at(-1)).toBe(10);
  });
});
