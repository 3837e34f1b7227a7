// Cases of recurrence, every cell, either way, with all states and with the last; and of turning an axis round.
import { apply, type Node } from "../../graph/node";
import { flip, flipOps } from "../../ops/flip";
import { input } from "../../ops/leaf";
import { recurrent, recurrentOps } from "../../ops/recurrent";
import { type CellName, cells } from "../../ops/recurrentCells";
import { MAX_RECURRENT_UNITS, type RecurrentOptions, walkOf } from "../../ops/recurrentWalk";
import { transpose } from "../../ops/strided";
import { hand, type OpCases } from "./table";
import { drawn, given, type Sample, type Tensor } from "../sample";

const usual: Omit<RecurrentOptions, "cell"> = {
  activation: "tanh",
  recurrentActivation: "sigmoid",
  reverse: false,
  sequences: true,
};

/** Sums alone, so that hands can follow. */
const plain = { ...usual, activation: "linear", recurrentActivation: "linear" } as const;

/** A walk over so many samples and steps by so many units. */
interface Size {
  readonly samples: number;
  readonly steps: number;
  readonly units: number;
  readonly options: RecurrentOptions;
  readonly hasBias?: boolean;
}

const nameOf = ({ samples, steps, units, options, hasBias }: Size): string => {
  const told = options.sequences ? "all states" : "the last state";
  const functions = `${options.activation} and ${options.recurrentActivation}`;
  const way = `${options.reverse ? ", backwards" : ""}${hasBias ? ", with a bias" : ""}`;
  return `${options.cell} [${samples}, ${steps}, ${units}], ${functions}, ${told}${way}`;
};

/** Small enough that no walk, however long, makes much of a rounding error. */
function kernelOf(gates: number, units: number): Tensor {
  const most = 0.8 / Math.sqrt(units);
  return drawn([units, gates * units], 2, [-most, most]);
}

function feedsOf({ samples, steps, units, options: { cell }, hasBias }: Size): Tensor[] {
  const { gates } = cells[cell];
  const bias = hasBias ? [drawn([gates * units], 3)] : [];
  return [drawn([samples, steps, gates * units], 1, [-1, 1]), kernelOf(gates, units), ...bias];
}

const forward = (size: Size): Sample => ({
  name: nameOf(size),
  feeds: feedsOf(size),
  build: (x, kernel, bias) => recurrent(x!, kernel!, size.options, bias),
});

/** What the way back gives of what the way forward gave. */
const backward = (size: Size): Sample => {
  const { samples, steps, units, options } = size;
  const told = options.sequences ? [samples, steps, units] : [samples, units];
  return {
    name: nameOf(size),
    feeds: [...feedsOf(size), drawn(told, 4)],
    build: (x, kernel, ...more) => {
      const [dy, bias] = more.toReversed() as [Node, Node?];
      const walked = apply(recurrentOps.recurrent, bias ? [x!, kernel!, bias] : [x!, kernel!], options);
      const attrs = { ...options, samples, steps };
      return apply(recurrentOps.recurrentGrad, [dy, walked, transpose(kernel!, [1, 0])], attrs);
    },
  };
};

const product = ({ samples, steps, units, options }: Size): Sample => {
  const { traceSize, slopesSize, cell } = walkOf(options, samples, steps, units);
  const width = cell.gates * units;
  const attrs = { ...options, samples, steps, units, at: 0, width, count: width };
  return {
    name: nameOf({ samples, steps, units, options }),
    feeds: [drawn([traceSize], 1), drawn([slopesSize], 2)],
    build: (trace, slopes) => apply(recurrentOps.recurrentKernelGrad, [trace!, slopes!], attrs),
  };
};

const cellNames = Object.keys(cells) as CellName[];

/** Every cell with many samples, many steps and many units. */
function sizes(n: number): Size[] {
  return cellNames.flatMap((cell): Size[] => [
    { samples: n, steps: 3, units: 5, options: { ...usual, cell } },
    { samples: 3, steps: n, units: 3, options: { ...usual, cell, reverse: true, sequences: false } },
    { samples: 2, steps: 2, units: n, options: { ...usual, cell, sequences: false }, hasBias: cell === "gru" },
    {
      samples: 5,
      steps: 2,
      units: 4,
      options: { ...usual, cell, activation: "relu", recurrentActivation: "linear", reverse: true },
      hasBias: true,
    },
  ]);
}

