/** English: what goes into a model that is taken out of the page, and what comes out of it; in the dialog and in the files. Nothing but
 *  ASCII, as in comments of C. Names come in quotes, as JSON has them; `more` of them are left out. */
import type { Counts, Lists, Texts } from "../values";
import { formats } from "./formats";

const { count } = formats;

type Names = Lists<"names"> & Counts<"more">;

const listed = (names: readonly string[], more: number): string =>
  names.join(", ") + (more > 0 ? ` and ${count(more)} more` : "");
const some = (numbers: number): string => (numbers === 1 ? "1 number" : `${count(numbers)} numbers`);
const forEach = (isProbability: boolean): string => (isProbability ? "A probability" : "A number");

interface Sure {
  readonly isProbability: boolean;
}

export const notes = {
  goesIn: "What goes in",
  comesOut: "What comes out",
  image: ({ height, width, channels }: Counts<"height" | "width" | "channels">) =>
    `An image of ${count(height)} by ${count(width)} ${channels === 1 ? "grey " : ""}pixels, row by row from the top` +
    (channels === 1 ? "." : channels === 3 ? ", each red, green and blue." : `, each ${some(channels)}.`),
  steps: ({ steps }: Counts<"steps">) => `${count(steps)} steps, each of them:`,
  numbers: ({ numbers }: Counts<"numbers">) => `${some(numbers)}.`,
  named: ({ names, more }: Names) => `Numbers in this order: ${listed(names, more)}.`,
  bytes: ({ by }: Texts<"by">) => `Each number is a byte, 0 to 255, times ${by}.`,
  row: ({ numbers }: Counts<"numbers">) => `A row of a table as ${some(numbers)}:`,
  number: ({ at, name, mean, deviation }: Texts<"at" | "name" | "mean" | "deviation">) =>
    `${at}: (${name} - ${mean}) / ${deviation}`,
  category: ({ at, name, names, more }: Texts<"at" | "name"> & Names) =>
    `${at}: 1 for the text of ${name} and 0 for others, in this order: ${listed(names, more)}`,
  moreColumns: ({ columns }: Counts<"columns">) =>
    `and ${count(columns)} more ${columns === 1 ? "column" : "columns"}.`,
  missingNumber: "A number that is missing is 0.",
  otherTexts: `An empty cell is "missing" and a rare text "other", where these are listed; of a text that is not, all are 0.`,
  lost: "They were scaled to mean 0 and deviation 1, nobody knows by what: an earlier version of this page did not keep it.",
  characters: ({ steps, all, names, more }: Counts<"steps" | "all"> & Names) =>
    `${count(steps)} characters, each as its place, from 0, among these ${count(all)}: ${listed(names, more)}.`,
  words: ({ steps, all, names, more }: Counts<"steps" | "all"> & Names) =>
    `${count(steps)} words, each as its place, from 0, among these ${count(all)}: ${listed(names, more)}. ` +
    "Words are runs of letters, digits and apostrophes between them, in small letters.",
  tokens: ({ steps, all }: Counts<"steps" | "all">) =>
    `${count(steps)} tokens: whole numbers below ${count(all)}, as they were brought.`,
  rare: ({ at }: Counts<"at">) => `What is not among them is ${at}.`,
  ends: ({ end }: Counts<"end">) => `A text begins and ends with ${end}.`,
  filledInFront: ({ padding }: Counts<"padding">) => `Shorter texts are filled up with ${padding} in front.`,
  filledBehind: ({ padding }: Counts<"padding">) => `Shorter texts are filled up with ${padding} behind.`,
  question: ({ tokens }: Counts<"tokens">) => `The first ${count(tokens)} are a question, and the others its answer.`,
  noise: ({ numbers }: Counts<"numbers">) =>
    `${some(numbers)} drawn from the normal distribution, of mean 0 and deviation 1.`,
  network: ({ network }: Texts<"network">) => `What ${network} gives.`,
  networkFirst: ({ network, numbers }: Texts<"network"> & Counts<"numbers">) =>
    `The first ${some(numbers)} that ${network} gives.`,
  classes: ({ isProbability, names, more }: Sure & Names) =>
    `${forEach(isProbability)} for each class${isProbability ? "" : ", the largest for the likeliest"}, in this order: ${listed(names, more)}.`,
  oneOfTwo: ({ isProbability, yes, no }: Sure & Texts<"yes" | "no">) =>
    `${forEach(isProbability)}: above 0.5 for ${yes}, otherwise for ${no}.`,
  next: ({ isProbability, steps, all }: Sure & Counts<"steps" | "all">) =>
    `${forEach(isProbability)} at each of the ${count(steps)} places for each of the ${count(all)} that may come next, in the order of what goes in.`,
  value: ({ names }: Lists<"names">) => `${names.join(", ")}, as in the data.`,
  deviations: ({ name, mean, deviation }: Texts<"name" | "mean" | "deviation">) =>
    `${name} in standard deviations: in its own unit it is output * ${deviation} + ${mean}.`,
  sample: "Made in the form of the data:",
  stored: "In data.npz inputs are as they are stored: pipeline.py multiplies them.",
  asRead: "In data.npz inputs are as they go in.",
};
