/** Bidirectional: two stacks read a sequence, one from its beginning, one from its end. */
import { choice } from "../../fields";
import type { Node } from "../../graph/node";
import { flip } from "../../ops/flip";
import { add, mul } from "../../ops/pointwise";
import { concat } from "../../ops/strided";
import { sameShape } from "../../shape";
import { defineContainer } from "../container";
import { seriesProblem } from "../layers/shared";
import { f32 } from "../layer";
import { say } from "../../words/said";

/** How both outputs become one, by Keras name. */
const merges = {
  concat: (a: Node, b: Node) => concat([a, b], a.shape.length - 1),
  sum: (a: Node, b: Node) => add(a, b),
  mul: (a: Node, b: Node) => mul(a, b),
  ave: (a: Node, b: Node) => mul(add(a, b), 0.5),
} as const;

/** `merge(f(x), g(x turned round))`, from `[T, F]` to what both give. Where that is a sequence as well, the second one's is turned
 *  back, so that steps meet. Source: Schuster and Paliwal 1997, "Bidirectional recurrent neural networks". */
export const bidirectional = defineContainer({
  type: "Bidirectional",
  badge: "Bi",
  category: "structure",
  help: "Reads a sequence both ways: one stack from its beginning, the other from its end. Put a recurrent layer into each.",
  fields: {
    merge: choice({
      label: "Merge",
      help: "How both outputs become one: side by side along the last axis, or number by number.",
      options: Object.keys(merges) as (keyof typeof merges)[],
      default: "concat",
    }),
  },
  looksAhead: true,
  branches: { min: 2, max: 2 },
  branchTitle: (index) => say(index === 0 ? "summary.forwards" : "summary.backwards"),
  here: ({ shape: [steps = 1, inputs = 1] }, output) => say("here.readBothWays", { steps, inputs, to: output.shape }),
  summary: ({ merge }) => [merge],
  inner: (input) => seriesProblem(input) ?? input,
  enter: (x, branch) => (branch === 1 ? flip(x, 1) : x),
  output: (_, [forwards, backwards], { merge }) => {
    const [one, other] = [forwards?.shape ?? [], backwards?.shape ?? []];
    const isAlike = merge === "concat" ? sameShape(one.slice(0, -1), other.slice(0, -1)) : sameShape(one, other);
    if (isAlike) return f32(merge === "concat" ? [...one.slice(0, -1), (one.at(-1) ?? 0) + (other.at(-1) ?? 0)] : one);
    return {
      needs: merge === "concat" ? say("fit.agreeingBranches") : say("fit.alikeBranches", { merge }),
      advice: say("fit.theyGive", { outputs: [one, other] }),
    };
  },
  build: (x, [forwards = x, backwards = x], { merge }) =>
    merges[merge](forwards, backwards.shape.length === 3 ? flip(backwards, 1) : backwards),
});
