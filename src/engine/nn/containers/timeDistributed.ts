/** TimeDistributed: the same layers for every step of a sequence. */
import { reshape } from "../../ops/layout";
import { f32 } from "../layer";
import { defineContainer } from "../container";
import { seriesProblem } from "../layers/shared";
import { say } from "../../words/said";

/** `y_t = f(x_t)`, from `[T, ..]` to `[T, ..]`: the steps of all samples go through its layers as samples of their own. */
export const timeDistributed = defineContainer({
  type: "TimeDistributed",
  badge: "Td",
  category: "structure",
  help: "Applies its layers to each step of a sequence alone, with the same weights: a convnet for every frame, say.",
  fields: {},
  branches: { min: 1, max: 1 },
  branchTitle: () => say("summary.eachStep"),
  here: ({ shape: [steps = 1, ...each] }, output) => say("here.doneAtEach", { steps, each, to: output.shape.slice(1) }),
  summary: () => [say("summary.eachStep")],
  inner: (input) =>
    input.shape.length > 1 ? { shape: input.shape.slice(1), dtype: input.dtype } : (seriesProblem(input) ?? input),
  repeats: ({ shape }) => shape[0] ?? 1,
  enter: (x) => reshape(x, [(x.shape[0] ?? 1) * (x.shape[1] ?? 1), ...x.shape.slice(2)]),
  output: ({ shape }, [inner]) => f32([shape[0] ?? 1, ...(inner?.shape ?? [])]),
  build: (x, [inner]) => (inner ? reshape(inner, [...x.shape.slice(0, 2), ...inner.shape.slice(1)]) : x),
});
