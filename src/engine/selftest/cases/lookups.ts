// Cases of the ops that choose: gathers, one-hot codes, arg-max, dropout and the metrics ring.
import { apply } from "../../graph/node";
import { dropout, type dropoutOps } from "../../ops/dropout";
import { argMax, batchRows, gatherOps, gatherRows, oneHot } from "../../ops/gather";
import { input, state } from "../../ops/leaf";
import { type ringOps, writeRow } from "../../ops/ring";
import { hand, type OpCases } from "./table";
import { counter, distinct, drawn, drawnBelow, given } from "../sample";

/** Cases by op. */
export const lookupCases: Record<keyof typeof gatherOps | keyof typeof dropoutOps | keyof typeof ringOps, OpCases> = {
  gatherRows: {
    hand: [
      hand(
        "rows, one twice",
        [given([3, 2], [1, 2, 3, 4, 5, 6]), given([3], [2, 0, 2], "u32")],
        (x, indices) => gatherRows(x, indices),
        [3, 2],
        [5, 6, 1, 2, 5, 6],
      ),
      hand(
        "bytes, in rows that do not fill words",
        [given([3, 3], [0, 1, 2, 127, 128, 129, 253, 254, 255], "u8"), given([2], [2, 1], "u32")],
        (x, indices) => gatherRows(x, indices),
        [2, 3],
        [253, 254, 255, 127, 128, 129],
      ),
      hand(
        "of two bytes, in rows that do not fill words",
        [given([3, 3], [0, 1, 2, 255, 256, 257, 65_533, 65_534, 65_535], "u16"), given([2], [2, 1], "u32")],
        (x, indices) => gatherRows(x, indices),
        [2, 3],
        [65_533, 65_534, 65_535, 255, 256, 257],
      ),
      hand(
        "u32 scalars",
        [given([2], [5, 4_000_000_000], "u32"), given([3], [1, 1, 0], "u32")],
        (x, indices) => gatherRows(x, indices),
        [3],
        [4_000_000_000, 4_000_000_000, 5],
      ),
      hand(
        "an index beyond the end reads the last row",
        [given([2, 2], [5, 6, 7, 8]), given([2], [2, 4_294_967_295], "u32")],
        (x, indices) => gatherRows(x, indices),
        [2, 2],
        [7, 8, 7, 8],
      ),
    ],
    sized: (n) => [
      {
        name: `${n} of ${n} rows`,
        feeds: [drawn([n, 3, 2], 1), drawnBelow(n, [n], 2)],
        build: (x, indices) => gatherRows(x, indices),
      },
      {
        name: `5 of 9 rows of ${n} bytes`,
        feeds: [drawnBelow(256, [9, n], 3, "u8"), drawnBelow(9, [5], 4)],
        build: (x, indices) => gatherRows(x, indices),
      },
    ],
    gradients: [
      {
        name: "rows, some twice, some never",
        feeds: [drawn([4, 2], 1), given([5], [3, 0, 3, 1, 3], "u32")],
        build: (x, indices) => gatherRows(x, indices),
      },
    ],
    refused: [
      {
        name: "f32 indices",
        build: () => gatherRows(input("x", [3, 2]), input("i", [3])),
        message: /^gatherRows: expected indices to be u32 \[N\], got f32 \[3\]\.$/,
      },
      {
        name: "a scalar",
        build: () => gatherRows(input("x", []), input("i", [3], "u32")),
        message: /^gatherRows: expected rows to choose from, got a f32 scalar\.$/,
      },
    ],
  },
  gatherRowsGrad: {
    hand: [
      hand(
        "readers of one row add up",
        [given([3], [2, 0, 2], "u32"), given([3, 2], [1, 2, 3, 4, 5, 6])],
        (indices, dy) => apply(gatherOps.gatherRowsGrad, [indices, dy], { rows: 3 }),
        [3, 2],
        [3, 4, 0, 0, 6, 8],
      ),
    ],
    sized: (n) => [
      {
        name: `${n} readers of 7 rows`,
        feeds: [drawnBelow(7, [n], 1), drawn([n, 3], 2)],
        build: (indices, dy) => apply(gatherOps.gatherRowsGrad, [indices, dy], { rows: 7 }),
      },
      {
        name: `9 readers of ${n} rows`,
        feeds: [drawnBelow(n, [9], 3), drawn([9, 2], 4)],
        build: (indices, dy) => apply(gatherOps.gatherRowsGrad, [indices, dy], { rows: n }),
      },
    ],
    gradients: "none",
    refused: [
      {
        name: "a gradient with other rows",
        build: () => apply(gatherOps.gatherRowsGrad, [input("i", [3], "u32"), input("dy", [2, 4])], { rows: 5 }),
        message: /^gatherRowsGrad: expected dy with 3 rows, one per index, got \[2, 4\]\.$/,
      },
    ],
  },
  batchRows: {
    hand: [
      hand(
        "bytes, scaled",
        [given([4, 3], [0, 1, 2, 3, 4, 5, 6, 7, 8, 253, 254, 255], "u8"), given([4], [3, 1, 0, 2], "u32"), counter(1)],
        (data, order, offset) => batchRows(data, order, offset, { count: 2, scale: 0.5 }),
        [2, 3],
        [1.5, 2, 2.5, 0, 0.5, 1],
      ),
      hand(
        "labels, past the end",
        [given([5], [9, 8, 7, 6, 5], "u8"), given([3], [4, 0, 1], "u32"), counter(2)],
        (data, order, offset) => batchRows(data, order, offset, { count: 3, dtype: "u32" }),
        [3],
        [8, 8, 8],
      ),
      hand(
        "labels of two bytes, past the end",
        [given([5], [9, 800, 7000, 65_535, 5], "u16"), given([3], [4, 2, 3], "u32"), counter(1)],
        (data, order, offset) => batchRows(data, order, offset, { count: 3, dtype: "u32" }),
        [3],
        [7000, 65_535, 65_535],
      ),
      hand(
        "f32 rows",
        [given([3, 2], [1, 2, 3, 4, 5, 6]), given([2], [2, 0], "u32"), counter(0)],
        (data, order, offset) => batchRows(data, order, offset, { count: 2 }),
        [2, 2],
        [5, 6, 1, 2],
      ),
    ],
    sized: (n) => [
      {
        name: `${n} rows of 7 bytes`,
        feeds: [drawnBelow(256, [n + 3, 7], 1, "u8"), drawnBelow(n + 3, [n + 3], 2), counter(2)],
        build: (data, order, offset) => batchRows(data, order, offset, { count: n, scale: 1 / 255 }),
      },
      {
        name: `4 rows of ${n} bytes, as u32, past the end`,
        feeds: [drawnBelow(256, [5, n], 3, "u8"), drawnBelow(5, [6], 4), counter(4)],
        build: (data, order, offset) => batchRows(data, order, offset, { count: 4, dtype: "u32" }),
      },
      {
        name: `${n} rows of 5 numbers of two bytes, scaled`,
        feeds: [drawnBelow(65_536, [n + 1, 5], 1, "u16"), drawnBelow(n + 1, [n + 1], 2), counter(1)],
        build: (data, order, offset) => batchRows(data, order, offset, { count: n, scale: 1 / 65_535 }),
      },
      {
        name: `3 rows of ${n} numbers of two bytes, as u32`,
        feeds: [drawnBelow(65_536, [5, n], 3, "u16"), drawnBelow(5, [6], 4), counter(2)],
        build: (data, order, offset) => batchRows(data, order, offset, { count: 3, dtype: "u32" }),
      },
      {
        name: `${n} rows of f32`,
        feeds: [drawn([n, 3], 5), drawnBelow(n, [n], 6), counter(0)],
        build: (data, order, offset) => batchRows(data, order, offset, { count: n, scale: 2 }),
      },
    ],
    gradients: "none",
    refused: [
      {
        name: "u32 out of f32",
        build: () =>
          batchRows(input("x", [3]), input("o", [3], "u32"), input("i", [], "u32"), { count: 1, dtype: "u32" }),
        message: /^batchRows: expected whole numbers and scale 1 for a u32 result, got f32 and scale 1\.$/,
      },
      {
        name: "an empty batch",
        build: () => batchRows(input("x", [3]), input("o", [3], "u32"), input("i", [], "u32"), { count: 0 }),
        message: /^batchRows: expected a count of 1 or more, got 0\.$/,
      },
      {
        name: "an f32 offset",
        build: () => batchRows(input("x", [3]), input("o", [3], "u32"), input("i", []), { count: 1 }),
        message: /^batchRows: expected offset to be a u32 scalar, got f32 \[\]\.$/,
      },
    ],
  },
  oneHot: {
    hand: [
      hand(
        "one index beyond the end",
        [given([3], [1, 0, 3], "u32")],
        (indices) => oneHot(indices, 3),
        [3, 3],
        [0, 1, 0, 1, 0, 0, 0, 0, 0],
      ),
    ],
    sized: (n) => [
      { name: `${n} of 10`, feeds: [drawnBelow(10, [n], 1)], build: (indices) => oneHot(indices, 10) },
      { name: `[2, 3] of ${n}`, feeds: [drawnBelow(n + 1, [2, 3], 2)], build: (indices) => oneHot(indices, n) },
    ],
    gradients: "none",
    refused: [
      {
        name: "f32 indices",
        build: () => oneHot(input("i", [3]), 3),
        message: /^oneHot: expected u32 indices, got f32\.$/,
      },
      {
        name: "no classes",
        build: () => oneHot(input("i", [3], "u32"), 0),
        message: /^oneHot: expected a depth of 1 or more, got 0\.$/,
      },
    ],
  },
  argMax: {
    hand: [
      hand("the first of equals", [given([2, 3], [1, 3, 3, 0, -1, -2])], (x) => argMax(x), [2], [1, 0]),
      hand("down the rows", [given([2, 2], [1, 5, 2, 5])], (x) => argMax(x, 0), [2], [1, 0]),
      hand("of one", [given([1], [-3])], (x) => argMax(x), [], [0]),
    ],
    sized: (n) => [
      { name: `[${n}, 10]`, feeds: [distinct([n, 10], 1)], build: (x) => argMax(x) },
      { name: `[3, ${n}]`, feeds: [distinct([3, n], 2)], build: (x) => argMax(x) },
      { name: `the middle of [2, ${n}, 3]`, feeds: [distinct([2, n, 3], 3)], build: (x) => argMax(x, 1) },
      {
        name: `the first of equals in [${n}]`,
        feeds: [
          given(
            [n],
            Array.from({ length: n }, (_, i) => i % 7),
          ),
        ],
        build: (x) => argMax(x),
      },
    ],
    gradients: "none",
    refused: [
      {
        name: "an axis that is not there",
        build: () => argMax(input("x", [2, 3]), 2),
        message: /^argMax: expected distinct axes between -2 and 1, got \[2\]\.$/,
      },
      {
        name: "u32",
        build: () => argMax(input("x", [2, 3], "u32")),
        message: /^argMax: expected f32 operands, got u32\.$/,
      },
    ],
  },
  dropout: {
    hand: [
      hand(
        "rate 0 keeps everything",
        [given([3], [1, -2, 3]), counter(1), counter(2)],
        (x, seed, step) => dropout(x, seed, step, { rate: 0, stream: 3 }),
        [3],
        [1, -2, 3],
      ),
      // The mask was worked out with a separate transcription of pcg4d from the paper, in Python.
      hand(
        "half of eight",
        [given([2, 4], [1, 2, 3, 4, 5, 6, 7, 8]), counter(1), counter(2)],
        (x, seed, step) => dropout(x, seed, step, { rate: 0.5, stream: 3 }),
        [2, 4],
        [0, 0, 6, 8, 0, 12, 14, 0],
      ),
    ],
    // The same elements must be dropped, not just as many: a mask of its own would differ by whole values.
    sized: (n) => [
      {
        name: `${n} elements`,
        feeds: [drawn([n], 1), counter(4_294_967_295), counter(n)],
        build: (x, seed, step) => dropout(x, seed, step, { rate: 0.3, stream: 4_000_000_000 }),
      },
      {
        name: `[5, ${n}]`,
        feeds: [drawn([5, n], 2), counter(7), counter(0)],
        build: (x, seed, step) => dropout(x, seed, step, { rate: 0.7, stream: 0 }),
      },
    ],
    gradients: [
      {
        name: "half of twenty",
        feeds: [drawn([4, 5], 1), counter(5), counter(6)],
        build: (x, seed, step) => dropout(x, seed, step, { rate: 0.5, stream: 7 }),
      },
    ],
    refused: [
      {
        name: "a rate of 1",
        build: () =>
          dropout(input("x", [3]), input("seed", [], "u32"), input("step", [], "u32"), { rate: 1, stream: 0 }),
        message: /^dropout: expected a rate of at least 0 and below 1, got 1\.$/,
      },
      {
        name: "an f32 seed",
        build: () => dropout(input("x", [3]), input("seed", []), input("step", [], "u32"), { rate: 0.5, stream: 0 }),
        message: /^dropout: expected seed to be a u32 scalar, got f32 \[\]\.$/,
      },
      {
        name: "a stream of more than 32 bits",
        build: () =>
          dropout(input("x", [3]), input("seed", [], "u32"), input("step", [], "u32"), { rate: 0.5, stream: 2 ** 32 }),
        message: /^dropout: expected a stream number that fits 32 bits, got 4294967296\.$/,
      },
    ],
  },
  writeRow: {
    hand: [
      {
        ...hand(
          "row 3 of two is row 1",
          [given([2, 2], [1, 2, 3, 4]), counter(3), given([], [9]), given([], [8])],
          (ring, row, ...values) => writeRow(ring, row, values),
          [2, 2],
          [1, 2, 9, 8],
        ),
        replacesFirst: true,
      },
      {
        ...hand(
          "columns beyond the values stay",
          [given([2, 3], [1, 2, 3, 4, 5, 6]), counter(0), given([1], [9])],
          (ring, row, ...values) => writeRow(ring, row, values),
          [2, 3],
          [9, 2, 3, 4, 5, 6],
        ),
        replacesFirst: true,
      },
      {
        ...hand(
          "vectors one after the other",
          [given([2, 4], [1, 2, 3, 4, 5, 6, 7, 8]), counter(1), given([2], [9, 10]), given([], [11])],
          (ring, row, ...values) => writeRow(ring, row, values),
          [2, 4],
          [1, 2, 3, 4, 9, 10, 11, 8],
        ),
        replacesFirst: true,
      },
    ],
    sized: (n) => [
      {
        name: `${n} rows of 5`,
        feeds: [drawn([n, 5], 1), counter(2 * n - 1), ...[2, 3, 4, 5, 6].map((seed) => drawn([], seed))],
        build: (ring, row, ...values) => writeRow(ring, row, values),
        replacesFirst: true,
      },
    ],
    gradients: "none",
    refused: [
      {
        name: "more values than columns",
        build: () => writeRow(state("ring", [4, 1]), input("row", [], "u32"), [input("a", []), input("b", [])]),
        message: /^writeRow: expected 1 to 1 numbers for ring \[4, 1\], got 2\.$/,
      },
      {
        name: "indices for a value",
        build: () => writeRow(state("ring", [4, 2]), input("row", [], "u32"), [input("a", [2], "u32")]),
        message: /^writeRow: expected f32 values, got u32 \[2\]\.$/,
      },
      {
        name: "an f32 row",
        build: () => writeRow(state("ring", [4, 2]), input("row", []), [input("a", [])]),
        message: /^writeRow: expected row to be a u32 scalar, got f32 \[\]\.$/,
      },
    ],
  },
};
