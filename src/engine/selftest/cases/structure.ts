// Cases of leaves, constants, views, reductions and their adjoint.
import { type broadcastOps, broadcastTo, sum } from "../../ops/broadcast";
import { constant, type constantOps, range } from "../../ops/constant";
import { copy, type layoutOps, pack, reshape, segment, stopGradient } from "../../ops/layout";
import { input, type leafOps, state } from "../../ops/leaf";
import { mul } from "../../ops/pointwise";
import { max, type reduceOps } from "../../ops/reduce";
import { hand, type OpCases, type Refusal } from "./table";
import { distinct, drawn, given } from "../sample";

const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i + 1);
const zeros = (count: number): number[] => new Array<number>(count).fill(0);

const badDimension = (name: string, build: Refusal["build"]): Refusal => ({
  name: "a dimension of zero",
  build,
  message: new RegExp(`^${name}: expected dimensions to be positive whole numbers, got \\[2, 0\\]\\.$`),
});

const reductionRefusals = (name: "sum" | "max", op: typeof sum): readonly Refusal[] => [
  {
    name: "an axis that is not there",
    build: () => op(input("x", [2, 3]), [2]),
    message: new RegExp(`^${name}: expected distinct axes between -2 and 1, got \\[2\\]\\.$`),
  },
  {
    name: "an axis named twice",
    build: () => op(input("x", [2, 3]), [1, -1]),
    message: new RegExp(`^${name}: expected distinct axes between -2 and 1, got \\[1, -1\\]\\.$`),
  },
  {
    name: "bytes",
    build: () => op(input("x", [2, 3], "u8")),
    message: new RegExp(`^${name}: expected f32 operands, got u8\\. Gather`),
  },
];

const leafCases = (name: "input" | "state"): OpCases => ({
  hand: [hand("comes out as it went in", [given([2, 2], [1, -2, 0.5, 4])], (x) => x, [2, 2], [1, -2, 0.5, 4])],
  sized: (n) => [{ name: `[${n}]`, feeds: [drawn([n], 1)], build: (x) => x }],
  gradients: "none",
  refused: [badDimension(name, () => (name === "input" ? input("x", [2, 0]) : state("x", [2, 0])))],
});

/** Cases by op. */
export const structureCases: Record<
  | keyof typeof leafOps
  | keyof typeof constantOps
  | keyof typeof layoutOps
  | keyof typeof broadcastOps
  | keyof typeof reduceOps,
  OpCases
