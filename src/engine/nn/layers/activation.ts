/** Activation: a non-linearity as a layer of its own. */
import { sizeOf } from "../../shape";
import { activate } from "../activations";
import { defineLayer } from "../layer";
import { activationField } from "./shared";
import { say } from "../../words/said";

/** `f(x)`: from `[..]` to the same shape. Element by element, but for softmax, which is along the last axis. */
export const activation = defineLayer({
  type: "Activation",
  badge: "Ac",
  category: "core",
  help: "Applies a non-linearity to every value. Most layers have one built in.",
  isElementwise: true,
  fields: { activation: activationField("relu") },
  here: ({ shape }, _, { activation: name }) =>
    name === "softmax"
      ? say("here.shared", { inputs: shape.at(-1) ?? 1, at: shape.slice(0, -1) })
      : say("here.each", { numbers: sizeOf(shape), of: shape }),
  summary: (config) => [config.activation],
  keepsNumbers: (config) => config.activation === "linear",
  output: (input) => input,
  flops: (input) => sizeOf(input.shape),
  build: (x, _, config) => activate(config.activation, x),
});
