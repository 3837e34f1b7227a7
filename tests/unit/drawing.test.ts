// From a drawing to an answer: the pad's ink, what is made of it as MNIST was made, and that a model trained on MNIST reads digits
// however they are drawn.
import { beforeEach, describe, expect, it } from "vitest";
import { clearPad, drawOn, endStroke, placeOnPad, startStroke, undoDrawing, useDrawing } from "../../app/pad/drawing";
import { blankInk, drawLine, type Ink, inkOf, PAD } from "../../app/pad/ink";
import { reduceInk } from "../../app/pad/reduce";
import { forgetDrawings, keepDrawing, useKept, valuesOf } from "../../app/inspect/views/draw/kept";
import { startThread } from "../../scripts/support/helperThread";
import { openCpuBackend } from "../../src/engine/backend/cpu/openCpuBackend";
import { shrink } from "../../src/engine/data/smallDigits";
import { presets } from "../../src/engine/model/presets";
import { Model } from "../../src/engine/train/model";
import { columnOf } from "../support/data";
import { fullDescribe } from "../support/full";
import { firstDigits, loadMnist } from "../support/mnist";

const SIDE = 28;
const PIXELS = SIDE * SIDE;

it("keeps drawings as samples, the latest sixty, and forgets those of a dataset", () => {
  const about = { dataset: "mnist", label: 4, height: 2, width: 3 };
  const values = Float32Array.of(0, 0.2, 0.4, 0.6, 0.8, 1);
  for (let n = 0; n < 61; n++) keepDrawing(values, { ...about, dataset: n === 60 ? "other" : "mnist" });
  const { drawings } = useKept.getState();
  expect([drawings.length, new Set(drawings.map(({ id }) => id)).size, drawings[0]?.id]).toEqual([60, 60, 2]);
  expect([...valuesOf(drawings.slice(0, 1))]).toEqual([...values]);
  keepDrawing(new Float32Array(65), { ...about, height: 65, width: 1 });
  forgetDrawings("mnist");
  expect(useKept.getState().drawings.map(({ dataset }) => dataset)).toEqual(["other"]);
});

/** A filled square on the pad. */
function square(left: number, top: number, side: number): Ink {
  const ink = blankInk();
  for (let y = top; y < top + side; y++) ink.fill(255, y * PAD + left, y * PAD + left + side);
  return ink;
}

/** Columns and rows with something in them, the first and the last. */
function extent(image: Float32Array): readonly number[] {
  const lit = [...image.keys()].filter((i) => (image[i] ?? 0) > 1e-6);
  const columns = lit.map((i) => i % SIDE);
  const rows = lit.map((i) => Math.floor(i / SIDE));
  return [Math.min(...columns), Math.max(...columns), Math.min(...rows), Math.max(...rows)];
}

describe("a drawing is reduced as MNIST's digits were", () => {
  it("to nothing where the pad is blank", () => {
    expect(reduceInk(blankInk(), SIDE, SIDE)).toBeNull();
  });

  it.each([
    [0, 0, 100],
    [180, 170, 30],
    [3, 250, 7],
  ])("a square at %d, %d of side %d to 20 by 20 in the middle", (left, top, side) => {
    const image = reduceInk(square(left, top, side), SIDE, SIDE) ?? new Float32Array();
    // Its middle, 10 from its edge, comes nearest to 14.5, the middle of the middle pixel: an edge at 4.5, to whole pixels 5.
    expect(extent(image)).toEqual([5, 24, 5, 24]);
    expect(image[14 * SIDE + 14]).toBe(1);
    expect(image.reduce((sum, value) => sum + value, 0)).toBeCloseTo(400, 2);
  });

  it("by its centre of mass, and its longer side", () => {
    // A bar 40 high and 10 wide with a foot to the right, twice as heavy as the bar beside it.
    const ink = square(100, 100, 10);
    for (let y = 100; y < 140; y++) ink.fill(255, y * PAD + 100, y * PAD + 110);
    for (let y = 120; y < 140; y++) ink.fill(255, y * PAD + 110, y * PAD + 120);
    const image = reduceInk(ink, SIDE, SIDE) ?? new Float32Array();
    // 2 pixels of the pad make one. Mass: 400 at x 2.5 and y 10, 200 at x 7.5 and y 15 of the box; together at 4.17 and 11.67,
    // which come nearest to 14.5 where the box begins at 10 and at 3.
    expect(extent(image)).toEqual([10, 19, 3, 22]);
  });

  it("for smaller images to what they are shrunk to", () => {
    const ink = square(40, 60, 70);
    for (let y = 60; y < 200; y++) ink.fill(255, y * PAD + 95, y * PAD + 110);
    const values = (side: number): Uint8Array =>
      Uint8Array.from(reduceInk(ink, side, side) ?? [], (value) => Math.round(255 * value));
    const { columns } = shrink({ count: 1, columns: { image: values(SIDE) } });
    const small = values(8);
    for (const [i, wanted] of (columns["image"] ?? []).entries())
      expect(Math.abs((small[i] ?? NaN) - wanted)).toBeLessThan(2);
  });

  it("so that MNIST's own digits come back, to the last step of grey", async () => {
    const { test } = await firstDigits(1, 40);
    const stored = columnOf(test, "image");
    for (let n = 0; n < test.count; n++) {
      const values = Float32Array.from(stored.subarray(n * PIXELS, (n + 1) * PIXELS), (value) => value / 255);
      const darkest = Math.max(...values);
      const image = reduceInk(inkOf([{ kind: "image", values, height: SIDE, width: SIDE }]), SIDE, SIDE);
      const worst = Math.max(...values.map((value, i) => Math.abs(value / darkest - (image?.[i] ?? NaN))));
      expect(worst, `digit ${n}`).toBeLessThan(1.5 / 255);
    }
  });
});

