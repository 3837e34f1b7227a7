/** English: what is wrong with a model, and what to do about it. */
import type { Came, Counts, Lists, Shapes, Texts } from "../values";
import { formats, inSentence } from "./formats";

const { bytes, count, list, number, shape } = formats;

const came = (got: string | number): string => (typeof got === "number" ? number(got) : got);

/** Settings of layers, optimizers and the like: what a value must be, and what came. */
export const setting = {
  wrong: ({ label, expected, got }: Texts<"label" | "expected"> & Came) =>
    `${label}: expected ${expected}, got ${came(got)}`,
  unknown: ({ key, known }: Texts<"key"> & Lists<"known">) =>
    `${key}: expected one of ${list(known)}, got an unknown setting`,
  whole: ({ min, max }: Counts<"min" | "max">) => `a whole number from ${number(min)} to ${number(max)}`,
  number: ({ min, max }: Counts<"min" | "max">) => `a number from ${number(min)} to ${number(max)}`,
  pair: ({ min, max }: Counts<"min" | "max">) => `two whole numbers from ${number(min)} to ${number(max)}`,
  shape: ({ rank }: Counts<"rank">) => `1 to ${count(rank)} positive whole numbers`,
  choice: ({ options }: Lists<"options">) => `one of ${list(options)}`,
  flag: "true or false",
};

/** A few words for a small place: settings and branches on cards, operations in tables. */
export const summary = {
  momentum: ({ momentum }: Counts<"momentum">) => `momentum ${number(momentum)}`,
  stride: ({ stride }: Texts<"stride">) => `stride ${stride}`,
  branch: ({ number: place }: Counts<"number">) => `branch ${count(place)}`,
  groups: ({ groups }: Counts<"groups">) => `${count(groups)} groups`,
  heads: ({ heads }: Counts<"heads">) => (heads === 1 ? "1 head" : `${count(heads)} heads`),
  causal: "causal",
  embedding: ({ tokens, dimensions }: Counts<"tokens" | "dimensions">) => `${count(tokens)} → ${count(dimensions)}`,
  byChannel: "by channel",
  addsToInput: "adds to the input",
  everyStep: "every step",
  lastStep: "last step",
  eachStep: "each step alone",
  given: "input",
  mean: "mean",
  variance: "variance",
  meanSquare: "mean square",
  normalized: "normalized",
  gamma: "gamma, a factor",
  beta: "beta, which is added",
  bias: "bias",
  headLooks: ({ head }: Counts<"head">) => `head ${count(head)} looks at`,
  headAdds: ({ head }: Counts<"head">) => `head ${count(head)} adds`,
  forwards: "forwards",
  backwards: "backwards",
  /** What a launch computes. */
  operations: ({ operations }: Lists<"operations">) => list(operations),
  someOperations: ({ operations, more }: Lists<"operations"> & Counts<"more">) =>
    `${list(operations)} and ${count(more)} more`,
};