> = {
  input: leafCases("input"),
  state: leafCases("state"),
  // Made from a table that plans fill in; here as any leaf of no axes.
  stepScalar: {
    hand: [hand("comes out as it went in", [given([], [0.5])], (x) => x, [], [0.5])],
    sized: () => [],
    gradients: "none",
    refused: [],
  },
  range: {
    hand: [hand("counts from 0", [], () => range(4), [4], [0, 1, 2, 3]), hand("of one", [], () => range(1), [1], [0])],
    sized: (n) => [{ name: `[${n}]`, feeds: [], build: () => range(n) }],
    gradients: "none",
    refused: [{ ...badDimension("range", () => range(0)), message: /^range: expected dimensions .*, got \[0\]\.$/ }],
  },
  constant: {
    hand: [
      hand("a scalar", [], () => constant(-1.5), [], [-1.5]),
      hand("a matrix", [], () => constant(0.1, [2, 2]), [2, 2], [0.1, 0.1, 0.1, 0.1]),
    ],
    sized: (n) => [{ name: `[${n}]`, feeds: [], build: () => constant(1 / 3, [n]) }],
    gradients: [{ name: "a factor", feeds: [drawn([2], 1)], build: (x) => mul(x, constant(3, [2])) }],
    refused: [badDimension("constant", () => constant(1, [2, 0]))],
  },
  reshape: {
    hand: [hand("keeps the order", [given([2, 3], upTo(6))], (x) => reshape(x, [3, 2, 1]), [3, 2, 1], upTo(6))],
    sized: (n) => [{ name: `[${n}, 4]`, feeds: [drawn([n, 4], 1)], build: (x) => reshape(x, [2, 2 * n]) }],
    gradients: [{ name: "a matrix", feeds: [drawn([2, 3], 1)], build: (x) => reshape(x, [6]) }],
    refused: [
      {
        name: "another size",
        build: () => reshape(input("x", [2, 3]), [4]),
        message: /^reshape: expected 6 elements as in \[2, 3\], got 4 in \[4\]\. The product/,
      },
    ],
  },
  segment: {
    hand: [hand("from element 64", [given([70], upTo(70))], (x) => segment(x, 64, [2, 2]), [2, 2], [65, 66, 67, 68])],
    sized: (n) => [{ name: `${n} elements`, feeds: [drawn([128 + n], 1)], build: (x) => segment(x, 128, [n]) }],
    gradients: [{ name: "three of 70", feeds: [drawn([70], 1)], build: (x) => segment(x, 64, [3]) }],
    refused: [
      {
        name: "a start between",
        build: () => segment(input("x", [100]), 3, [4]),
        message:
          /^segment: expected a range inside a flat tensor that starts at a multiple of 64, got elements 3 to 7 of/,
      },
    ],
  },
  stopGradient: {
    hand: [hand("comes out as it went in", [given([2], [1, -2])], (x) => stopGradient(x), [2], [1, -2])],
    sized: (n) => [{ name: `a factor of [${n}]`, feeds: [drawn([n], 1)], build: (x) => mul(stopGradient(x), x) }],
    gradients: "none",
    refused: [],
  },
  pack: {
    hand: [
      hand(
        "two parts and the gap between",
        [given([2], [1, 2]), given([1, 3], [3, 4, 5])],
        (a, b) => pack([a, b], [0, 64], 128),
        [128],
        [1, 2, ...zeros(62), 3, 4, 5, ...zeros(61)],
      ),
    ],
    sized: (n) => [
      {
        name: `${n} and 3 elements`,
        feeds: [drawn([n], 1), drawn([3], 2)],
        build: (a, b) => pack([a, b], [0, 64 * Math.ceil(n / 64)], 64 * Math.ceil(n / 64) + 64),
      },
    ],
    gradients: [
      { name: "two parts", feeds: [drawn([2], 1), drawn([1, 3], 2)], build: (a, b) => pack([a, b], [0, 64], 128) },
    ],
    refused: [
      {
        name: "parts that overlap",
        build: () => pack([input("a", [65]), input("b", [1])], [0, 64], 128),
        message:
          /^pack: expected ascending offsets, multiples of 64, that leave room for each part, got offsets \[0, 64\]/,
      },
    ],
  },
  copy: {
    hand: [hand("as it is", [given([2, 2], [1, 2, 3, 4])], (x) => copy(x), [2, 2], [1, 2, 3, 4])],
    sized: (n) => [{ name: `[3, ${n}]`, feeds: [drawn([3, n], 1)], build: (x) => copy(x) }],
    gradients: [{ name: "a matrix", feeds: [drawn([2, 3], 1)], build: (x) => copy(x) }],
    refused: [],
  },
  sum: {
    // Up to 771 terms of up to 2: partial sums of some 20, each of which rounds by up to 1e-6.
    tolerance: 1e-5,
    hand: [
      hand("all", [given([2, 3], upTo(6))], (x) => sum(x), [], [21]),
      hand("rows", [given([2, 3], upTo(6))], (x) => sum(x, [0]), [3], [5, 7, 9]),
      hand("columns, kept", [given([2, 3], upTo(6))], (x) => sum(x, [-1], true), [2, 1], [6, 15]),
      hand("outer axes", [given([2, 2, 2], upTo(8))], (x) => sum(x, [0, 2]), [2], [14, 22]),
    ],
    sized: (n) => [
      { name: `all of [${n}, 3]`, feeds: [drawn([n, 3], 1)], build: (x) => sum(x) },
      { name: `rows of [${n}, 5]`, feeds: [drawn([n, 5], 2)], build: (x) => sum(x, [0]) },
      { name: `columns of [5, ${n}]`, feeds: [drawn([5, n], 3)], build: (x) => sum(x, [1]) },
      { name: `outer axes of [3, ${n}, 4]`, feeds: [drawn([3, n, 4], 4)], build: (x) => sum(x, [0, 2], true) },
      { name: `the middle of [3, ${n}, 4]`, feeds: [drawn([3, n, 4], 5)], build: (x) => sum(x, [1]) },
    ],
    gradients: [
      { name: "all", feeds: [drawn([2, 3], 1)], build: (x) => sum(x) },
      { name: "outer axes", feeds: [drawn([2, 3, 2], 2)], build: (x) => sum(x, [0, 2]) },
      { name: "columns, kept", feeds: [drawn([2, 3], 3)], build: (x) => sum(x, [1], true) },
    ],
    refused: reductionRefusals("sum", sum),
  },
  max: {
    hand: [
      hand("all", [given([2, 3], [-4, -2, -9, -3, -8, -5])], (x) => max(x), [], [-2]),
      hand("rows", [given([2, 3], [-4, -2, -9, -3, -8, -5])], (x) => max(x, [0]), [3], [-3, -2, -5]),
      hand("columns, kept", [given([2, 2], [1, 7, 3, 2])], (x) => max(x, [1], true), [2, 1], [7, 3]),
    ],
    sized: (n) => [
      { name: `all of [${n}, 3]`, feeds: [drawn([n, 3], 1, [-9, -1])], build: (x) => max(x) },
      { name: `rows of [${n}, 5]`, feeds: [drawn([n, 5], 2)], build: (x) => max(x, [0]) },
      { name: `columns of [5, ${n}]`, feeds: [drawn([5, n], 3)], build: (x) => max(x, [1]) },
    ],
    gradients: [
      { name: "all", feeds: [distinct([2, 3], 1)], build: (x) => max(x) },
      { name: "rows", feeds: [distinct([3, 4], 2)], build: (x) => max(x, [0]) },
      { name: "columns, kept", feeds: [distinct([3, 4], 2)], build: (x) => max(x, [1], true) },
    ],
    refused: reductionRefusals("max", max),
  },
  broadcastTo: {
    hand: [
      hand("a row", [given([3], [1, 2, 3])], (x) => broadcastTo(x, [2, 3]), [2, 3], [1, 2, 3, 1, 2, 3]),
      hand("a column", [given([2, 1], [1, 2])], (x) => broadcastTo(x, [2, 3]), [2, 3], [1, 1, 1, 2, 2, 2]),
      hand("a scalar", [given([], [4])], (x) => broadcastTo(x, [2, 1]), [2, 1], [4, 4]),
    ],
    sized: (n) => [
      { name: `[${n}] to [3, ${n}]`, feeds: [drawn([n], 1)], build: (x) => broadcastTo(x, [3, n]) },
      { name: `[2, 1, 3] to [2, ${n}, 3]`, feeds: [drawn([2, 1, 3], 2)], build: (x) => broadcastTo(x, [2, n, 3]) },
    ],
    gradients: [
      { name: "a row", feeds: [drawn([3], 1)], build: (x) => broadcastTo(x, [2, 3]) },
      { name: "inside", feeds: [drawn([2, 1, 2], 1)], build: (x) => broadcastTo(x, [3, 2, 3, 2]) },
    ],
    refused: [
      {
        name: "a shape it does not stretch to",
        build: () => broadcastTo(input("x", [2, 3]), [2, 1]),
        message: /^broadcastTo: expected a shape that \[2, 3\] stretches to, got \[2, 1\]\. Aligned/,
      },
    ],
  },
};