const sums = (cell: CellName, ...values: number[]): Tensor =>
  given([1, values.length / cells[cell].gates, cells[cell].gates], values);

/** Cases by op. */
export const recurrentCases: Record<keyof typeof recurrentOps | keyof typeof flipOps, OpCases> = {
  recurrent: {
    hand: [
      hand(
        "simple, two units that exchange their states",
        [given([1, 2, 2], [1, 2, 10, 20]), given([2, 2], [0, 3, 5, 0])],
        (x, kernel) => recurrent(x, kernel, { ...plain, cell: "simple" }),
        // 10 + 5 * 2 and 20 + 3 * 1.
        [1, 2, 2],
        [1, 2, 20, 23],
      ),
      hand(
        "simple, backwards: the first step is the last taken",
        [given([1, 3, 1], [1, 10, 100]), given([1, 1], [2])],
        (x, kernel) => recurrent(x, kernel, { ...plain, cell: "simple", reverse: true }),
        [1, 3, 1],
        [421, 210, 100],
      ),
      hand(
        "the last state of two samples",
        [given([2, 2, 1], [1, 2, 3, 4]), given([1, 1], [10])],
        (x, kernel) => recurrent(x, kernel, { ...plain, cell: "simple", sequences: false }),
        [2, 1],
        [12, 34],
      ),
      hand(
        "lstm, gates in the order i, f, c, o",
        [sums("lstm", 1, 0, 2, 3, 1, 2, 1, 0), given([1, 4], [0, 0, 0, 0.5])],
        (x, kernel) => recurrent(x, kernel, { ...plain, cell: "lstm" }),
        // c = 1 * 2, then 2 * 2 + 1 * 1; o = 3, then 0.5 * 6.
        [1, 2, 1],
        [6, 15],
      ),
      hand(
        "gru, gates in the order z, r, h, reset after the product and its bias",
        [sums("gru", 0.5, 1, 2, 0.25, 2, 1), given([1, 3], [0, 0, 3]), given([3], [0, 0, 1])],
        (x, kernel, bias) => recurrent(x, kernel, { ...plain, cell: "gru" }, bias),
        // 0.5 (2 + 1), then 0.25 * 1.5 + 0.75 (1 + 2 (3 * 1.5 + 1)).
        [1, 2, 1],
        [1.5, 9.375],
      ),
      hand(
        "tanh",
        [given([1, 1, 1], [0.5]), given([1, 1], [7])],
        (x, kernel) => recurrent(x, kernel, { ...usual, cell: "simple" }),
        [1, 1, 1],
        [0.46211715726],
      ),
    ],
    sized: (n) => sizes(n).map(forward),
    gradients: [
      forward({
        samples: 1,
        steps: 3,
        units: 3,
        options: { ...usual, cell: "lstm", activation: "sigmoid", recurrentActivation: "tanh" },
        hasBias: true,
      }),
      ...cellNames.flatMap((cell) => [
        forward({ samples: 2, steps: 3, units: 2, options: { ...usual, cell }, hasBias: cell === "gru" }),
        forward({ samples: 2, steps: 4, units: 3, options: { ...usual, cell, reverse: true, sequences: false } }),
      ]),
    ],
    refused: [
      {
        name: "sums without steps",
        build: () => recurrent(input("x", [4, 3]), input("k", [3, 3]), { ...usual, cell: "simple" }),
        message:
          /^recurrent: expected sums \[N, T, 1 units\] and a kernel \[units, 1 units\], got \[4, 3\] and \[3, 3\]\.$/,
      },
      {
        name: "too few gates",
        build: () => recurrent(input("x", [4, 2, 6]), input("k", [2, 6]), { ...usual, cell: "lstm" }),
        message:
          /^recurrent: expected 4 numbers a unit for lstm, got a kernel \[2, 6\]\. Make it \[units, 4 units\]\.$/,
      },
      {
        name: "a bias of another length",
        build: () => recurrent(input("x", [4, 2, 6]), input("k", [2, 6]), { ...usual, cell: "gru" }, input("b", [2])),
        message: /^recurrent: expected 3 numbers a unit for gru, got a kernel \[2, 6\] and a bias \[2\]\./,
      },
      {
        name: "more units than a workgroup has room for",
        build: () => {
          const units = MAX_RECURRENT_UNITS + 1;
          return recurrent(input("x", [1, 1, units]), input("k", [units, units]), { ...usual, cell: "simple" });
        },
        message: /^recurrent: expected at most 768 units, got 769\. Use several layers instead\.$/,
      },
      {
        name: "whole numbers",
        build: () => recurrent(input("x", [1, 1, 1], "u32"), input("k", [1, 1]), { ...usual, cell: "simple" }),
        message: /^recurrent: expected f32 operands, got u32 and f32\.$/,
      },
    ],
  },
  recurrentGrad: {
    hand: [
      hand(
        "simple: gradients add up on their way back",
        [given([1, 2, 1], [1, 10]), given([2], [3, 4]), given([1, 1], [5])],
        (dy, trace, transposed) => {
          const attrs = { ...plain, cell: "simple", samples: 1, steps: 2 } as const;
          return apply(recurrentOps.recurrentGrad, [dy, trace, transposed], attrs);
        },
        [2],
        [1 + 5 * 10, 10],
      ),
    ],
    sized: (n) => sizes(n).map(backward),
    gradients: "none",
    refused: [
      {
        name: "a gradient of another shape",
        build: () =>
          apply(recurrentOps.recurrentGrad, [input("dy", [1, 3]), input("t", [6]), input("k", [3, 3])], {
            ...usual,
            cell: "simple",
            samples: 1,
            steps: 2,
          }),
        message:
          /^recurrentGrad: expected dy \[1, 2, 3\], what the walk gave, \[6\], and its kernel transposed, got \[1, 3\]/,
      },
    ],
  },
  recurrentKernelGrad: {
    // Some 770 products of up to 4, whose running totals of up to 100 round by 4e-6 each.
    tolerance: 5e-5,
    hand: [
      hand(
        "states times the slopes of the steps after them",
        [given([4], [1, 10, 2, 20]), given([4], [3, 5, 4, 7])],
        (trace, slopes) =>
          apply(recurrentOps.recurrentKernelGrad, [trace, slopes], {
            ...{ ...plain, cell: "simple", samples: 2, steps: 2, units: 1 },
            ...{ at: 0, width: 1, count: 1 },
          }),
        // The first step of either sample follows nothing.
        [1, 1],
        [1 * 5 + 2 * 7],
      ),
    ],
    sized: (n) => sizes(n).flatMap((size) => (size.steps > 1 ? [product(size)] : [])),
    gradients: "none",
    refused: [
      {
        name: "a single step",
        build: () =>
          apply(recurrentOps.recurrentKernelGrad, [input("t", [3]), input("s", [3])], {
            ...{ ...usual, cell: "simple", samples: 1, steps: 1, units: 3 },
            ...{ at: 0, width: 3, count: 3 },
          }),
        message:
          /^recurrentKernelGrad: expected what walks of two steps and more gave, \[3\] and \[3\], got .* of 1 steps\.$/,
      },
    ],
  },
  flip: {
    hand: [
      hand("rows", [given([2, 3], [1, 2, 3, 4, 5, 6])], (x) => flip(x, 0), [2, 3], [4, 5, 6, 1, 2, 3]),
      hand("steps", [given([2, 3, 1], [1, 2, 3, 4, 5, 6])], (x) => flip(x, 1), [2, 3, 1], [3, 2, 1, 6, 5, 4]),
    ],
    sized: (n) =>
      [
        [n, 3, 2],
        [2, n, 3],
        [3, 2, n],
      ].map((shape) => ({
        name: `[${shape.join(", ")}]`,
        feeds: [drawn(shape, 1)],
        build: (x) => flip(x!, 1),
      })),
    gradients: [{ name: "the middle axis", feeds: [drawn([2, 3, 2], 1)], build: (x) => flip(x!, -2) }],
    refused: [
      {
        name: "an axis that there is not",
        build: () => apply(flipOps.flip, [input("x", [2, 3])], { axis: 2 }),
        message: /^flip: expected an axis of \[2, 3\], got axis 2\.$/,
      },
    ],
  },
};
