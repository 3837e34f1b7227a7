// Cases of rows normalized by their own moments.
import { apply, type Node } from "../../graph/node";
import { input } from "../../ops/leaf";
import { normalizeRows, type RowNormOptions, rowNormOps } from "../../ops/rowNorm";
import { hand, type OpCases } from "./table";
import { drawn, given, type Sample } from "../sample";

const usual: RowNormOptions = { center: true, epsilon: 1e-3 };
const scalesOnly: RowNormOptions = { center: false, epsilon: 1e-6 };

const scaleOf = (x: Node, options: RowNormOptions): Node => apply(rowNormOps.rowScale, [x], options);
const back = (dy: Node, normal: Node, scale: Node, center = true): Node =>
  apply(rowNormOps.normalizeRowsGrad, [dy, normal, scale], { center });

/** Rows shorter and longer than the threads that may share one. */
const shapes = (n: number): readonly (readonly number[])[] => [
  [n, 3],
  [3, n],
  [2, n, 5],
  [3, 16 * n + 1],
  [65, 4],
];

const samples = (of: (x: Node, options: RowNormOptions) => Node, n: number): Sample[] =>
  shapes(n).flatMap((shape) =>
    [usual, scalesOnly].map((options) => ({
      name: `[${shape.join(", ")}]${options.center ? "" : ", scaled only"}`,
      feeds: [drawn(shape, 1)],
      build: (x: Node) => of(x, options),
    })),
  );

const refusals = (name: string, of: (x: Node, options: RowNormOptions) => Node): OpCases["refused"] => [
  {
    name: "a scalar",
    build: () => of(input("x", []), usual),
    message: new RegExp(`^${name}: expected rows \\[\\.\\., C\\], got \\[\\]\\.$`),
  },
  {
    name: "bytes",
    build: () => of(input("x", [4, 2], "u8"), usual),
    message: new RegExp(`^${name}: expected f32 operands, got u8\\. Gather`),
  },
  {
    name: "no epsilon",
    build: () => of(input("x", [4, 2]), { center: true, epsilon: 0 }),
    message: new RegExp(`^${name}: expected epsilon above 0, got 0\\.$`),
  },
];

/** Cases by op. */
export const rowNormCases: Record<keyof typeof rowNormOps, OpCases> = {
  rowScale: {
    hand: [
      hand(
        "one over the deviation",
        // Variances of 1 and 4 with epsilon 0.25 less: 1 / sqrt(0.75 + 0.25) and 1 / sqrt(3.75 + 0.25).
        [given([2, 2], [-Math.sqrt(0.75), Math.sqrt(0.75), 10 - Math.sqrt(3.75), 10 + Math.sqrt(3.75)])],
        (x) => scaleOf(x, { center: true, epsilon: 0.25 }),
        [2, 1],
        [1, 0.5],
      ),
      hand("of squares", [given([1, 2], [3, 4])], (x) => scaleOf(x, { center: false, epsilon: 12.5 }), [1, 1], [0.2]),
    ],
    sized: (n) => samples(scaleOf, n),
    gradients: "none",
    refused: refusals("rowScale", scaleOf),
  },
  normalizeRows: {
    hand: [
      hand(
        "rows of two",
        [given([2, 2], [1, 3, 10, 16])],
        (x) => normalizeRows(x, { center: true, epsilon: 1e-12 }),
        [2, 2],
        [-1, 1, -1, 1],
      ),
      hand(
        "scaled only",
        [given([1, 2], [3, 4])],
        (x) => normalizeRows(x, { center: false, epsilon: 12.5 }),
        [1, 2],
        [0.6, 0.8],
      ),
      hand(
        "a large mean costs no digits",
        [given([1, 4], [4096, 4097, 4098, 4099])],
        (x) => normalizeRows(x, { center: true, epsilon: 1e-12 }),
        [1, 4],
        [-3, -1, 1, 3].map((twice) => twice / Math.sqrt(5)),
      ),
    ],
    sized: (n) => samples(normalizeRows, n),
    gradients: [
      { name: "centred", feeds: [drawn([3, 5], 2)], build: (x) => normalizeRows(x, usual) },
      { name: "scaled only", feeds: [drawn([2, 2, 3], 2)], build: (x) => normalizeRows(x, scalesOnly) },
    ],
    refused: refusals("normalizeRows", normalizeRows),
  },
  normalizeRowsGrad: {
    hand: [
      hand(
        "without the mean, and without what is along the row",
        [given([1, 4], [5, 1, 3, 3]), given([1, 4], [1, -1, 1, -1]), given([1, 1], [2])],
        (dy, normal, scale) => back(dy, normal, scale),
        // 2 (dy - 3 - normal), since mean(dy) is 3, and mean(dy normal) (5 - 1 + 3 - 3) / 4.
        [1, 4],
        [2, -2, -2, 2],
      ),
      hand(
        "scaled only",
        [given([1, 2], [3, 5]), given([1, 2], [1, 1]), given([1, 1], [1])],
        (dy, normal, scale) => back(dy, normal, scale, false),
        [1, 2],
        [-1, 1],
      ),
    ],
    sized: (n) =>
      shapes(n).flatMap((shape) =>
        [true, false].map((center) => ({
          name: `[${shape.join(", ")}]${center ? "" : ", scaled only"}`,
          feeds: [drawn(shape, 1), drawn(shape, 2), drawn([...shape.slice(0, -1), 1], 3, [0.5, 2])],
          build: (dy: Node, normal: Node, scale: Node) => back(dy, normal, scale, center),
        })),
      ),
    gradients: "none",
    refused: [
      {
        name: "a scale that is none of rows",
        build: () => back(input("dy", [4, 2]), input("n", [4, 2]), input("s", [4, 2])),
        message:
          /^normalizeRowsGrad: expected dy and normalized rows .* a scale for each, got \[4, 2\], \[4, 2\], \[4, 2\]\.$/,
      },
    ],
  },
};
