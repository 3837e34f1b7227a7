/** Borders of images: zeros put around them, or pixels cut off. No weights. */
import { pair } from "../../fields";
import type { Shape } from "../../shape";
import { pad, slice } from "../../ops/strided";
import { defineLayer, f32 } from "../layer";
import { imageProblem } from "./shared";
import { say } from "../../words/said";

type Ends = readonly [before: number, after: number];

/** How many rows above and below, and columns left and right. Keras has all four in one setting. */
const endsField = (label: string, help: string, initial: Ends, max: number) =>
  pair({ label, help, min: 0, max, default: initial });

const totals = (rows: Ends, columns: Ends): readonly [number, number] => [rows[0] + rows[1], columns[0] + columns[1]];

const shown = (rows: Ends, columns: Ends): string => [...rows, ...columns].join(", ");

/** From `[H, W, C]` to `[H + above + below, W + left + right, C]`, with zeros all around. Keras's `padding=((above, below),
 *  (left, right))`. */
export const zeroPadding2D = defineLayer({
  type: "ZeroPadding2D",
  badge: "Zp",
  category: "shape",
  help: "Puts rows and columns of zeros around an image, for instance so that a window fits.",
  fields: {
    rows: endsField("Rows", "How many rows of zeros above and below.", [1, 1], 32),
    columns: endsField("Columns", "How many columns of zeros to the left and to the right.", [1, 1], 32),
  },
  here: (input, output) => say("here.resized", { from: input.shape, to: output.shape }),
  summary: ({ rows, columns }) => [shown(rows, columns)],
  output: (input, { rows, columns }) => {
    const [height = 1, width = 1, channels = 1] = input.shape;
    const [down, across] = totals(rows, columns);
    return imageProblem(input) ?? f32([height + down, width + across, channels]);
  },
  build: (x, _, { rows, columns }) => {
    const [down, across] = totals(rows, columns);
    return down + across === 0 ? x : pad(x, [[0, 0], rows, columns, [0, 0]]);
  },
});

/** The most of a side that can be cut, as much at the front as it was. */
const fitting = (ends: Ends, size: number): Ends =>
  ends[0] + ends[1] < size ? ends : [Math.floor((size - 1) / 2), Math.floor((size - 1) / 2)];

/** From `[H, W, C]` to `[H - above - below, W - left - right, C]`. Keras's `cropping=((above, below), (left, right))`. */
export const cropping2D = defineLayer({
  type: "Cropping2D",
  badge: "Cr",
  category: "shape",
  help: "Cuts rows and columns off an image's edges, where there is nothing to see.",
  fields: {
    rows: endsField("Rows", "How many rows to cut off above and below.", [0, 0], 65_536),
    columns: endsField("Columns", "How many columns to cut off at the left and at the right.", [0, 0], 65_536),
  },
  initial: { rows: [2, 2], columns: [2, 2] },
  here: (input, output) => say("here.resized", { from: input.shape, to: output.shape }),
  summary: ({ rows, columns }) => [shown(rows, columns)],
  output: (input, { rows, columns }) => {
    const problem = imageProblem(input);
    if (problem) return problem;
    const [height = 1, width = 1, channels = 1] = input.shape;
    const [down, across] = totals(rows, columns);
    if (down < height && across < width) return f32([height - down, width - across, channels]);
    const key = down < height ? "columns" : "rows";
    const value = key === "rows" ? fitting(rows, height) : fitting(columns, width);
    return {
      needs: say("fit.largerThan", { of: [down, across] }),
      advice: say("fit.cropLess"),
      fix: { kind: "set", key, value },
    };
  },
  build: (x, _, { rows, columns }) => {
    const [samples = 1, height = 1, width = 1, channels = 1] = x.shape;
    const [down, across] = totals(rows, columns);
    const size: Shape = [samples, height - down, width - across, channels];
    return down + across === 0 ? x : slice(x, [0, rows[0], columns[0], 0], size);
  },
});
