/** English: what a layer does with samples: how numbers are computed, where samples are placed, whether gradients are right. */

import { formats } from "./formats";

const { count: whole, list, plural } = formats;

/** Values are written already. */
type Texts<K extends string> = Readonly<Record<K, string>>;

/** A part of `inspect`. */
export const inspectLayers = {
  rowRead: ({ cells }: Readonly<Record<"cells", readonly string[]>>) =>
    `${list(cells)}. The network reads this row scaled:`,
  how: "How?",
  howIsComputed: ({ layer }: Texts<"layer">) => `How is a number of ${layer} computed?`,
  arithmetic: ({ layer }: Texts<"layer">) => `How a number of ${layer} is computed`,
  closeArithmetic: "Close",
  noArithmetic: "Of what holds other layers, or reads no numbers, there is no arithmetic to show.",
  mapAxis: ({ count }: Readonly<Record<"count", number>>) => `Map of ${whole(count)}`,
  rowAxis: ({ count }: Readonly<Record<"count", number>>) => `Row of ${whole(count)}`,
  columnAxis: ({ count }: Readonly<Record<"count", number>>) => `Column of ${whole(count)}`,
  stepAxis: ({ count }: Readonly<Record<"count", number>>) => `Step of ${whole(count)}`,
  numberAxis: ({ count }: Readonly<Record<"count", number>>) => `Number of ${whole(count)}`,
  nextWindow: "Next window",
  slide: "Slide",
  stopSliding: "Stop",
  channel: ({ channel }: Readonly<Record<"channel", number>>) => `Input map ${whole(channel)}`,
  patch: "Inputs",
  kernel: "Weights",
  slope: "Slopes",
  products: "Products",
  value: "Value",
  largestTerms: "The largest products",
  otherTerms: ({ count }: Readonly<Record<"count", number>>) => `${whole(count)} others`,
  sumIs: ({
    terms,
    total,
    constant,
    before,
  }: Texts<"total" | "constant" | "before"> & Readonly<Record<"terms", number>>) =>
    `${plural(terms, { one: "product adds", other: "products add" })} up to ${total}; with ${constant}, which is added whatever the input, that is ${before}.`,
  largestIs: ({ count, before }: Texts<"before"> & Readonly<Record<"count", number>>) =>
    `It is the largest of ${whole(count)} inputs: ${before}. The others go no further, and learn nothing by it.`,
  passedOn: ({ before }: Texts<"before">) => `One input is passed on as it is: ${before}.`,
  isNoSum: ({ before }: Texts<"before">) =>
    `It is ${before}. This layer adds up no weighted inputs: slopes tell how much the number changes with each input.`,
  partsAre: ({ before }: Texts<"before">) => `So it becomes ${before}.`,
  partsTable: "Step by step",
  partOfSteps: ({ steps }: { readonly steps: readonly string[] }) => steps.join(", "),
  partOfStep: ({ step, share }: Texts<"share"> & Readonly<Record<"step", number>>) => `step ${whole(step)}: ${share}`,
  followed: "What is followed through the network",
  outputsFollowed: "Outputs",
  backwardFollowed: "Gradients",
  backwardHint: ({ label }: { readonly label: string | null }) =>
    `The way back: how the loss of this sample${label === null ? "" : `, a ${label},`} changes with each number that a layer gives. Orange is what should become smaller, blue what should become larger. Where all is black, the sample teaches next to nothing; where colours fade towards the input, gradients vanish.`,
  beforeItsActivation: "before its activation",
  unitOf: ({ layer, places, value }: Texts<"layer" | "value"> & { readonly places: readonly string[] }) =>
    `${layer}, ${places.join(", ")}: ${value}`,
  mapAt: ({ at }: Readonly<Record<"at" | "count", number>>) => `map ${whole(at)}`,
  rowAt: ({ at }: Readonly<Record<"at" | "count", number>>) => `row ${whole(at)}`,
  columnAt: ({ at }: Readonly<Record<"at" | "count", number>>) => `column ${whole(at)}`,
  stepAt: ({ at }: Readonly<Record<"at" | "count", number>>) => `step ${whole(at)}`,
  numberAt: ({ at, count }: Readonly<Record<"at" | "count", number>>) => `number ${whole(at)} of ${whole(count)}`,
  productIs: ({ value, weight, product }: Texts<"value" | "weight" | "product">) => `${value} × ${weight} = ${product}`,
  activationIs: ({ activation, before, output }: Texts<"activation" | "before" | "output">) =>
    `Then ${activation}: ${activation}(${before}) = ${output}.`,
  softmaxIs: ({ before, all, sum, output }: Texts<"before" | "sum" | "output"> & Readonly<Record<"all", number>>) =>
    `Then softmax: e to the power of ${before}, divided by the sum of the same over all ${whole(all)} numbers, ${sum}, is ${output}.`,
  embeddingPlane: "Plane of test samples",
  embeddingKeys:
    "Press a sample, or draw a line around several, to choose them. Arrow keys lead from sample to sample, Enter chooses, plus and minus zoom.",
  enlarge: "Zoom in",
  shrink: "Zoom out",
  wholePlane: "Show the whole plane",
  ofEmbedding: "Chosen in the embedding",
  embeddingLayer: "Layer whose output is shown",
  embeddingOption: ({ layer, size }: Texts<"layer"> & Readonly<Record<"size", number>>) => `${layer} (${whole(size)})`,
  embeddingWay: "Way to lay out",
  pca: "PCA",
  umap: "UMAP",
  embeddingColour: "What colours tell",
  byClass: "Class",
  byRight: "Right or wrong",
  embeddingCount: "How many samples",
  embeddingSamples: ({ count }: Readonly<Record<"count", number>>) => `${whole(count)} samples`,
  pcaHint:
    "Each dot is a test sample, where the layer's outputs for it differ most. Do classes come apart as the model learns, and layer by layer? What lies between two of them is what it is unsure of.",
  umapHint:
    "Neighbours in all numbers of the layer stay neighbours here; distances between groups mean little. It takes some seconds, and is not followed while training.",
  umapStart: "Lay out",
  umapAgain: "Lay out again",
  umapCancel: "Cancel",
  umapProgress: "How far the layout is",
  umapFailed: "The layout could not be made. Try fewer samples.",
  umapOf: ({ layer, step }: Texts<"layer" | "step">) => `of ${layer} after step ${step}`,
  embeddingWaiting: "Samples appear here as soon as the model is ready.",
  embeddingOf: ({ size, count, step }: Readonly<Record<"size" | "count" | "step", number>>) =>
    `${whole(size)} numbers of each of ${whole(count)} test samples, after step ${whole(step)}.`,
  embeddingShares: ({
    size,
    count,
    step,
    first,
    second,
  }: Readonly<Record<"size" | "count" | "step", number>> & Texts<"first" | "second">) =>
    `${whole(size)} numbers of each of ${whole(count)} test samples, after step ${whole(step)}. Across: ${first} of their variance; up: ${second}.`,
  embeddingProjected: ({ width }: Readonly<Record<"width", number>>) =>
    `They are brought to ${whole(width)} first, by random signs, which nearly keeps distances.`,
  embeddingSample: ({ label, says }: Texts<"label"> & { readonly says: string | null }) =>
    says === null ? `A sample of ${label}` : `A sample of ${label}, taken for ${says}`,
  alike: "Samples alike",
  alikeHint: "Most alike in all of the layer's numbers, by cosine:",
  alikeSample: ({ row, alike }: Texts<"alike"> & Readonly<Record<"row", number>>) =>
    `Go to test sample ${whole(row)}, cosine ${alike}`,
  chooseAlike: "Choose with these",
  mixing: "Classes in the plane",
  sameAround: "Same class among the 10 nearest",
  mixedWith: "Mostly mixed with",
  gradientsHint: ({ samples }: Readonly<Record<"samples", number>>) =>
    `The model learns by gradients that are derived from its graph. Here each is held against what the loss itself does when one parameter is moved a little up and down, in double precision, on ${whole(samples)} training samples. Both should agree to six digits or more: errors below 1e-6.`,
  gradientsKink:
    "Why a correct gradient may fail: relu and max pooling have kinks. Where a number lies so close to one that the small move steps over it, the difference sees both sides and the gradient only one. Then a few parameters are off, and mostly others after another training step; a mistake in a derivative is off everywhere in its layer.",
  perVariable: "How many parameters of each variable",
  perVariableOption: ({ count }: Readonly<Record<"count", number>>) => `${whole(count)} of each variable`,
  checkGradients: "Check gradients",
  cancelCheck: "Cancel",
  checkProgress: "How far the check is",
  gradientsChecked: ({ worst }: Texts<"worst">) => `Gradients are checked: the largest error is ${worst}.`,
  agreeVerdict: ({ worst }: Texts<"worst">) => `They agree: the largest relative error is ${worst}.`,
  closeVerdict: ({ worst }: Texts<"worst">) =>
    `They nearly agree: the largest relative error is ${worst}, more than rounding explains. A gradient close to zero or a kink may be behind it.`,
  differVerdict: ({ worst }: Texts<"worst">) =>
    `They differ: the largest relative error is ${worst}. A kink close by, or a wrong derivative.`,
  checkedOf: ({ checked, all, step, loss }: Readonly<Record<"checked" | "all" | "step", number>> & Texts<"loss">) =>
    `${whole(checked)} of ${whole(all)} parameters, evenly spread, after step ${whole(step)}, where the loss is ${loss}.`,
  gradientsTable: "Gradients by variable",
  parameters: "Parameters",
  checked: "Checked",
  worstError: "Largest error",
  worstAt: "At number",
  analytic: "By the graph",
  numeric: "By differences",
};
