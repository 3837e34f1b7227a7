// Cases of attention: one head and several, heads that are whole vectors and such as are none, with and without the mask.
import { apply, type Node } from "../../graph/node";
import { attention, type AttentionOptions, attentionOps, MAX_HEAD_WIDTH } from "../../ops/attention";
import { segment } from "../../ops/layout";
import { input } from "../../ops/leaf";
import { hand, type OpCases } from "./table";
import { drawn, given, type Sample, type Tensor } from "../sample";

interface Size {
  readonly shape: readonly [samples: number, steps: number, width: number];
  readonly options: AttentionOptions;
}

const size = (samples: number, steps: number, heads: number, depth: number, causal: boolean): Size => ({
  shape: [samples, steps, heads * depth],
  options: { heads, causal, scale: 1 / Math.sqrt(depth) },
});

const sizes = (n: number): readonly Size[] => [
  size(n, 3, 2, 4, true),
  size(2, n, 2, 5, false),
  size(2, n, 1, 8, true),
  size(1, 4, n, 3, true),
  size(2, 3, 1, Math.min(n, MAX_HEAD_WIDTH), false),
  size(3, 13, 4, 16, true),
];

const nameOf = ({ shape, options }: Size): string =>
  `[${shape.join(", ")}], ${options.heads} heads${options.causal ? ", causal" : ""}`;

const operands = ({ shape }: Size): Tensor[] => [1, 2, 3].map((seed) => drawn(shape, seed));

const forward = (of: Size): Sample => ({
  name: nameOf(of),
  feeds: operands(of),
  build: (query, key, value) => apply(attentionOps.attention, [query!, key!, value!], of.options),
});

const backward = (of: Size): Sample => ({
  name: nameOf(of),
  feeds: [...operands(of), drawn(of.shape, 4)],
  build: (query, key, value, dy) => {
    const trace = apply(attentionOps.attention, [query!, key!, value!], of.options);
    return apply(attentionOps.attentionGrad, [dy!, trace, query!, key!, value!], of.options);
  },
});

const plain: AttentionOptions = { heads: 1, causal: false, scale: 1 };

const grad = (dy: Node, trace: Node, query: Node, key: Node, value: Node): Node =>
  apply(attentionOps.attentionGrad, [dy, trace, query, key, value], plain);

const third = Math.log(2);

/** Cases by op. */
export const attentionCases: Record<keyof typeof attentionOps, OpCases> = {
  attention: {
    hand: [
      hand(
        "weights of a third and two thirds",
        [given([1, 2, 1], [1, 0]), given([1, 2, 1], [0, third]), given([1, 2, 1], [3, 6])],
        (query, key, value) => attention(query, key, value, plain),
        // The first step weighs 1 : 2, the second 1 : 1.
        [1, 2, 1],
        [5, 4.5],
      ),
      hand(
        "no step sees a later one",
        [given([1, 2, 1], [1, 1]), given([1, 2, 1], [0, third]), given([1, 2, 1], [3, 6])],
        (query, key, value) => attention(query, key, value, { ...plain, causal: true }),
        [1, 2, 1],
        [3, 5],
      ),
      hand(
        "heads look each for itself, with logits that are scaled",
        [given([1, 2, 2], [1, 0, 0, 2]), given([1, 2, 2], [0, 0, 2 * third, third]), given([1, 2, 2], [3, 10, 6, 40])],
        (query, key, value) => attention(query, key, value, { heads: 2, causal: false, scale: 0.5 }),
        // The first head weighs 1 : 2, then 1 : 1; the second 1 : 1, then 1 : 2.
        [1, 2, 2],
        [5, 25, 4.5, 30],
      ),
      hand(
        "logits beyond what exp can take",
        [given([1, 2, 1], [100, -100]), given([1, 2, 1], [-90, 90]), given([1, 2, 1], [1, 2])],
        (query, key, value) => attention(query, key, value, plain),
        [1, 2, 1],
        [2, 1],
      ),
    ],
    sized: (n) => sizes(n).map(forward),
    gradients: [size(2, 3, 2, 2, true), size(1, 4, 1, 3, false), size(1, 3, 1, 4, true)].map((of) => ({
      ...forward(of),
      build: (query: Node, key: Node, value: Node) =>
        segment(apply(attentionOps.attention, [query, key, value], of.options), 0, of.shape),
    })) as [Sample, ...Sample[]],
    refused: [
      {
        name: "values of another length",
        build: () => attention(input("q", [1, 2, 4]), input("k", [1, 2, 4]), input("v", [1, 3, 4]), plain),
        message: /^attention: expected queries, keys and values \[N, T, channels\] of one shape, got \[1, 2, 4\], /,
      },
      {
        name: "heads that do not share the channels",
        build: () => {
          const all = input("x", [1, 2, 4]);
          return attention(all, all, all, { ...plain, heads: 3 });
        },
        message: /^attention: expected heads that share 4 channels, at most 128 each, got 3\.$/,
      },
      {
        name: "bytes",
        build: () => {
          const all = input("x", [1, 2, 4], "u8");
          return attention(all, all, all, plain);
        },
        message: /^attention: expected f32 operands, got u8 and u8 and u8\. Gather/,
      },
      {
        name: "no scale",
        build: () => {
          const all = input("x", [1, 2, 4]);
          return attention(all, all, all, { ...plain, scale: Number.NaN });
        },
        message: /^attention: expected a finite scale, got NaN\.$/,
      },
    ],
  },
  attentionGrad: {
    hand: [
      hand(
        "of weights of a half",
        [
          given([1, 2, 1], [2, 0]),
          // What was read, and logarithms of sums of two.
          given([4], [2, 2, third, third]),
          given([1, 2, 1], [0, 0]),
          given([1, 2, 1], [1, 5]),
          given([1, 2, 1], [1, 3]),
        ],
        grad,
        // The first step's slopes are 1/2 * 2 (1 - 2) and 1/2 * 2 (3 - 2): its query's is -1 * 1 + 1 * 5, and queries of 0 tell
        // keys nothing. Either value is half of what was read.
        [6],
        [4, 0, 0, 0, 1, 1],
      ),
    ],
    sized: (n) => sizes(n).map(backward),
    gradients: "none",
    refused: [
      {
        name: "what another attention gave",
        build: () => {
          const all = input("x", [1, 2, 4]);
          return grad(all, input("t", [9]), all, all, all);
        },
        message: /^attentionGrad: expected what attention gave, \[10\], got \[9\]\.$/,
      },
    ],
  },
};
