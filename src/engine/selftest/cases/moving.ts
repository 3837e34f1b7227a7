// Cases of the ops that only move elements.
import type { stridedOps } from "../../ops/strided";
import { concat, pad, slice, transpose } from "../../ops/strided";
import { input } from "../../ops/leaf";
import { hand, type OpCases } from "./table";
import { drawn, drawnBelow, given } from "../sample";

const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

/** Cases by op. */
export const movingCases: Record<keyof typeof stridedOps, OpCases> = {
  transpose: {
    hand: [
      hand("a matrix", [given([2, 3], [1, 2, 3, 4, 5, 6])], (x) => transpose(x, [1, 0]), [3, 2], [1, 4, 2, 5, 3, 6]),
      hand(
        "axes in a cycle",
        [given([2, 2, 2], upTo(8))],
        (x) => transpose(x, [2, 0, 1]),
        [2, 2, 2],
        [0, 2, 4, 6, 1, 3, 5, 7],
      ),
      hand("u32", [given([1, 2], [7, 4_000_000_000], "u32")], (x) => transpose(x, [1, 0]), [2, 1], [7, 4_000_000_000]),
      hand("a scalar", [given([], [3])], (x) => transpose(x, []), [], [3]),
    ],
    sized: (n) => [
      { name: `[${n}, 5]`, feeds: [drawn([n, 5], 1)], build: (x) => transpose(x, [1, 0]) },
      { name: `[2, ${n}, 1, 3]`, feeds: [drawn([2, n, 1, 3], 2)], build: (x) => transpose(x, [3, 2, 0, 1]) },
      { name: `u32 [3, ${n}]`, feeds: [drawnBelow(2 ** 32, [3, n], 3)], build: (x) => transpose(x, [1, 0]) },
    ],
    gradients: [{ name: "three axes", feeds: [drawn([2, 3, 2], 4)], build: (x) => transpose(x, [1, 2, 0]) }],
    refused: [
      {
        name: "an axis named twice",
        build: () => transpose(input("x", [2, 3]), [0, 0]),
        message: /^transpose: expected a permutation of the 2 axes of \[2, 3\], got \[0, 0\]\.$/,
      },
      {
        name: "bytes",
        build: () => transpose(input("x", [2, 3], "u8"), [1, 0]),
        message: /^transpose: expected f32 or u32, got u8\. Gather/,
      },
    ],
  },
  slice: {
    hand: [
      hand("a box", [given([3, 4], upTo(12))], (x) => slice(x, [1, 1], [2, 2]), [2, 2], [5, 6, 9, 10]),
      hand("one element", [given([3, 4], upTo(12))], (x) => slice(x, [2, 3], [1, 1]), [1, 1], [11]),
      hand("rows of three axes", [given([2, 2, 2], upTo(8))], (x) => slice(x, [1, 0, 1], [1, 2, 1]), [1, 2, 1], [5, 7]),
    ],
    sized: (n) => [
      { name: `${n} of ${n + 2}`, feeds: [drawn([n + 2, 3], 1)], build: (x) => slice(x, [1, 1], [n, 2]) },
      { name: `columns ${n}`, feeds: [drawn([2, n + 3], 2)], build: (x) => slice(x, [0, 3], [2, n]) },
    ],
    gradients: [{ name: "a box", feeds: [drawn([3, 4], 3)], build: (x) => slice(x, [0, 1], [2, 2]) }],
    refused: [
      {
        name: "a box that leaves the array",
        build: () => slice(input("x", [3, 4]), [1, 1], [3, 1]),
        message: /^slice: expected begin and size to lie inside \[3, 4\], got begin \[1, 1\] and size \[3, 1\]\.$/,
      },
      {
        name: "nothing",
        build: () => slice(input("x", [3]), [0], [0]),
        message: /^slice: expected begin and size to lie inside \[3\], got begin \[0\] and size \[0\]\.$/,
      },
    ],
  },
  pad: {
    hand: [
      hand(
        "unevenly, with nines",
        [given([2, 2], [1, 2, 3, 4])],
        (x) =>
          pad(
            x,
            [
              [1, 0],
              [0, 2],
            ],
            9,
          ),
        [3, 4],
        [9, 9, 9, 9, 1, 2, 9, 9, 3, 4, 9, 9],
      ),
      hand("a scalar's row", [given([1], [5])], (x) => pad(x, [[2, 1]]), [4], [0, 0, 5, 0]),
      hand("u32", [given([2], [1, 2], "u32")], (x) => pad(x, [[0, 1]], 3_000_000_000), [3], [1, 2, 3_000_000_000]),
    ],
    sized: (n) => [
      { name: `[${n}]`, feeds: [drawn([n], 1)], build: (x) => pad(x, [[3, 2]], -0.1) },
      {
        name: `[2, ${n}, 3]`,
        feeds: [drawn([2, n, 3], 2)],
        build: (x) =>
          pad(x, [
            [0, 1],
            [1, 0],
            [2, 2],
          ]),
      },
    ],
    gradients: [
      {
        name: "unevenly",
        feeds: [drawn([2, 3], 3)],
        build: (x) =>
          pad(
            x,
            [
              [1, 0],
              [2, 1],
            ],
            4,
          ),
      },
    ],
    refused: [
      {
        name: "too few pairs",
        build: () => pad(input("x", [2, 2]), [[1, 1]]),
        message: /^pad: expected \[before, after\] counts for the 2 axes of \[2, 2\], got \[\[1,1\]\]\.$/,
      },
      {
        name: "negative counts",
        build: () => pad(input("x", [2]), [[-1, 1]]),
        message: /^pad: expected \[before, after\] counts/,
      },
      {
        name: "infinity",
        build: () => pad(input("x", [2]), [[1, 1]], Infinity),
        message: /^pad: expected a finite f32 value, got Infinity\.$/,
      },
    ],
  },
  concat: {
    hand: [
      hand(
        "columns",
        [given([2, 2], [1, 2, 3, 4]), given([2, 1], [5, 6])],
        (a, b) => concat([a, b], -1),
        [2, 3],
        [1, 2, 5, 3, 4, 6],
      ),
      hand(
        "rows",
        [given([1, 2], [1, 2]), given([2, 2], [3, 4, 5, 6])],
        (a, b) => concat([a, b], 0),
        [3, 2],
        [1, 2, 3, 4, 5, 6],
      ),
      hand("one", [given([2], [1, 2])], (a) => concat([a], 0), [2], [1, 2]),
      hand(
        "more than one shader can bind",
        upTo(14).map((i) => given([1, 2], [i, i + 0.5])),
        (...all) => concat(all, 1),
        [1, 28],
        upTo(14).flatMap((i) => [i, i + 0.5]),
      ),
    ],
    sized: (n) => [
      {
        name: `columns ${n}, 3 and ${n}`,
        feeds: [drawn([5, n], 1), drawn([5, 3], 2), drawn([5, n], 3)],
        build: (...all) => concat(all, 1),
      },
      { name: `rows ${n} and 1`, feeds: [drawn([n, 3], 4), drawn([1, 3], 5)], build: (a, b) => concat([a, b], 0) },
    ],
    gradients: [
      {
        name: "three columns",
        feeds: [drawn([2, 2], 1), drawn([2, 1], 2), drawn([2, 3], 3)],
        build: (...all) => concat(all, 1),
      },
    ],
    refused: [
      {
        name: "other dimensions that differ",
        build: () => concat([input("a", [2, 3]), input("b", [3, 3])], 1),
        message: /^concat: expected inputs alike except along axis 1, got f32 \[2, 3\] and f32 \[3, 3\]\.$/,
      },
      {
        name: "types that differ",
        build: () => concat([input("a", [2]), input("b", [2], "u32")], 0),
        message: /^concat: expected inputs alike except along axis 0, got f32 \[2\] and u32 \[2\]\.$/,
      },
      {
        name: "an axis that is not there",
        build: () => concat([input("a", [2])], 1),
        message: /^concat: expected an axis of \[2\], got axis 1\.$/,
      },
      { name: "nothing", build: () => concat([], 0), message: /^concat: expected at least one input, got none\.$/ },
    ],
  },
};