describe("the pad", () => {
  const inkNow = () => useDrawing.getState().sheet.ink;
  const at = (x: number, y: number) => inkNow()[y * PAD + x];
  beforeEach(() => useDrawing.setState(useDrawing.getInitialState(), true));

  it("draws with a round pen whose edge is a pixel of grey", () => {
    const ink = blankInk();
    drawLine(ink, { x: 50, y: 50 }, { x: 80, y: 50 }, 10);
    const of = (x: number, y: number) => ink[y * PAD + x];
    expect([of(50, 50), of(65, 58), of(65, 61)]).toEqual([255, 255, 0]);
    // Its centre is 9.5 from the line: 10 + 0.5 - 9.5 is all; one further has nothing of it left.
    expect([of(65, 59), of(65, 60), of(65, 39)]).toEqual([255, 0, 0]);
    // The round end: 38.5 - 50 is beyond it, and so is a corner.
    expect([of(41, 50), of(38, 50), of(41, 41)]).toEqual([255, 0, 0]);
  });

  it("takes strokes, images and clearing back, one at a time", () => {
    startStroke({ x: 20, y: 20 });
    drawOn([{ x: 60, y: 20 }]);
    endStroke();
    drawOn([{ x: 60, y: 200 }]);
    expect([at(40, 20), at(60, 100)], "nothing is drawn while the pen is up").toEqual([255, 0]);
    startStroke({ x: 200, y: 200 });
    endStroke();
    placeOnPad({ values: new Float32Array(PIXELS).fill(1), height: SIDE, width: SIDE });
    clearPad();
    const { past } = useDrawing.getState();
    clearPad();
    expect(useDrawing.getState().past, "a blank pad has nothing to clear").toBe(past);
    const seen = past.map(() => {
      undoDrawing();
      return [at(100, 100), at(200, 200), at(40, 20)];
    });
    expect(seen).toEqual([
      [255, 255, 255],
      [0, 255, 255],
      [0, 0, 255],
      [0, 0, 0],
    ]);
    undoDrawing();
    expect(reduceInk(inkNow(), SIDE, SIDE)).toBeNull();
  });
});

/** How a digit is drawn again: pixels of the pad for one of its own, where its middle is, and by how much its lines are thicker on
 *  either side, or thinner. */
interface Hand {
  readonly scale: number;
  readonly x?: number;
  readonly y?: number;
  readonly thicker?: number;
}

const NEAR = 62;
const hands: Readonly<Record<string, Hand>> = {
  small: { scale: 3 },
  large: { scale: 13 },
  // MNIST's lines are some 25 pixels of the pad wide, a few of them only 8, which must not break.
  thin: { scale: 10, thicker: -3 },
  thick: { scale: 10, thicker: 7 },
  "upper left": { scale: 5, x: NEAR, y: NEAR },
  "upper right": { scale: 5, x: PAD - NEAR, y: NEAR },
  "lower left": { scale: 5, x: NEAR, y: PAD - NEAR },
  "lower right": { scale: 5, x: PAD - NEAR, y: PAD - NEAR },
};

