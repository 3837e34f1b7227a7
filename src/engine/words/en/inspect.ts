/** English: the ways to look into a model, beside its answers to test samples. */

import { formats } from "./formats";
import { inspectLayers } from "./inspectLayers";
import { inspectSides } from "./inspectSides";
import { inspectWeights } from "./inspectWeights";

const { count: whole, number, plural } = formats;
const points = (all: number): string => plural(all, { one: "point", other: "points" });

/** Values are written already. */
type Texts<K extends string> = Readonly<Record<K, string>>;

/** What the tabs of the results that look into a model say; what they are called is in `results`. */
export const inspect = {
  ...inspectLayers,
  ...inspectSides,
  ...inspectWeights,
  turnedImages: "Turned images",
  turnedBy: ({ is, says }: Readonly<Record<"is" | "says", number>>) => `Turned by ${is}°; the model says ${says}°`,
  toldTurn: ({ says }: Readonly<Record<"says", number>>) => `${says}°`,
  field: ({ right, all }: Readonly<Record<"right" | "all", number>>) =>
    `What the model says of every place in the plane: ${whole(right)} of ${points(all)} of the test set lie where it says their class.`,
  pointsOf: ({ name, right, all }: Texts<"name"> & Readonly<Record<"right" | "all", number>>) =>
    `${name}: ${whole(right)} of ${whole(all)} right`,
  unitPictures: ({ units }: Readonly<Record<"units", number>>) =>
    `What ${plural(units, { one: "the unit", other: "units" })} of this layer give over the plane`,
  unitHelp: "What each unit gives over the plane: orange where it is high, blue where it is low",
  moreUnits: ({ more }: Readonly<Record<"more", number>>) => `and ${whole(more)} more`,
  noClusters: "Clusters appear here as soon as the model is ready.",
  clusters: "Clusters",
  clustersOf: ({ samples }: Texts<"samples">) => `The first ${samples} test samples by their nearest centroid.`,
  clusterPurity: ({ share }: Texts<"share">) => `${share} are of the most frequent class of their cluster.`,
  clusterMeans: "Pictures are means of the samples, since centroids are of what the layers before them give.",
  cluster: ({ at, samples, all, classes }: Texts<"samples" | "all" | "classes"> & Readonly<Record<"at", number>>) =>
    `Cluster ${whole(at)}: ${samples} of ${all} samples${classes ? `: ${classes}` : ""}`,
  chosenCluster: ({ at }: Readonly<Record<"at", number>>) => `Cluster ${whole(at)}, the nearest to its centroid first`,
  clusterSamples: ({ at }: Readonly<Record<"at", number>>) => `Samples of cluster ${whole(at)}`,
  nearestOf: ({ shown, all }: Texts<"shown" | "all">) => `The ${shown} nearest of ${all}.`,
  clusterPlane: ({ clusters }: Readonly<Record<"clusters", number>>) =>
    `Test points by the nearest of ${plural(clusters, { one: "centroid", other: "centroids" })}, and the plane divided among them`,
  clustersHint:
    "The first steps place one centroid each, far from those that are there: k-means++. Then every step moves each to the mean of its samples. Press a cluster to choose its samples.",
  measureRounding: "Measure",
  bits: "Bits of a weight",
  bitsOf: ({ bits }: Texts<"bits">) => `${bits} bits`,
  scales: "Where scales differ",
  scalePerChannel: "A scale a channel",
  scalePerTensor: "A scale a layer",
  roundingHint:
    "Scores a copy of the model with its kernels rounded to few bits, as on a small device: all of it, then one layer at a time. Training goes on meanwhile.",
  noRounding:
    "Not measured: there is no room for a copy of the model, its samples have not arrived, or its weights are not finite.",
  roundedTest: ({ step }: Texts<"step">) => `On the test set, after step ${step}.`,
  roundedValidation: ({ step }: Texts<"step">) => `On the validation samples, after step ${step}.`,
  worstRounded: ({ layer }: Texts<"layer">) => `Rounding hurts ${layer} most.`,
  whatIsRounded: "Rounded",
  stored: "Size",
  lost: ({ title }: Texts<"title">) => `${title} worse by`,
  roundNothing: "Nothing (32 bits)",
  roundAll: "All kernels",
  roundLayer: ({ layer }: Texts<"layer">) => `Only ${layer}`,
  residual: "residual",
  noError: "no error",
  residualsOverPredicted: "Residuals, measured less predicted, over predicted numbers",
  residualsAre: ({ samples, mean, median }: Texts<"samples" | "mean" | "median">) =>
    `Of the first ${samples} test samples, half are off by ${median} at most. Their mean is ${mean}: above 0 more was measured than predicted.`,
  residualsHint: "Dots without a pattern are noise. A bend or a funnel is something that the model has not learnt yet.",
  worstResiduals: "The largest residuals",
  testSample: "Test sample",
  madeLayers: "What is drawn",
  fieldLayer: "Discriminator's field",
  gridLayer: "Generator's grid",
  realLayer: "Real points",
  madeLayer: "Made points",
  pushLayer: "Where made points are pushed",
  coverage: "Real points with made ones near",
  madePrecision: "Made points near real ones",
  madeFieldHint:
    "Blue is where the discriminator takes points for real, orange where for made. Arrows point down the generator's loss: where its answer pushes made points. The grid is made of the first two numbers of the noise, from −2 to 2, the others 0. Near is what is no further from a real point than its fifth neighbour: where few real points have made ones near, the generator has settled on some.",
  madePast: "Past samples",
  madeNow: ({ step }: Readonly<Record<"step", number>>) => `Made now, after ${whole(step)} steps`,
  madeThen: ({ step }: Readonly<Record<"step", number>>) => `Made after ${whole(step)} steps, of the same noise`,
  judged: "What the samples are taken for",
  classesHit: ({ hit, all }: Readonly<Record<"hit" | "all", number>>) => `${whole(hit)} of ${whole(all)} classes hit`,
  notJudged: ({ samples }: Readonly<Record<"samples", number>>) => `${whole(samples)} samples are judged soon`,
  sharesOfClasses: "Share of the samples taken for each class",
  judgesConfidence: "The judge's mean confidence",
  realScore: "Score of real samples",
  madeScore: "Score of made samples",
  judgedBy: ({ samples, share }: Readonly<Record<"samples", number>> & Texts<"share">) =>
    `Of ${whole(samples)} samples; a class is hit from ${share} of them on. The judge is a small convnet of this page, right about 98.3% of MNIST's test digits. Scores are the discriminator's.`,
  scene: ({ step, earned }: Texts<"earned"> & Readonly<Record<"step", number>>) =>
    `The agent in its world: step ${whole(step)}, return ${earned}`,
  sceneStep: "Step",
  sceneReturn: "Return",
  sceneAction: "Action",
  sceneSpeed: "Speed of the scene",
  sceneFastest: "Fastest",
  playClips: "Play the clips",
  pauseClips: "Pause the clips",
  clipFrame: "Frame of the clips",
  clipFrames: ({ frames }: { readonly frames: number }) =>
    `The ${whole(frames)} frames of the clip, one after the other`,
  playScene: "Play the scene",
  pauseScene: "Pause the scene",
  noScene: "The agent acts as soon as the model is ready.",
  editMap: "Edit the map",
  useMap: "Use this map",
  leaveMap: "Cancel",
  ownMap: "Original map",
  mapTool: "What a cell becomes",
  mapCells: "Cells of the map",
  mapHint:
    "Press cells, or go through them by arrow keys and press Enter. There is one start, and always a goal. Once used, the map goes with the model: Undo takes it back, links carry it, and a run under way keeps its own until the edits are applied.",
  mapCell: ({ row, column, kind }: Texts<"kind"> & Readonly<Record<"row" | "column", number>>) =>
    `row ${whole(row)}, column ${whole(column)}: ${kind}`,
  cellStart: "Start",
  cellGoal: "Goal",
  cellPit: "Pit",
  cellWall: "Wall",
  cellFree: "Free",
  gridHint:
    "Arrows show what it would do, colours and numbers what it expects from there: watch them spread from the goal.",
  gridValues: "What it would do in each cell, and what it expects",
  gridCell: ({ row, column, action, value }: Texts<"action" | "value"> & Readonly<Record<"row" | "column", number>>) =>
    `Row ${whole(row)}, column ${whole(column)}: ${action}, ${value}`,
  noPlane: "Codes are drawn as soon as the model is ready.",
  plane: ({ x, y }: Texts<"x" | "y">) => `Plane of codes, at ${x}, ${y}`,
  planeKeys: ({ reach }: Readonly<Record<"reach", number>>) =>
    `From ${number(-reach)} to ${number(reach)} both ways. Arrow keys move, Shift further, Home to the middle, Enter chooses.`,
  planeHint:
    "Drag across the plane: the decoder paints what each place stands for. Each point is the code of a test sample.",
  planeNotChosen: "Press a point: its sample, and what is rebuilt of it, appear here.",
  planeLook: "What the plane shows",
  pointsLook: "Points",
  tilesLook: "Tiles",
  planeClasses: "Classes",
  decodedFrom: ({ x, y }: Texts<"x" | "y">) => `Decoded from ${x}, ${y}`,
  planeChosen: ({ row }: Readonly<Record<"row", number>>) => `Test sample ${whole(row)} and what is rebuilt of it`,
  rebuiltAs: ({ from, to }: Texts<"from" | "to">) => `${from} becomes ${to}`,
  ofPlane: "Chosen in the plane of codes",
  ownText: "Text",
  ownTextHint: "Write what you like: it is read by the model as it is now.",
  noAttention: "Where it looks is drawn as soon as the model is ready.",
  heads: "Layers and their heads",
  headOf: ({ layer, head }: Texts<"layer" | "head">) => `${layer}, head ${head}`,
  attentionStep: "Step",
  looksAt: ({ character, looks }: Texts<"character"> & { readonly looks: readonly string[] }) =>
    `To tell what follows ${character}, this head looks at ${looks.join(", ")}.`,
  looksFrom: ({ character, looks }: Texts<"character"> & { readonly looks: readonly string[] }) =>
    `From ${character}, this head looks at ${looks.join(", ")}.`,
  lookedAtFilling: ({ share }: Texts<"share">) => `what fills the text up: ${share}`,
  rareTokens: ({ characters }: Texts<"characters">) => `Read as one sign for all that is rare: ${characters}`,
  looked: ({ character, place, share }: Texts<"character" | "place" | "share">) => `${character} (${place}): ${share}`,
  attentionHint:
    "Each row is a step of the text, and the stronger a square in it, the more it takes from the step in that column. Press a row to read it, another head to see it look elsewhere.",
  prompt: "Begins with",
  promptHint: "What you write here, the model goes on with.",
  askHint: ({ example }: Texts<"example">) => `A question as the model knows them, such as ${example}`,
  temperature: "Temperature",
  write: "Write",
  stopWriting: "Stop",
  clearWritten: "Clear",
  written: "What the model writes",
  notWritten: "The model writes as soon as it is ready.",
  nextCharacters: "What may come next at the caret",
  noSuchCharacters: ({ characters }: Texts<"characters">) => `The model knows no ${characters}.`,
  writesHint:
    "Each character is drawn from what the model expects next, and read before the one after it. At temperature 0 it always takes the likeliest; the higher, the bolder. Watch words appear while it learns.",
  answersHint:
    "Each character is drawn from what the model expects next, and read before the one after it, until the answer is as long as all are. At temperature 0 it always takes the likeliest.",
  forecastFrom: "Goes on alone from step",
  forecastPlot: "The series, each step told from those before it, and what the model goes on with by itself",
  forecast_measured: "Measured",
  forecast_told: "Told one step ahead",
  forecast_ahead: "Told from its own steps",
  forecastStep: ({ step }: Readonly<Record<"step", number>>) => `Step ${whole(step)}`,
  forecastErrors: ({ near, far, from }: Texts<"near" | "far" | "from">) =>
    `One step ahead the model is off by ${near} on average, and by ${far} where it goes on alone from step ${from}.`,
  forecastHint:
    "From the mark on, the model reads what it has told itself instead of what was measured: small errors add up. Move the mark to see it begin elsewhere, and train to see it keep the rhythm for longer.",
  pad: "Drawing pad",
  drawHere: "Draw here",
  drawHint:
    "Draw anywhere, as large as you like: it is centred and brought to size as the training images were. By keyboard: arrow keys move the pen, with Shift further, Space puts it down and lifts it, Delete clears.",
  penDown: "Pen down",
  penUp: "Pen up",
  pen: "Pen",
  thinPen: "Thin",
  mediumPen: "Medium",
  thickPen: "Thick",
  undo: "Undo the last stroke",
  clear: "Clear the pad",
  throughLayers: "Follow it through the layers",
  whyThis: "Why?",
  ownDrawings: "Drawings that are kept",
  meantAs: "What the drawing is meant as",
  meantAsOption: ({ name }: Texts<"name">) => `It is meant as ${name}`,
  keepDrawing: "Keep it as a sample",
  forgetDrawings: "Forget all",
  drawingsKept: ({ all }: Readonly<Record<"all", number>>) =>
    `${plural(all, { one: "drawing is", other: "drawings are" })} kept in this browser.`,
  drawingsRight: ({ right, all }: Readonly<Record<"right" | "all", number>>) =>
    `It reads ${whole(right)} of your ${plural(all, { one: "drawing", other: "drawings" })} as meant. They are kept in this browser; press one to put it back on the pad.`,
  fromTest: "Start from a test image",
  fromChosen: "Start from the chosen image",
  seen: ({ height, width }: Readonly<Record<"height" | "width", number>>) => `What the model sees: ${height}×${width}`,
  answer: "What the model takes it for",
  blankPad: "The pad is blank, so there is nothing to read.",
  noAnswer: "The model reads it as soon as it is ready.",
  notFinite: "The model's weights are no longer finite, so it can read nothing.",
  next: ({ name, value }: Texts<"name" | "value">) => `${name} (${value})`,
  takenFor: ({ name, value, next }: Texts<"name" | "value"> & { readonly next: readonly string[] }) =>
    `It reads ${name}, ${value} sure.${next.length > 0 ? ` Then ${next.join(" and ")}.` : ""}`,
  scoredAs: ({ name, value, next }: Texts<"name" | "value"> & { readonly next: readonly string[] }) =>
    `It scores ${name} highest: ${value}.${next.length > 0 ? ` Then ${next.join(" and ")}.` : ""}`,
  ofValidation: ({ samples, step }: Texts<"samples" | "step">) => `${samples} validation samples, after step ${step}`,
  ofTest: ({ samples, step }: Texts<"samples" | "step">) => `${samples} test samples, after step ${step}`,
  notScored: "What the model says of every validation sample appears here as soon as it is ready.",
  confusionHint:
    "On the diagonal are right answers. The redder a cell beside it, the more often the model takes the class of its row for that of its column: press one to see its samples.",
  trueBySaid: "true / read",
  cell: ({ label, says, count, all }: Texts<"label" | "says" | "count" | "all">) =>
    `${label} taken for ${says}: ${count} of ${all}`,
  telling: "What cells tell",
  counts: "Counts",
  rows: "% of row",
  columns: "% of column",
  filters: "Samples to look at",
  right: ({ samples }: Texts<"samples">) => `Right: ${samples}`,
  wrong: ({ samples }: Texts<"samples">) => `Wrong: ${samples}`,
  all: ({ samples }: Texts<"samples">) => `All: ${samples}`,
  chosen: "Samples that are chosen",
  chosenCell: ({ label, says }: Texts<"label" | "says">) =>
    label === says ? `${label}, read right, the surest first` : `${label} taken for ${says}, the surest first`,
  chosenRight: "Right answers, the surest first",
  chosenWrong: "Wrong answers, the surest first",
  chosenAll: "All answers, the surest first",
  place: ({ at, all }: Texts<"at" | "all">) => `${at} of ${all}`,
  previous: "Previous sample",
  following: "Next sample",
  choseNone: "Clear",
  images: "Images that are chosen",
  chosenClass: ({ label }: Texts<"label">) => `All samples of ${label}, the surest answers first`,
  chooseClass: ({ label }: Texts<"label">) => `Look at the samples of ${label}`,
  chosenBin: ({ from, to }: Texts<"from" | "to">) => `Answers from ${from} to ${to} sure`,
  chooseBin: ({ from, to }: Texts<"from" | "to">) => `Look at the answers from ${from} to ${to} sure`,
  noWorst: "What a step was trained on is chosen by how badly it is read, which only models that tell classes say.",
  chosenSteps: ({ from, to }: Readonly<Record<"from" | "to", number>>) =>
    from === to
      ? `What step ${whole(from)} was trained on, the worst read first`
      : `What steps ${whole(from)} to ${whole(to)} were trained on, the worst read first`,
  classTable: "Scores by class",
  class: "Class",
  precision: "Precision",
  precisionHelp: "Of what is taken for the class, the share that is it",
  recall: "Recall",
  recallHelp: "Of what is the class, the share that is taken for it",
  f1: "F1",
  f1Help: "The harmonic mean of precision and recall",
  support: "Samples",
  macro: "Mean of classes",
  threshold: "Threshold",
  roc: ({ area }: Texts<"area">) => `ROC, area ${area}`,
  falsePositives: "False positives",
  precisionRecall: ({ mean }: Texts<"mean">) => `Precision over recall, mean ${mean}`,
  atThreshold: ({
    name,
    threshold,
    precision,
    recall,
    falsely,
  }: Texts<"name" | "threshold" | "precision" | "recall" | "falsely">) =>
    `Taken for ${name} from ${threshold} on: precision ${precision}, recall ${recall}, ${falsely} of the others with it.`,
  mistakesHint: "Choose above which samples to look at.",
  worst: ({ samples }: Texts<"samples">) => `Worst: ${samples}`,
  surest: ({ samples }: Texts<"samples">) => `Surest: ${samples}`,
  doubted: ({ samples }: Texts<"samples">) => `Wrong labels? ${samples}`,
  worstHint: "Wrong answers by their loss: what do they have in common that training samples lack?",
  surestHint: "Right answers that the model is surest of: what it takes for typical.",
  doubtedHint:
    "The model is at least 90% sure of another class than the label says. Look for yourself: some labels are wrong, and the others are what it has yet to learn.",
  worstChosen: "Wrong answers, the greatest loss first",
  surestChosen: "Right answers, the surest first",
  doubtedChosen: "Labels to doubt, the surest answers first",
  noProbabilities:
    "The model gives scores rather than probabilities. End it in softmax or sigmoid to see whether they can be believed.",
  expectedError: ({ error }: Texts<"error">) => `Expected calibration error ${error}`,
  certainty: "Sure",
  shareRight: "Right",
  tooSure: ({ certainty, right }: Texts<"certainty" | "right">) =>
    `On average it is ${certainty} sure and ${right} right: a little too sure of itself, if anything.`,
  tooModest: ({ certainty, right }: Texts<"certainty" | "right">) =>
    `On average it is ${certainty} sure and ${right} right: rather modest, if anything.`,
  calibrationHint:
    "Each bar holds the answers that it is so sure of, and is as high as the share of them that is right. On the dashed line probabilities mean what they say; below it the model is too sure. Strong colour stands for many samples.",
  layersOfFirst:
    "The first test sample on its way through every layer, as the model is now. Choose another in Confusion or Mistakes. A colour means the same number everywhere; press one to see how it is computed.",
  layersOfOnly:
    "The first test sample on its way through every layer, as the model is now. A colour means the same number everywhere; press one to see how it is computed.",
  layersOfChosen:
    "The chosen sample on its way through every layer, as the model is now. A colour means the same number everywhere; press one to see how it is computed.",
  layersOfDrawing:
    "What is drawn on the pad, on its way through every layer, as the model is now. A colour means the same number everywhere; press one to see how it is computed.",
  input: "Input",
  range: ({ low, high }: Texts<"low" | "high">) => `from ${low} to ${high}`,
  notDrawn: ({ count }: Texts<"count">) => `and ${count} more`,
  scaleTick: ({ value, isEnd }: Texts<"value"> & { readonly isEnd: boolean }) =>
    isEnd ? `${value} and beyond` : value,
  whyOfSample: "Chosen sample",
  whyOfFirst: "First test sample",
  whyOfDrawing: "Drawing",
  whySource: "Image to explain",
  whyMethod: "Way to explain",
  whyTarget: "Class to explain",
  whyLikeliest: "What it says",
  gradient: "Gradient",
  integrated: "Integrated gradients",
  occlusion: "Occlusion",
  gradientHint:
    "How the score changes with each pixel: orange where more light speaks for the class, blue where it speaks against it. Are the strong pixels on the object, or beside it?",
  integratedHint:
    "What each pixel adds to the score on the way from black to this image, orange for the class and blue against it. Are the strokes that you would go by the brightest?",
  occlusionHint:
    "What the score loses where a window is covered with black: orange where it speaks for the class. Move the window over the image, by mouse, finger or arrow keys. What can the model not do without?",
  whyScore: ({ name, score, empty }: Texts<"name" | "score" | "empty">) =>
    `Score for ${name}: ${score}; for a black image ${empty}.`,
  whySum: ({ sum, difference, off, steps }: Texts<"sum" | "difference" | "off" | "steps">) =>
    `The attributions add up to ${sum}, the scores differ by ${difference}: ${off} off, after ${steps} points on the way.`,
  whySumOff: "They should agree within 1%; more than 1,024 points would be needed.",
  whySaid: ({ name, value }: Texts<"name" | "value">) => `The model says ${name} (${value}).`,
  covered: ({ lost, left }: Texts<"lost" | "left">) =>
    `With the window covered here the score is ${left}: it loses ${lost}.`,
  window: "Window over the image",
  whyImage: "What explains it",
  ninths: "By parts of the image",
  ninthsSum: "Sums over each ninth of the image",
  ninthsMean: "Mean loss of the windows in each ninth of the image",
  part: "Part",
  top: "Top",
  middle: "Middle",
  bottom: "Bottom",
  left: "Left",
  centre: "Centre",
  rightSide: "Right",
  whyWaiting: "The answer appears here as soon as the model is ready.",
  healthHint:
    "Are all layers alive? Gradients of the same order from first to last, and steps that move kernels by some thousandth, are healthy; columns of the pictures are steps, the latest on the right.",
  healthAt: ({ step }: Texts<"step">) =>
    `32 training samples, after step ${step}; pictures of at most 65,536 of the numbers of a layer. They and the curves grow while this is open.`,
  whatToTry: "What to try",
  advice: ({ layers, help }: Texts<"help"> & { readonly layers: readonly string[] }) => `${layers.join(", ")}: ${help}`,
  healthWaiting: "The layers are examined as soon as the model is ready.",
  healthTable: "Health by layer",
  layer: "Layer",
  layerOutputs: "Outputs",
  layerWeights: "Weights",
  layerGradients: "Gradients",
  outputsScale: "from -4 below to 4 above, by the square root of the size",
  gradientsScale: "from 1e-8 below to 1 above, by the logarithm of the size",
  histogramOf: ({ what, layer }: Texts<"what" | "layer">) => `${what} of ${layer} over time`,
  gradientNorm: "Gradient norm",
  updateRatio: "Step to weight",
  curveOf: ({ what, layer }: Texts<"what" | "layer">) => `${what} of ${layer} over time, on a logarithmic scale`,
  healthy: "healthy",
  dead: ({ share }: Texts<"share">) => `${share} dead`,
  saturated: ({ share }: Texts<"share">) => `${share} saturated`,
  vanishing: () => "vanishing",
  exploding: () => "exploding",
  deadHelp: "These units give 0 for every sample and learn no more. Try a lower learning rate, or leaky_relu.",
  saturatedHelp:
    "Most outputs are at the ends of their activation, where it is flat. Try relu, a normalization before it, or smaller weights.",
  vanishingHelp:
    "Its gradient is 0, or less than a thousandth of another layer's. Try relu, batch normalization, or a Residual around it.",
  explodingHelp:
    "Its gradient is longer than 100, or a step changes it by more than a tenth. Try a lower learning rate or clipping gradients.",
};