/** Layers that do not fit what they are given. */
export const fit = {
  input: "the input",
  block: ({ type, name }: Texts<"type" | "name">) => `${type} "${name}"`,
  shape: ({ of }: Shapes<"of">) => shape(of),
  nothing: "nothing",
  unknown: "unknown",
  misfit: ({ block, needs, giver, gives }: Texts<"block" | "needs" | "giver" | "gives">) =>
    `${block} needs ${needs}, but ${giver} gives ${gives}.`,
  badSetting: ({ block, problem }: Texts<"block" | "problem">) => `${block} has a bad setting, ${problem}.`,
  tooLarge: ({ block, of, most }: Texts<"block"> & Shapes<"of"> & Counts<"most">) =>
    `${block} would make ${shape(of)} numbers for each sample, but ${count(most)} is the most. Shrink it.`,
  indices: "indices, such as characters or words",
  numbers: "numbers",
  insertEmbedding: "Insert an Embedding before it.",
  tokens: ({ most }: Counts<"most">) => `tokens of a vocabulary of ${count(most)}`,
  moreTokens: ({ tokens }: Counts<"tokens">) => `Set its vocabulary to ${count(tokens)}.`,
  otherColumn: "Choose another layer or another column.",
  moveBefore: ({ type }: Texts<"type">) => `Move it before ${type}.`,
  flat: "a flat input",
  image: "an image input (height×width×channels)",
  series: "a series input (steps×channels)",
  insertReshape: "Insert a Reshape before it.",
  channels: "at least one axis of channels",
  asManyNumbers: ({ target, numbers }: Shapes<"target"> & Counts<"numbers">) =>
    `as many numbers as it gives (${shape(target)} is ${String(numbers)})`,
  holdNumbers: ({ numbers }: Counts<"numbers">) => `Change the target shape to hold ${String(numbers)}.`,
  window: ({ span, window }: Shapes<"span" | "window">) =>
    `an input of at least ${shape(span)} for its ${shape(window)} window`,
  windowOfTime: ({ span, window }: Counts<"span" | "window">) =>
    `a series of at least ${count(span)} steps for its window of ${count(window)}`,
  largerThan: ({ of }: Shapes<"of">) => `an image of more than ${shape(of)}, which is what it cuts off`,
  cropLess: "Cut off less.",
  groups: ({ groups }: Counts<"groups">) => `channels that divide into its ${count(groups)} groups`,
  fewerGroups: "Choose another number of groups, or of channels.",
  asManyAxes: ({ order }: Texts<"order">) => `an input with the axes that it reorders (${order})`,
  nameEachAxis: ({ axes }: Counts<"axes">) => `Name each of 1 to ${count(axes)} once.`,
  smallerWindow: 'Use a smaller window, padding "same", or fewer pooling layers before it.',
  keepsShape: ({ of }: Shapes<"of">) => `layers that keep the shape ${shape(of)}, so that both can be added`,
  becomes: ({ inside }: Texts<"inside">) =>
    `Inside it becomes ${inside}. Use padding "same", stride 1 and as many filters or units as its input has.`,
  agreeingBranches: "branches that agree in all axes but the last",
  alikeBranches: ({ merge }: Texts<"merge">) => `branches of one shape to ${merge}`,
  theyGive: ({ outputs }: { readonly outputs: readonly (readonly number[])[] }) =>
    `They give ${list(outputs.map(shape))}. Make them alike, or choose another merge.`,
};

/** Models that do not fit the task, or cannot learn. */
export const problem = {
  /** Two sentences. */
  advised: ({ problem: what, advice }: Texts<"problem" | "advice">) => `${what} ${advice}`,
  theModel: "The model",
  theNetwork: ({ network }: Texts<"network">) => `The ${network}`,
  theNetworks: ({ networks }: Lists<"networks">) => `The ${networks.join(" and the ")}`,
  noLayers: ({ what }: Texts<"what">) => `${what} has no layers. Add one from the palette, or choose a preset.`,
  frozen: ({ what }: Texts<"what">) => `${what} is frozen as a whole, so nothing can learn. Thaw a layer.`,
  nothingToLearn: ({ what }: Texts<"what">) => `${what} has nothing to learn. Add a Dense or Conv2D layer.`,
  looksAhead: ({ layer }: Texts<"layer">) =>
    `"${layer}" lets a place see later ones, so this model reads what it is to tell. Its loss will fall, but it cannot write.`,
  repeatedName: ({ name }: Texts<"name">) =>
    `"${name}" is the name of two layers, but weights are kept by name. Give this one another.`,
  tooManyParameters: (values: Texts<"what" | "layer"> & Counts<"all" | "most" | "own">) =>
    `${values.what} has ${count(values.all)} parameters, but ${count(values.most)} is the most. ` +
    `"${values.layer}" has ${count(values.own)} of them: shrink it.`,
  singleSoftmax: ({ layer, activation }: Texts<"layer" | "activation">) =>
    `The softmax of "${layer}" is over a single number, which makes it 1 whatever comes in: nothing can learn through it. Set its activation to ${activation}.`,
  softmaxOfOne: ({ layer }: Texts<"layer">) =>
    `"${layer}" is over a single number, which makes it 1 whatever comes in: nothing can learn through it. Put an Activation in its place.`,
  endsIn: ({ by, takes, layer, activation }: Texts<"by" | "takes" | "layer" | "activation">) =>
    `${by} expects ${takes}, but "${layer}" ends in ${activation}.`,
  noActivation: "no activation",
  setActivation: ({ activation }: Texts<"activation">) => `Set its activation to ${activation}.`,
  endWithActivation: ({ activation }: Texts<"activation">) => `End with an Activation layer of ${activation}.`,
  dropoutAfterSoftmax: ({ dropout, layer }: Texts<"dropout" | "layer">) =>
    `Dropout "${dropout}" comes after the softmax of "${layer}" and sets probabilities to 0; a sample that loses all of them makes the loss NaN. Move it before "${layer}".`,
  dropoutAfterSigmoid: ({ dropout, layer }: Texts<"dropout" | "layer">) =>
    `Dropout "${dropout}" comes after the sigmoid of "${layer}" and sets probabilities to 0; the loss takes that for certainty and does not learn from it. Move it before "${layer}".`,
  ofSettings: ({ problem: what }: Texts<"problem">) => `Training settings: ${what}.`,
  tooManyHeldOut: ({ all, data, got }: Counts<"all" | "got"> & Texts<"data">) =>
    `Validation samples: expected fewer than the ${count(all)} training samples of ${data}, got ${count(got)}`,
  idlePatience: ({ patience }: Counts<"patience">) =>
    `Training settings: patience of ${count(patience)} waits for a better validation loss, but no samples are held out to validate on.`,
  setToZero: "Set it to 0.",
  holdOut: ({ samples }: Counts<"samples">) => `Hold out ${count(samples)}.`,
  schedule: ({ schedule, misfit, label, value }: Texts<"schedule" | "misfit" | "label"> & Counts<"value">) =>
    `Training settings: schedule ${schedule}: ${misfit}. Set ${inSentence(label)} to ${number(value)}.`,
  longWarmup: ({ warmupEpochs, epochs }: Counts<"warmupEpochs" | "epochs">) =>
    `the warm-up takes ${number(warmupEpochs)} epochs and the run ${number(epochs)}, so the learning rate never falls, and hardly gets to what it is set to`,
  scheduleOf: (values: Texts<"schedule" | "network" | "misfit" | "label"> & Counts<"value">) =>
    `Training settings: schedule ${values.schedule} of the ${values.network}: ${values.misfit}. Set ${inSentence(values.label)} to ${number(values.value)}.`,
};