/** A digit drawn again, with the sharp edges of a pen. */
function redraw(digit: Float32Array, { scale, x = PAD / 2, y = PAD / 2, thicker = 0 }: Hand): Ink {
  const value = (column: number, row: number) =>
    column < 0 || row < 0 || column >= SIDE || row >= SIDE ? 0 : (digit[row * SIDE + column] ?? 0);
  const drawn = Float32Array.from({ length: PAD * PAD }, (_, i) => {
    const [u, v] = [
      ((i % PAD) + 0.5 - x) / scale + SIDE / 2 - 0.5,
      (Math.floor(i / PAD) + 0.5 - y) / scale + SIDE / 2 - 0.5,
    ];
    const [u0, v0] = [Math.floor(u), Math.floor(v)];
    const along = (row: number) => (1 - u + u0) * value(u0, row) + (u - u0) * value(u0 + 1, row);
    const mixed = (1 - v + v0) * along(v0) + (v - v0) * along(v0 + 1);
    return Math.max(0, Math.min(1, 4 * (mixed - 0.5) + 0.5));
  });
  const spread = thicker === 0 ? drawn : thicken(thicken(drawn, thicker, 1), thicker, PAD);
  return Uint8ClampedArray.from(spread, (grey) => 255 * grey);
}

/** The darkest, or where the lines get thinner the lightest, within a distance along an axis. */
function thicken(ink: Float32Array, by: number, stride: number): Float32Array {
  const reach = Math.abs(by);
  const pick = by > 0 ? Math.max : Math.min;
  return ink.map((own, i) => {
    let picked = own;
    for (let k = -reach; k <= reach; k++) picked = pick(picked, ink[i + k * stride] ?? own);
    return picked;
  });
}

/** The shares of test digits, drawn again in every way, that a model reads through the pad. */
async function readShares(model: Model, count: number): Promise<Readonly<Record<string, number>>> {
  const { test } = await loadMnist();
  const [stored, labels] = [columnOf(test, "image"), columnOf(test, "label")];
  const shares: Record<string, number> = {};
  for (const [name, hand] of Object.entries(hands)) {
    const images = new Float32Array(count * PIXELS);
    for (let n = 0; n < count; n++) {
      const digit = Float32Array.from(stored.subarray(n * PIXELS, (n + 1) * PIXELS), (value) => value / 255);
      images.set(reduceInk(redraw(digit, hand), SIDE, SIDE) ?? [], n * PIXELS);
    }
    const outputs = await model.predict(images, count);
    const isRead = (n: number): boolean => {
      const own = outputs.subarray(n * 10, (n + 1) * 10);
      return own.indexOf(Math.max(...own)) === labels[n];
    };
    shares[name] = Array.from({ length: count }, (_, n) => isRead(n)).filter(Boolean).length / count;
  }
  return shares;
}

/** A preset that reads drawn digits: after so many steps, the least share of so many digits drawn in each way, and in all. */
interface Reader {
  readonly id: "perceptron" | "convnet";
  readonly steps: number;
  readonly digits: number;
  readonly each: number;
  readonly all: number;
}

const convnet = presets.convnet.description.training;
const readers: readonly Reader[] = [
  { id: "perceptron", steps: 400, digits: 20, each: 0.75, all: 0.9 },
  // Two epochs.
  {
    id: "convnet",
    steps: 2 * Math.ceil((60_000 - convnet.validationCount) / convnet.batchSize),
    digits: 200,
    each: 0.95,
    all: 0.95,
  },
];

fullDescribe("digits that are drawn small, large, thin, thick or in a corner are read", () => {
  it.each(readers)(
    "by the $id after $steps steps",
    async ({ id, steps, digits, each, all }) => {
      const backend = await openCpuBackend({ startHelper: startThread });
      const model = await Model.create(presets[id].description, await loadMnist(), backend);
      await model.fit({ steps });
      const shares = await readShares(model, digits);
      for (const [hand, share] of Object.entries(shares)) expect(share, hand).toBeGreaterThanOrEqual(each);
      const values = Object.values(shares);
      expect(values.reduce((sum, share) => sum + share, 0) / values.length).toBeGreaterThanOrEqual(all);
      model.dispose();
      backend.dispose();
    },
    600_000,
  );
});
