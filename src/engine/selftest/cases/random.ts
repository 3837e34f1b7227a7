// Cases of the random tensors.
import type { Node } from "../../graph/node";
import { input } from "../../ops/leaf";
import { randomNormal, type RandomOptions, type randomOps, randomUniform } from "../../ops/random";
import { counter } from "../sample";
import { hand, type OpCases } from "./table";

type Build = (seed: Node, step: Node, options: RandomOptions) => Node;

/** Samples of both ops, with counters at either end of their range. */
function sized(draw: Build): OpCases["sized"] {
  return (n) => [
    {
      name: `${n} numbers`,
      feeds: [counter(4_294_967_295), counter(n)],
      build: (seed, step) => draw(seed!, step!, { stream: 4_000_000_000, shape: [n] }),
    },
    {
      name: `[5, ${n}]`,
      feeds: [counter(7), counter(0)],
      build: (seed, step) => draw(seed!, step!, { stream: 0, shape: [5, n] }),
    },
  ];
}

const refused = (name: string, draw: Build): OpCases["refused"] => [
  {
    name: "an f32 step",
    build: () => draw(input("seed", [], "u32"), input("step", []), { stream: 0, shape: [3] }),
    message: new RegExp(`^${name}: expected step to be a u32 scalar, got f32 \\[\\]\\.$`),
  },
  {
    name: "a stream of more than 32 bits",
    build: () => draw(input("seed", [], "u32"), input("step", [], "u32"), { stream: 2 ** 32, shape: [3] }),
    message: new RegExp(`^${name}: expected a stream number that fits 32 bits, got 4294967296\\.$`),
  },
  {
    name: "no elements",
    build: () => draw(input("seed", [], "u32"), input("step", [], "u32"), { stream: 0, shape: [3, 0] }),
    message: new RegExp(`^${name}: expected`),
  },
];

/** Cases by op. Hand values are from a separate transcription of pcg4d from the paper, in Python. */
export const randomCases: Record<keyof typeof randomOps, OpCases> = {
  randomUniform: {
    hand: [
      hand(
        "six numbers",
        [counter(1), counter(2)],
        (seed, step) => randomUniform(seed, step, { stream: 3, shape: [2, 3] }),
        [2, 3],
        [
          0.1801842451095581, 0.21666300296783447, 0.6394017934799194, 0.7822460532188416, 0.20549780130386353,
          0.8662791848182678,
        ],
      ),
    ],
    sized: sized(randomUniform),
    gradients: "none",
    refused: refused("randomUniform", randomUniform),
    // The same bits everywhere.
    tolerance: 0,
  },
  randomNormal: {
    hand: [
      hand(
        "four numbers",
        [counter(1), counter(2)],
        (seed, step) => randomNormal(seed, step, { stream: 3, shape: [4] }),
        [4],
        [0.131073007, 0.287404933, 0.452636891, 0.576472183],
      ),
    ],
    sized: sized(randomNormal),
    gradients: "none",
    refused: refused("randomNormal", randomNormal),
  },
};