/** What tasks and losses ask of data and outputs. */
export const task = {
  lacksColumn: ({ task: title, needs, data }: Texts<"task" | "needs" | "data">) =>
    `${title} needs ${needs}, which ${data} does not have. Choose another dataset or task.`,
  classColumn: "a column of classes",
  textColumn: "a column of text",
  notForTokens: ({ loss }: Texts<"loss">) => `${loss} is for numbers, but the target is text. Choose another loss.`,
  onePerToken: ({ loss, steps, vocabulary, given }: Texts<"loss"> & Counts<"steps" | "vocabulary"> & Shapes<"given">) =>
    `${loss} needs one output for each of ${String(vocabulary)} tokens at each of ${String(steps)} steps, but the model gives ${shape(given)}. ` +
    `Keep the steps, with recurrent layers that return sequences, and end with Dense ${String(vocabulary)} and softmax.`,
  valueColumn: "a column of numbers to predict",
  nothingToImitate: ({ data }: Texts<"data">) =>
    `A generator needs a column of numbers to imitate, which ${data} does not have. Choose another dataset.`,
  nothingToHide: ({ data }: Texts<"data">) =>
    `Rebuilding what is hidden needs a column of images, and ${data} has none. Choose other data.`,
  nothingToTurn: ({ data }: Texts<"data">) =>
    `Telling rotations needs a column of images as high as wide, and ${data} has none. Choose other data.`,
  nothingToGroup: ({ data }: Texts<"data">) =>
    `Grouping needs a column of numbers, which ${data} does not have. Choose another dataset.`,
  endsIn: ({ task: title, layer }: Texts<"task" | "layer">) => `${title} needs ${layer} at the end.`,
  nothingToRebuild: ({ data }: Texts<"data">) =>
    `An autoencoder needs a column of numbers, which ${data} does not have. Choose another dataset.`,
  unlikeData: ({ wanted, given }: Shapes<"wanted" | "given">) =>
    `The generator must give samples like the data's, ${shape(wanted)}, but gives ${shape(given)}.`,
  notOneNumber: ({ given }: Shapes<"given">) => `The discriminator must give one number, but gives ${shape(given)}.`,
  notPairs: ({ given }: Shapes<"given">) =>
    `The encoder must give an even count of numbers, a mean and a log variance for each of the code, but gives ${shape(given)}.`,
  environment: "an environment to act in",
  notSoMany: ({ network, units, given }: Texts<"network"> & Counts<"units"> & Shapes<"given">) =>
    `The ${network} must give ${String(units)} ${units === 1 ? "number" : "numbers"}, but gives ${shape(given)}.`,
  thePolicy: "The policy",
  theBaseline: "The baseline",
  theValues: "Q-learning",
  theEncoder: "The encoder",
  endWithDense: ({ units }: Counts<"units">) => `End with Dense ${String(units)}.`,
  endWithShape: "End with layers that give that shape.",
  changeLast: "Change the last layer.",
  forClasses: ({ loss }: Texts<"loss">) => `${loss} is for classes, but the target is numbers. Choose another loss.`,
  onePerClass: ({ loss, classes, given }: Texts<"loss"> & Counts<"classes"> & Shapes<"given">) =>
    `${loss} needs one output per class, ${String(classes)}, but the model gives ${shape(given)}. End with Dense ${String(classes)} and softmax.`,
  likeTarget: ({ loss, wanted, given }: Texts<"loss"> & Shapes<"wanted" | "given">) =>
    `${loss} needs ${shape(wanted)} to compare with the target, but the model gives ${shape(given)}.`,
  forTwoClasses: ({ loss, given }: Texts<"loss"> & Shapes<"given">) =>
    `${loss} needs 1 or 2 outputs for 2 classes, but the model gives ${shape(given)}.`,
  forSoManyClasses: ({ loss, classes, given }: Texts<"loss"> & Counts<"classes"> & Shapes<"given">) =>
    `${loss} needs ${String(classes)} outputs for ${String(classes)} classes, but the model gives ${shape(given)}.`,
  theGenerator: "The generator",
  theDiscriminatorsLoss: "The discriminator's loss",
  probabilities: "probabilities",
  logit: "a logit, or a probability",
};

