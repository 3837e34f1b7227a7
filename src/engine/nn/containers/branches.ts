/** Branches: several stacks read the same input side by side, and what they give is merged. */
import { choice } from "../../fields";
import type { Node } from "../../graph/node";
import type { TensorType } from "../../graph/type";
import { add, maximum, mul } from "../../ops/pointwise";
import { concat } from "../../ops/strided";
import { sameShape } from "../../shape";
import { defineContainer } from "../container";
import type { ShapeProblem } from "../layer";
import { type EngineKey, type Said, say } from "../../words/said";

/** How outputs of branches become one. All but `concat` need the same shape. */
const merges = {
  concat: (parts: readonly Node[]) => concat(parts, (parts[0]?.shape.length ?? 1) - 1),
  add: (parts: readonly Node[]) => parts.reduce((a, b) => add(a, b)),
  multiply: (parts: readonly Node[]) => parts.reduce((a, b) => mul(a, b)),
  average: (parts: readonly Node[]) =>
    mul(
      parts.reduce((a, b) => add(a, b)),
      1 / parts.length,
    ),
  maximum: (parts: readonly Node[]) => parts.reduce((a, b) => maximum(a, b)),
} as const;

function concatenated(outputs: readonly TensorType[]): TensorType | ShapeProblem {
  const [first = { shape: [], dtype: "f32" as const }] = outputs;
  const lead = first.shape.slice(0, -1);
  const misfit = outputs.find(({ shape }) => shape.length === 0 || !sameShape(shape.slice(0, -1), lead));
  if (misfit) return differing(outputs, say("fit.agreeingBranches"));
  const last = outputs.reduce((total, { shape }) => total + (shape.at(-1) ?? 0), 0);
  return { shape: [...lead, last], dtype: first.dtype };
}

const differing = (outputs: readonly TensorType[], needs: Said<EngineKey>): ShapeProblem => ({
  needs,
  advice: say("fit.theyGive", { outputs: outputs.map(({ shape }) => shape) }),
});

/** `merge(f_1(x), .., f_n(x))`; a branch without layers is x itself. Source: Szegedy et al. 2015, "Going deeper with
 *  convolutions", section 4. */
export const branches = defineContainer({
  type: "Branches",
  badge: "Br",
  category: "structure",
  help: "Sends its input through several stacks side by side and merges what they give. An empty branch passes it on as it is.",
  fields: {
    merge: choice({
      label: "Merge",
      help: "How outputs become one: side by side along the last axis, or element by element.",
      options: Object.keys(merges) as (keyof typeof merges)[],
      default: "concat",
    }),
  },
  branches: { min: 2, max: 8 },
  branchTitle: (index) => say("summary.branch", { number: index + 1 }),
  here: (input, output, count) => say("here.merged", { from: input.shape, branches: count, to: output.shape }),
  summary: ({ merge }) => [merge],
  output: (_, outputs, { merge }) => {
    if (merge === "concat") return concatenated(outputs);
    const [first] = outputs;
    const isAlike = first !== undefined && outputs.every(({ shape }) => sameShape(shape, first.shape));
    return isAlike ? first : differing(outputs, say("fit.alikeBranches", { merge }));
  },
  build: (_, outputs, { merge }) => merges[merge](outputs),
});
