/** English: what training has come to, sample by sample and in numbers. */
import { formats, inSentence } from "./formats";

const { count } = formats;

/** Values are written already. */
type Texts<K extends string> = Readonly<Record<K, string>>;

/** A digit or a letter with its article; the names that visitors give to classes as they are. */
const a = (label: string): string => (label.length === 1 ? `A ${label}` : label);

/** The results and their views. */
export const results = {
  title: "Results",
  views: "Views",
  predictions: "Predictions",
  answersGroup: "What does it say?",
  errorsGroup: "Where does it err?",
  insideGroup: "How does it work?",
  courseGroup: "How did it go?",
  costGroup: "What does it cost?",
  numbers: "Numbers",
  runs: "Runs",
  profile: "Profile",
  writesTab: "Writes",
  forecastTab: "Forecast",
  attentionTab: "Attention",
  drawTab: "Draw",
  planeTab: "Plane",
  confusionTab: "Confusion",
  mistakesTab: "Mistakes",
  calibrationTab: "Calibration",
  residualsTab: "Residuals",
  roundedTab: "Quantize",
  layersTab: "Layers",
  weightsTab: "Weights",
  landscapeTab: "Landscape",
  historyTab: "History",
  embeddingTab: "Embeddings",
  whyTab: "Why",
  healthTab: "Health",
  sceneHint:
    "The agent as it acts now, by the best it knows. Look for what it does better from one episode to the next.",
  gradientsTab: "Gradients",
  loading: "Loading…",
  notLoaded: "This part of the page could not be loaded. Check your connection.",
  loadAgain: "Try again",
  testScore: "Test score",
  testOf: ({ title }: Texts<"title">) => `Test ${inSentence(title)}`,
  score: ({ title, value }: Texts<"title" | "value">) => `${title} ${value}`,
  atTheEnd: "scored at the end",
  noModel: "There is no model to ask yet.",
  noSamples: "What the model makes of test samples appears here.",
  text: "Text",
  digits: "Test digits",
  sure: ({ percent }: Texts<"percent">) => `${percent} sure`,
  scored: ({ score }: Texts<"score">) => `score ${score}`,
  rightDigit: ({ label, says, strength }: Texts<"label" | "says" | "strength">) =>
    `${a(label)}, taken for ${says}, right, ${strength}`,
  wrongDigit: ({ label, says, strength }: Texts<"label" | "says" | "strength">) =>
    `${a(label)}, taken for ${says}, wrong, ${strength}`,
  rightlySure: ({ label, sure }: Texts<"label" | "sure">) => `${a(label)}, and the model is ${sure} sure of it`,
  wronglySure: ({ label, says, sure }: Texts<"label" | "says" | "sure">) =>
    `${a(label)}; the model says ${says}, ${sure} sure`,
  rightlyScored: ({ label, score }: Texts<"label" | "score">) =>
    `${a(label)}, and the model scores it highest: ${score}`,
  wronglyScored: ({ label, says, score }: Texts<"label" | "says" | "score">) =>
    `${a(label)}; the model says ${says}, score ${score}`,
  outputs: "Outputs",
  target: "Target",
  output: "Output",
  outputFor: ({ name }: Texts<"name">) => `Output for ${name}`,
  verdict: "Verdict",
  right: "right",
  wrong: "wrong",
  toldTexts: "Test texts, and what the model tells of them",
  question: "Question",
  rightAnswer: "Answer",
  toldAnswer: "Model's answer",
  toldTextsHint:
    "Each character is told after the right ones before it. Wrong ones are marked; in running text, colour is surprise.",
  expected: ({ character, expected, share }: Texts<"character" | "expected" | "share">) =>
    `${character}: given ${share}; most expected was ${expected}`,
  clipsHint: "Which way does each digit go, and does the model see it?",
  answersHint: "Which images does it misread, and how sure is it then?",
  fieldHint:
    "Each colour is a class, and the stronger it is, the surer the model. Watch the border bend while it learns.",
  lostUnits:
    "Numbers are scaled, in deviations from their mean: this table was brought before its units were kept. Bring its file again to see them.",
  pointAnswersHint: "Which points does it get right?",
  madeImages: "Made images",
  madeImagesHint: "Each is made of the same noise as before: does it become something?",
  madePoints: "Points of the data and points that the generator has made",
  madePointsHint: "Grey is real, coloured is made: does the generator reach every cluster?",
  valueField: ({ least, most }: Texts<"least" | "most">) =>
    `What is predicted of every place in the plane, from ${least} in blue to ${most} in orange, and what was measured of test points`,
  valueFieldHint:
    "The stronger a colour, the higher or the lower. Where do points differ from what is painted around them?",
  predictedValuesHint: "Where is what is predicted off what was measured, and how far?",
  predictedOverTrue: "Predicted numbers over true ones",
  predictedOverInput: "Measured and predicted numbers over the input",
  equal: "where they would be equal",
  measured: "measured",
  predicted: "predicted",
  turnedImagesHint: "Each test digit is turned at random: does the model see by how much?",
  clustersHint: "Which samples lie together, and are they alike?",
  rebuiltImages: "Rebuilt images",
  rebuiltImagesHint: "Each column is a test sample: what is lost of it, and where?",
  original: "Original",
  noisy: "Given",
  rebuilt: "Rebuilt",
  error: "Error",
  offHelp: "Mean absolute difference of a pixel",
  off: ({ error }: Texts<"error">) => `off by ${error}`,
  range: ({ low, high }: Texts<"low" | "high">) => `${low} to ${high}`,
  pointSet: ({ title, points }: Texts<"title"> & { readonly points: number }) => `${title} (${count(points)})`,
  outside: ({ points }: { readonly points: number }) => `${count(points)} outside the picture`,
};
