/** English: a model's weights: as pictures, what the loss is around them, and when samples were learnt by them. */

import { formats } from "./formats";

const { count: whole, plural } = formats;

/** Values are written already. */
type Texts<K extends string> = Readonly<Record<K, string>>;

/** A part of `inspect`. */
export const inspectWeights = {
  weightsHint:
    "Each picture is what one unit multiplies its input with, place by place: orange adds, blue takes away. Look for edges, strokes and blobs that come out of the noise as it learns; a unit that stays noise has learnt nothing.",
  matrixHint:
    "Each column is one unit, each row one of its inputs: orange adds, blue takes away. Look for rows that stay dark, which are inputs that nobody needs, and for columns that are alike.",
  tableHint:
    "Each column is one unit, the vector that is looked up for a token or added at a place: orange is above 0, blue below. Look for columns that are alike, which the model takes for alike.",
  placeOfVector: "Place",
  weightsWaiting: "Weights are drawn as soon as there is a model that has some.",
  weightsOf: "Weights of",
  weightsOption: ({ name, shape }: Texts<"name" | "shape">) => `${name} (${shape})`,
  allUnits: ({ name }: Texts<"name">) => `All units of ${name}`,
  chooseUnit: "Choose a unit",
  unitsTold: ({ from, to, all, step }: Readonly<Record<"from" | "to" | "all" | "step", number>>) =>
    `Units ${whole(from)} to ${whole(to)} of ${whole(all)}, after step ${whole(step)}.`,
  weightsLeft: ({ count }: Readonly<Record<"count", number>>) => `${whole(count)} more of each are not drawn.`,
  unitIs: ({ unit, low, high }: Readonly<Record<"unit", number>> & Texts<"low" | "high">) =>
    `Unit ${whole(unit)}, from ${low} to ${high}`,
  unitClosely: "The chosen unit",
  unitAxis: ({ count }: Readonly<Record<"count", number>>) => `Unit of ${whole(count)}`,
  unitImage: ({ unit }: Readonly<Record<"unit", number>>) => `Weights of unit ${whole(unit)}`,
  matrixImage: ({ name, rows, columns }: Texts<"name"> & Readonly<Record<"rows" | "columns", number>>) =>
    `${name}: ${whole(rows)} inputs down, ${whole(columns)} units across`,
  weightsAre: ({ low, high, mean, length }: Texts<"low" | "high" | "mean" | "length">) =>
    `From ${low} to ${high}, on average ${mean}; length ${length}.`,
  strongestWeights: "The strongest",
  excites: "What excites it",
  excitesHint:
    "The test images for which the unit gives most, and one that was made for it: from faint noise, pixel by pixel, up its gradient. What do they have in common? Then it may look for that; what was made need not look like anything.",
  excitesNothing:
    "It is found as soon as the model is ready; of weights that a layer needs on the way to what it gives there is nothing to find.",
  excitesMade: ({ value }: Texts<"value">) => `Made for it: ${value}`,
  excitesSamples: ({ count }: Readonly<Record<"count", number>>) =>
    `Of ${plural(count, { one: "test image", other: "test images" })} those that excite it most`,
  excitesBy: ({ label, value }: Texts<"label" | "value">) => `A ${label}, for which it gives ${value}`,
  excitesOf: ({ count, step }: Readonly<Record<"count" | "step", number>>) =>
    `Of the first ${plural(count, { one: "test image", other: "test images" })}, after step ${whole(step)}; before its activation, and of a map the largest number. Press one to choose them for all views.`,
  chosenExciting: ({ unit }: Texts<"unit">) => `Images that excite unit ${unit}, the most exciting first`,
  row: "Row",
  column: "Column",
  weight: "Weight",
  unitsInNumbers: "All units in numbers",
  unit: "Unit",
  smallest: "Smallest",
  largest: "Largest",
  meanWeight: "Mean",
  weightLength: "Length",
  landscapeHint:
    "The loss over a plane through the weights as they are (the red dot): look for whether they lie in a wide basin or a narrow valley, and how the run (the white line) came down into it.",
  landscapeWay: "Directions of the plane",
  pathWay: "Along the run",
  randomWay: "Random",
  pathWayHint:
    "The plane in which the run's kept checkpoints lie furthest apart; numbers are distances between weights.",
  randomWayHint:
    "Two random directions, the same every time, whose filters are as long as the model's own: so sharp and flat minima can be compared, of other models too (Li et al. 2018).",
  landscapePoints: "How many points",
  pointsOption: ({ side }: Readonly<Record<"side", number>>) => `${whole(side)} × ${whole(side)} points`,
  landscapeSamples: "Samples the loss is of",
  samplesOption: ({ count }: Readonly<Record<"count", number>>) =>
    `of ${plural(count, { one: "sample", other: "samples" })}`,
  landscapeReach: "How far it reaches",
  reachOption: ({ reach }: Texts<"reach">) => `up to ±${reach}`,
  computeLandscape: "Compute the landscape",
  landscapeProgress: "How far the landscape is",
  landscapeComputed: ({ loss }: Texts<"loss">) => `The landscape is computed: the loss in its middle is ${loss}.`,
  landscapeLacks:
    "A run along which to lay the plane needs at least two kept checkpoints of other weights. Train for another epoch, or take random directions.",
  landscapePlane: "Plane of losses: arrow keys read it",
  landscapeAt: ({ x, y, loss }: Texts<"x" | "y" | "loss">) => `At ${x} across, ${y} up: loss ${loss}`,
  landscapeScale: "What colours tell: the loss",
  orMore: ({ value }: Texts<"value">) => `${value} or more`,
  landscapeIs: ({
    step,
    samples,
    loss,
    low,
    high,
  }: Texts<"loss" | "low" | "high"> & Readonly<Record<"step" | "samples", number>>) =>
    `After step ${whole(step)} the loss of the first ${plural(samples, { one: "training sample", other: "training samples" })} is ${loss}; over the plane it is from ${low} to ${high}.`,
  noPath: "No checkpoint of this run is kept yet, so there is no path to draw.",
  pathShare: ({ points, share, parameters }: Texts<"share"> & Readonly<Record<"points" | "parameters", number>>) =>
    `The path is that of ${plural(points, { one: "kept checkpoint", other: "kept checkpoints" })}, brought to the plane the shortest way: ${share} of it, squared, lies in the plane. The rest lies in the other of ${whole(parameters)} dimensions.`,
  pathTable: "The run's path in the plane",
  pathStep: "Step",
  acrossAxis: "Across",
  upAxis: "Up",
  landscapeNumbers: "Losses in numbers",
  upByAcross: "up / across",
  historyHint:
    "Each row is a validation sample, each bar one validation: tall where it was told right. Look for rows that flicker: what is forgotten again and again is hard, unusual or wrongly labelled.",
  historyNeeds:
    "When samples are learnt is seen on those that are held out of training, and this model holds none out. Raise Validation samples in Training.",
  historyWaiting: "When samples are learnt and forgotten appears here after the first validation of a run.",
  historySince: ({ missing, step }: Readonly<Record<"missing" | "step", number>>) =>
    `This run was taken up again: of its ${missing === 1 ? "first validation" : `first ${whole(missing)} validations`} only the scores are kept, and the history begins with step ${whole(step)}.`,
  historyIs: ({
    samples,
    validations,
    step,
    right,
    events,
  }: Texts<"right"> & Readonly<Record<"samples" | "validations" | "step" | "events", number>>) =>
    `${plural(validations, { one: "validation", other: "validations" })} of ${plural(samples, { one: "sample", other: "samples" })}: ${right} are right after step ${whole(step)}, and ${plural(events, { one: "time", other: "times" })} one was wrong that had been right at the validation before.`,
  forgottenKind: ({ count }: Readonly<Record<"count", number>>) => `Forgotten: ${whole(count)}`,
  doubtfulKind: ({ count }: Readonly<Record<"count", number>>) => `Wrong labels? ${whole(count)}`,
  neverLearntKind: ({ count }: Readonly<Record<"count", number>>) => `Never learnt: ${whole(count)}`,
  lateLearntKind: ({ count }: Readonly<Record<"count", number>>) => `Learnt late: ${whole(count)}`,
  keptKind: ({ count }: Readonly<Record<"count", number>>) => `Never forgotten: ${whole(count)}`,
  forgottenKindHint: "Forgotten at least once, most often first: what the model is undecided about.",
  doubtfulKindHint:
    "The model is at least 90% sure of another class than the label says, those that it never learnt first. Look for yourself: some labels are wrong, and the others are what it has yet to learn.",
  neverLearntKindHint: "Right at no validation so far, the greatest loss first.",
  lateLearntKindHint: "Right now, but not at the first validation, those learnt last first.",
  keptKindHint:
    "Right at every validation, the surest first: what is easy, and what a smaller training set could do without.",
  forgottenHistory: "Forgotten samples, the most often forgotten first",
  doubtfulHistory: "Labels to doubt, those never learnt first",
  neverLearntHistory: "Samples never learnt, the greatest loss first",
  lateLearntHistory: "Samples learnt late, the last first",
  keptHistory: "Samples never forgotten, the surest first",
  chooseThem: "Choose these samples",
  pageBefore: "Earlier",
  pageAfter: "Later",
  pageOf: ({ from, to, all }: Readonly<Record<"from" | "to" | "all", number>>) =>
    `${whole(from)} to ${whole(to)} of ${whole(all)}`,
  historyTable: "Samples and when they were right",
  sample: "Sample",
  labelled: "Label",
  saysNow: "Taken for",
  lossNow: "Loss",
  learntAt: "Learnt",
  timesForgotten: "Forgotten",
  overValidations: ({ from, to }: Readonly<Record<"from" | "to", number>>) =>
    `Right, from step ${whole(from)} to ${whole(to)}`,
  lookAtSample: ({ row, label }: Readonly<Record<"row", number>> & Texts<"label">) =>
    `Look at training sample ${whole(row)}, a ${label}`,
  never: "never",
  atStep: ({ step }: Readonly<Record<"step", number>>) => `step ${whole(step)}`,
  rightIn: ({ right, all }: Readonly<Record<"right" | "all", number>>) =>
    `Right at ${whole(right)} of ${plural(all, { one: "validation", other: "validations" })}`,
  rightAt: ({ step }: Readonly<Record<"step", number>>) => `Right after step ${whole(step)}`,
  wrongAt: ({ step }: Readonly<Record<"step", number>>) => `Wrong after step ${whole(step)}`,
};
