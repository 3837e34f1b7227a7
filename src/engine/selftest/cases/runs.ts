// Cases of the launches by which GPUs add up the gradient of gathered rows.
import { apply } from "../../graph/node";
import { input } from "../../ops/leaf";
import { runOps } from "../../ops/runs";
import { drawn, drawnBelow, given, type Tensor } from "../sample";
import { hand, type OpCases } from "./table";

/** The readers of each run of indices, sorted by row and then by number. */
function sorted({ values }: Tensor, rows: number, run: number): Tensor {
  const rowOf = (reader: number): number => Math.min(values[reader]!, rows - 1);
  const order: number[] = [];
  for (let from = 0; from < values.length; from += run) {
    const readers = values.slice(from, from + run).map((_, i) => from + i);
    order.push(...readers.toSorted((a, b) => rowOf(a) - rowOf(b) || a - b));
  }
  return given([values.length], order, "u32");
}

/** Where the readers of each row begin, and where the last end. */
function startsOf({ values }: Tensor, rows: number): Tensor {
  const starts = Array.from(
    { length: rows + 1 },
    (_, row) => values.filter((index) => Math.min(index, rows - 1) < row).length,
  );
  return given([rows + 1], starts, "u32");
}

const six = given([6], [2, 0, 2, 9, 1, 0], "u32");

/** Cases by op. */
export const runCases: Record<keyof typeof runOps, OpCases> = {
  sortReaders: {
    hand: [
      hand(
        "two runs, an index past the end, and equals in their order",
        [six],
        (indices) => apply(runOps.sortReaders, [indices], { rows: 3, run: 4 }),
        [6],
        [1, 0, 2, 3, 5, 4],
      ),
    ],
    sized: (n) =>
      [7, 256].map((run) => ({
        name: `${n} readers of 5 rows in runs of ${run}`,
        feeds: [drawnBelow(6, [n], run)],
        build: (indices) => apply(runOps.sortReaders, [indices], { rows: 5, run }),
      })),
    gradients: "none",
    refused: [
      {
        name: "f32 indices",
        build: () => apply(runOps.sortReaders, [input("i", [3])], { rows: 3, run: 4 }),
        message: /^sortReaders: expected indices to be u32 \[N\], got f32 \[3\]\.$/,
      },
    ],
    tolerance: 0,
  },
  mergeReaders: {
    hand: [
      hand(
        "three runs of two",
        [six, given([6], [1, 0, 2, 3, 5, 4], "u32")],
        (indices, order) => apply(runOps.mergeReaders, [indices, order], { rows: 3, run: 2 }),
        [6],
        [1, 5, 4, 0, 2, 3],
      ),
    ],
    // Up to 65 runs, of which sixteen are merged at a time.
    sized: (n) =>
      [4, 64].map((run) => {
        const indices = drawnBelow(6, [n], run);
        return {
          name: `${n} readers of 5 rows from runs of ${run}`,
          feeds: [indices, sorted(indices, 5, run)],
          build: (readers, order) => apply(runOps.mergeReaders, [readers, order], { rows: 5, run }),
        };
      }),
    gradients: "none",
    refused: [
      {
        name: "another number of readers",
        build: () => {
          const [indices, order] = [input("i", [3], "u32"), input("o", [4], "u32")];
          return apply(runOps.mergeReaders, [indices, order], { rows: 3, run: 4 });
        },
        message: /^mergeReaders: expected as many readers as indices, got \[4\] and \[3\]\.$/,
      },
    ],
    tolerance: 0,
  },
  runStarts: {
    hand: [
      hand(
        "rows that nobody reads",
        [six, given([6], [1, 5, 4, 0, 2, 3], "u32")],
        (indices, order) => apply(runOps.runStarts, [indices, order], { rows: 5 }),
        [6],
        [0, 2, 3, 5, 5, 6],
      ),
    ],
    sized: (n) => {
      const few = drawnBelow(7, [n], 1);
      const many = drawnBelow(n + 1, [9], 2);
      return [
        {
          name: `${n} readers of 7 rows`,
          feeds: [few, sorted(few, 7, n)],
          build: (indices, order) => apply(runOps.runStarts, [indices, order], { rows: 7 }),
        },
        {
          name: `9 readers of ${n} rows`,
          feeds: [many, sorted(many, n, 9)],
          build: (indices, order) => apply(runOps.runStarts, [indices, order], { rows: n }),
        },
      ];
    },
    gradients: "none",
    refused: [
      {
        name: "another number of readers",
        build: () => apply(runOps.runStarts, [input("i", [3], "u32"), input("o", [4], "u32")], { rows: 3 }),
        message: /^runStarts: expected as many readers as indices, got \[4\] and \[3\]\.$/,
      },
    ],
    tolerance: 0,
  },
  sumRuns: {
    hand: [
      hand(
        "readers of one row add up",
        [given([4], [0, 1, 1, 3], "u32"), given([3], [1, 0, 2], "u32"), given([3, 2], [1, 2, 3, 4, 5, 6])],
        (starts, order, dy) => apply(runOps.sumRuns, [starts, order, dy], { rows: 3 }),
        [3, 2],
        [3, 4, 0, 0, 6, 8],
      ),
    ],
    sized: (n) => {
      const indices = drawnBelow(7, [n], 1);
      return [
        {
          name: `${n} readers of 7 rows`,
          feeds: [startsOf(indices, 7), sorted(indices, 7, n), drawn([n, 3], 2)],
          build: (starts, order, dy) => apply(runOps.sumRuns, [starts, order, dy], { rows: 7 }),
        },
      ];
    },
    gradients: "none",
    refused: [
      {
        name: "starts of other rows",
        build: () => {
          const [starts, order, dy] = [input("s", [3], "u32"), input("o", [4], "u32"), input("dy", [4, 2])];
          return apply(runOps.sumRuns, [starts, order, dy], { rows: 3 });
        },
        message: /^sumRuns: expected starts of 3 rows and dy with 4, got \[3\] and \[4, 2\]\.$/,
      },
    ],
  },
};
