// Layers that do not fit what they are given: what is said, and that the repair which is offered leaves nothing wrong with them.
import { expect, it } from "vitest";
import { applyFix } from "../../app/model/edit";
import { english } from "../../src/engine/words/said";
import { type LayerSpec, modelOf, reportOf } from "../support/models";

it.each<[LayerSpec[], message: string]>([
  [
    [["Cropping2D", { rows: [20, 8], columns: [0, 0] }]],
    "needs an image of more than 28×0, which is what it cuts off, but the input gives 28×28×1. Cut off less.",
  ],
  [[["Cropping2D", { columns: [0, 30] }]], "needs an image of more than 0×30, which is what it cuts off"],
  [[["Flatten"], ["ZeroPadding2D"]], "needs an image input (height×width×channels)"],
  [[["Flatten"], ["GlobalMaxPooling2D"]], "needs an image input (height×width×channels)"],
  [[["Flatten"], ["SpatialDropout2D"]], "needs an image input (height×width×channels)"],
  [
    [["Permute", { dims: [2, 1] }]],
    "needs an input with the axes that it reorders (2, 1), but the input gives 28×28×1. Name each of 1 to 3 once.",
  ],
  [[["Permute", { dims: [2, 2, 1] }]], "needs an input with the axes that it reorders (2, 2, 1)"],
  [
    [["Conv2D", { filters: 12 }], ["GroupNormalization"]],
    'needs channels that divide into its 32 groups, but Conv2D "conv2d" gives 26×26×12. Choose another number of groups',
  ],
  [[["Conv1D"]], "needs a series input (steps×channels), but the input gives 28×28×1. Insert a Reshape before it."],
  [[["DepthwiseConv2D", { kernelSize: [29, 3] }]], "needs an input of at least 29×3 for its 29×3 window"],
  [[["Flatten"], ["SeparableConv2D"]], "needs an image input (height×width×channels)"],
  [[["Flatten"], ["RandomRotation"]], "needs an image input (height×width×channels)"],
  [[["RepeatVector", { n: 3 }]], "needs a flat input, but the input gives 28×28×1."],
  [
    [["MaxPooling1D"]],
    "needs a series input (steps×channels), but the input gives 28×28×1. Insert a Reshape before it.",
  ],
  [[["GlobalAveragePooling1D"]], "needs a series input (steps×channels)"],
  [
    [
      ["Reshape", { targetShape: [7, 112] }],
      ["MaxPooling1D", { poolSize: 9 }],
    ],
    'needs a series of at least 9 steps for its window of 9, but Reshape "reshape" gives 7×112. Use a smaller window',
  ],
])("%j", (layers, message) => {
  const model = modelOf([...layers, ["Flatten"], ["Dense", { units: 10, activation: "softmax" }]]);
  const [problem, ...rest] = reportOf(model).problems;
  if (!problem) throw new Error("expected a problem, got none");
  expect(rest).toEqual([]);
  expect(problem.layerId).toBe(`l${layers.length - 1}`);
  expect(english(problem.said)).toContain(message);
  expect(reportOf(applyFix(model, problem).description).problems).toEqual([]);
});

it("a model that ends in a layer of softmax ends in probabilities, and one number of those is a problem", () => {
  expect(reportOf(modelOf([["Flatten"], ["Dense", { units: 10 }], ["Softmax"]])).problems).toEqual([]);
  const xor = modelOf([["Dense", { units: 1 }], ["Softmax"]], { loss: "binaryCrossentropy" }, "xor");
  expect(reportOf(xor).problems.map(({ layerId, said }) => [layerId, english(said)])).toEqual([
    [
      "l1",
      '"softmax" is over a single number, which makes it 1 whatever comes in: nothing can learn through it. Put an Activation in its place.',
    ],
  ]);
});
