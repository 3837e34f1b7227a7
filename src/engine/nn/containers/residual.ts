/** Residual: adds what its layers compute to what they were given. */
import { add } from "../../ops/pointwise";
import { sameShape } from "../../shape";
import { defineContainer } from "../container";
import { say } from "../../words/said";

/** `x + f(x)`, from `[..]` to the same shape. Source: He, Zhang, Ren and Sun 2016, "Deep residual learning for image
 *  recognition", equation 1. */
export const residual = defineContainer({
  type: "Residual",
  badge: "Rs",
  category: "structure",
  help: "Adds its input to what its layers make of it, so that deep nets learn small changes instead of everything anew.",
  fields: {},
  branches: { min: 1, max: 1 },
  branchTitle: () => say("summary.addsToInput"),
  here: ({ shape }) => say("here.added", { of: shape }),
  summary: () => ["x + f(x)"],
  output: (input, [inner]) =>
    inner && sameShape(inner.shape, input.shape)
      ? input
      : {
          needs: say("fit.keepsShape", { of: input.shape }),
          advice: say("fit.becomes", { inside: inner ? say("fit.shape", { of: inner.shape }) : say("fit.unknown") }),
        },
  build: (x, [inner]) => (inner ? add(x, inner) : x),
});
