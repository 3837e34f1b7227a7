/** English: the model editor and the training settings. */
import { formats, inSentence } from "./formats";

const { count } = formats;

/** Names and values are written already. */
type Texts<K extends string> = Readonly<Record<K, string>>;
type Counts<K extends string> = Readonly<Record<K, number>>;
type Lists<K extends string> = Readonly<Record<K, readonly string[]>>;

const stepsOf = (steps: number): string => `${count(steps)} ${steps === 1 ? "step" : "steps"}`;

/** Palette, stack and cards. */
export const model = {
  import: "Open a model",
  importHelp: "Open a Keras, TensorFlow.js (zip), PyTorch or safetensors file, or drop one anywhere",
  export: "Export",
  exportHelp: "Take the model to Keras, PyTorch, ONNX and elsewhere",
  palette: "Layers",
  unfoldPalette: "Show the layers' names",
  foldPalette: "Fold to badges",
  find: "Find",
  findLayer: "Find a layer",
  noSuchLayer: "No layer like that.",
  paletteHelp: ({ type, help }: Texts<"type" | "help">) => `${type}: ${help}`,
  stack: "Model",
  empty: "No layers yet. Drag one in, press one in the palette, or choose a preset.",
  network: "Network",
  inputBadge: "In",
  input: ({ shape }: Texts<"shape">) => `Input ${shape}`,
  /** A sequence, a layer that keeps its steps, and a text. */
  series: ({ steps, each }: Counts<"steps"> & Texts<"each">) => `${stepsOf(steps)} × ${each}`,
  eachStep: ({ steps, each }: Counts<"steps"> & Texts<"each">) => `${stepsOf(steps)}: ${each}`,
  tokens: ({ tokens }: Counts<"tokens">) => `${count(tokens)} ${tokens === 1 ? "token" : "tokens"}`,
  totalsUnknown: "? params",
  totalsUnknownHelp: "Known once the model's errors are repaired",
  totalsHelp: ({ all, trained, flops }: Counts<"all" | "trained"> & Texts<"flops">) =>
    `${count(all)} parameters, ${count(trained)} of them trained; ${flops} for the forward pass of one sample`,
  parameters: ({ number }: Texts<"number">) => `${number} params`,
  someTrained: ({ number, trained }: Texts<"number" | "trained">) => `${trained} of ${number}`,
  perSample: ({ flops }: Texts<"flops">) => `${flops} a sample`,
  preset: "Preset",
  presetLoaded: ({ title }: Texts<"title">) => `Preset ${title} loaded`,
  edited: ({ name }: Texts<"name">) => `${name} (edited)`,
  problems: "Problems",
  error: "Error:",
  warning: "Warning:",
  /** What kind of thing a handle drags, read out. */
  sortable: "sortable",
  drag: ({ name }: Texts<"name">) => `Drag ${name}`,
  moveUp: ({ name }: Texts<"name">) => `Move ${name} up`,
  moveUpHelp: "Move up (Alt ↑)",
  moveDown: ({ name }: Texts<"name">) => `Move ${name} down`,
  moveDownHelp: "Move down (Alt ↓)",
  duplicate: ({ name }: Texts<"name">) => `Duplicate ${name}`,
  duplicateHelp: "Duplicate (Ctrl D)",
  remove: ({ name }: Texts<"name">) => `Remove ${name}`,
  removeHelp: "Remove (Delete)",
  emptyBranch: "Empty: passes its input on. Drag a layer here.",
  littleShare: "under 1%",
  shareHelp: ({ share }: Texts<"share">) => `${share} of the model's compute`,
  share: ({ share }: Texts<"share">) => `${share} of compute`,
  settingsOf: ({ name }: Texts<"name">) => `Settings of ${name}`,
  more: "More penalties, name and compute",
  frozen: "Frozen",
  frozenHelp: "Keeps its weights as they are",
  addBranch: "Add branch",
  removeBranch: "Remove last branch",
  name: "Name",
  nameHelp: "What messages and exports call this layer. Left empty, it is numbered as in Keras.",
  factParameters: "Parameters",
  factCompute: "Compute",
};

/** What was done to a model, read out, and what repairs do. */
export const edited = {
  place: ({ place, of }: Counts<"place" | "of">) => `place ${count(place)} of ${count(of)}`,
  placeIn: ({ place, of, holder }: Counts<"place" | "of"> & Texts<"holder">) =>
    `place ${count(place)} of ${count(of)} in ${holder}`,
  nowhere: "nowhere",
  full: ({ layers }: Counts<"layers">) => `The model has ${count(layers)} layers, and no more fit`,
  tooDeep: ({ type }: Texts<"type">) => `${type} cannot be put there: it would be in too many containers`,
  refused: ({ type, problem }: Texts<"type" | "problem">) =>
    `${type} was not added, since it fits nowhere in this model. ${problem}`,
  addAnyway: "Add it anyway",
  withOthers: ({ added, others }: Texts<"added"> & Lists<"others">) => `${added}, with ${others.join(" and ")} to fit`,
  added: ({ type, place }: Texts<"type" | "place">) => `${type} added at ${place}`,
  moved: ({ place }: Texts<"place">) => `Moved to ${place}`,
  removed: ({ type }: Texts<"type">) => `${type} removed`,
  duplicated: "Layer duplicated",
  branchAdded: "Branch added",
  branchRemoved: "Branch removed",
  fixed: ({ fix }: Texts<"fix">) => `${fix}: done`,
  fix: "Fix",
  insert: ({ layer }: Texts<"layer">) => `Insert ${layer}`,
  append: ({ layer }: Texts<"layer">) => `Add ${layer}`,
  set: ({ setting, value }: Texts<"setting" | "value">) => `Set ${inSentence(setting)} to ${value}`,
  setKey: ({ key, value }: Texts<"key" | "value">) => `Set ${key} to ${value}`,
  moveBefore: ({ type }: Texts<"type">) => `Move before ${type}`,
  rename: "Number it",
  pickedUp: ({ type }: Texts<"type">) => `Picked up ${type}.`,
  pickedUpLayer: "Picked up the layer.",
  atPlace: ({ place, of }: Counts<"place" | "of">) => `At place ${count(place)} of ${count(of)}.`,
  inEmptyBranch: "In an empty branch.",
  dropped: "Dropped.",
  putBack: "Put back.",
  dragHelp: "Press space to pick the layer up, the arrow keys to move it, space to drop it, and escape to put it back.",
};

/** The training settings. */
export const training = {
  dataTitle: "Data",
  data: "Dataset",
  dataHelp: "What the model learns from: a set that is built in, or a table of your own.",
  dataGone: "Data that are gone",
  ownData: "Yours",
  builtInData: "Built in",
  bring: "Bring your data",
  drawPoints: "Draw points",
  suitedModel: "Model that fits",
  removeData: "Remove",
  dropHere: "Drop a table (CSV, TSV) to train on it, or a file of a model or of runs",
  objective: "Objective",
  run: "Run",
  machine: "Machine",
  device: "This device",
  selfTest: "Self-test of this device",
  bench: "Benchmark of this device",
  optimizer: "Optimizer",
  learning: "Learning",
  learningOf: ({ network }: Texts<"network">) => `Learning of the ${inSentence(network)}`,
  optimizerHelp: "How weights move down the slope.",
  moreOf: ({ name }: Texts<"name">) => `More of ${name}`,
  schedule: "Schedule",
  scheduleHelp: "How the learning rate changes in the course of training.",
  preview: "Learning rate from the first to the last step",
  rollSeed: "Roll a new seed",
};