/** Models that there is no room for. */
export const memory = {
  shortage: ({ batch, needed, allowed }: Counts<"batch" | "needed" | "allowed">) =>
    `Training at batch size ${count(batch)} needs ${bytes(needed)}, but there is room for ${bytes(allowed)}.`,
  shortageInOne: ({ batch, needed, allowed }: Counts<"batch" | "needed" | "allowed">) =>
    `Training at batch size ${count(batch)} needs ${bytes(needed)} in one piece, but there is room for ${bytes(allowed)}.`,
  value: ({ size, layer }: Counts<"size"> & Texts<"layer">) => `${bytes(size)} for a value of ${layer}`,
  weights: ({ size, layer }: Counts<"size"> & Texts<"layer">) => `${bytes(size)} for the weights of ${layer}`,
  most: ({ parts }: Lists<"parts">) => `The most goes to ${parts.join(" and ")}.`,
  fewerUnits: ({ layer }: Texts<"layer">) => `fewer units in ${layer}`,
  fewerFilters: ({ layer }: Texts<"layer">) => `fewer filters in ${layer}`,
  fewerLayers: "fewer layers",
  noBatch: ({ smaller }: Texts<"smaller">) => `No batch is small enough: use ${smaller}.`,
  smallerBatch: ({ batch, smaller }: Counts<"batch"> & Texts<"smaller">) =>
    `Use a batch of ${count(batch)} or less, or ${smaller}.`,
  largeValue: ({ where, most, got, subject }: Texts<"where" | "subject"> & Counts<"most" | "got">) =>
    `${where}: expected tensors of at most ${String(most)} bytes, got ${String(got)} for ${subject}. Use a smaller batch or a smaller model.`,
  largeBlock: ({ where, most, got, subject }: Texts<"where" | "subject"> & Counts<"most" | "got">) =>
    `${where}: expected buffers of at most ${String(most)} bytes, got ${String(got)} for ${subject}. Use a smaller batch or a smaller model.`,
  largePlan: ({ where, most, got }: Texts<"where" | "subject"> & Counts<"most" | "got">) =>
    `${where}: expected plans of at most ${String(most)} bytes, got ${String(got)} for the plan. Use a smaller batch or a smaller model.`,
  gpu: ({ reason }: Texts<"reason">) =>
    `WebGPU: expected enough GPU memory, got "${reason}". Use a smaller batch or model.`,
  buffer: ({ most, got, what }: Counts<"most" | "got"> & Texts<"what">) =>
    `WebGPU: expected buffers of at most ${String(most)} bytes, got ${String(got)} for ${what}. Use a smaller batch or a smaller model.`,
  cpu: ({ more, beside }: Counts<"more" | "beside">) =>
    `CPU: expected room for ${String(more)} more bytes beside ${String(beside)}, got none. Use a smaller batch or a smaller model.`,
};
