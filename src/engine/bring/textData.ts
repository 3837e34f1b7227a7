/** Makes a dataset of plain text, character by character: pieces of one length, one after another, or each line by itself. */
import { type ColumnInfo, indexType, RARE } from "../data/column";
import { arrayTypes, elementBytes } from "../graph/type";
import { MAX_OWN_BYTES, type OwnDataset, ownId, type ReadRows } from "../data/ownData";
import { type Said, say } from "../words/said";
import { BringError } from "./refusal";
import { splitRows } from "./split";

/** A text as it was read. */
export interface PlainText {
  readonly text: string;
  /** What of it the files say is for the test; empty where they say nothing. */
  readonly testText: string;
}

/** What a visitor chooses for a text. */
export interface TextSettings {
  readonly kind: "text";
  readonly title: string;
  /** Pieces of so many characters, one after another; 0 for each line by itself. */
  readonly length: number;
  /** Whether the files say what is for the test. */
  readonly byFile: boolean;
  readonly testShare: number;
  readonly seed: number;
}

/** What comes of a text with these settings. */
export interface TextReport {
  readonly problem: Said | null;
  readonly remarks: readonly Said[];
  readonly trainCount: number;
  readonly testCount: number;
  /** Different characters, and signs that stand for others. */
  readonly characterCount: number;
}

/** Longer lines are left out where each is a sample. */
const MAX_LINE = 256;
/** So many different characters are told apart: the most frequent. */
const MAX_CHARACTERS = 4096;
/** Lines of names and words are no longer than this. */
const SHORT_LINE = 40;

/** What fills up short lines, and what begins and ends each: pictures of control characters, which texts do not have. */
const PADDING = "\u2400";
const END = "\u2403";

const linesOf = (text: string): string[] => text.split("\n").filter((line) => line.trim() !== "");

/** Short lines are samples by themselves: names, words, formulas. */
export function guessTextSettings({ text, testText }: PlainText, title: string): TextSettings {
  const lines = linesOf(text.slice(0, 2 ** 16));
  const isList = lines.length > 20 && lines.every((line) => line.length <= SHORT_LINE && !/[a-z,;] [a-z]/.test(line));
  return {
    kind: "text",
    title: title.slice(0, 80),
    length: isList ? 0 : 64,
    byFile: testText !== "",
    testShare: 0.1,
    seed: 1,
  };
}

/** The characters of a text, those that are there most often where there are too many, in their usual order. */
function charactersOf(text: string): { readonly characters: readonly string[]; readonly rare: number } {
  const counts = new Map<string, number>();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  const all = [...counts].toSorted(([, a], [, b]) => b - a);
  const kept = all.slice(0, MAX_CHARACTERS).map(([character]) => character);
  const rare = all.slice(MAX_CHARACTERS).reduce((sum, [, count]) => sum + count, 0);
  return { characters: kept.toSorted(), rare };
}

/** The texts of one side: where each begins and ends. */
function textsOf(text: string, length: number): { readonly texts: readonly string[]; readonly long: number } {
  if (length === 0) {
    const lines = linesOf(text);
    const texts = lines.filter((line) => [...line].length <= MAX_LINE);
    return { texts, long: lines.length - texts.length };
  }
  const characters = [...text];
  const count = Math.floor((characters.length - 1) / length);
  // Each begins with the last character of the one before it.
  const texts = Array.from({ length: Math.max(0, count) }, (_, n) =>
    characters.slice(n * length, (n + 1) * length + 1).join(""),
  );
  return { texts, long: 0 };
}

/** What a text makes with these settings, without its values. */
function plan({ text, testText }: PlainText, { length, byFile, testShare, seed }: TextSettings) {
  const whole = textsOf(byFile ? text : `${text}${testText}`, length);
  const other = byFile ? textsOf(testText, length) : { texts: [], long: 0 };
  const { texts } = whole;
  let [train, test] = [texts, other.texts];
  if (!byFile && length === 0) {
    const rows = splitRows(Uint32Array.from(texts.keys()), undefined, testShare, seed);
    const at = (n: number): string => texts[n] ?? "";
    [train, test] = [Array.from(rows.train, at), Array.from(rows.test, at)];
  } else if (!byFile) {
    // The end of the text: pieces from its middle would go on with what was trained on.
    const kept = Math.ceil(texts.length * (1 - testShare));
    [train, test] = [texts.slice(0, kept), texts.slice(kept)];
  }
  if (train.length < 1 || test.length < 1) throw new BringError(say("brought.shortText", { got: texts.length }));
  const { characters, rare } = charactersOf(train.join(""));
  const known = new Set(characters);
  const unknown = new Set(Array.from(test.join("")).filter((character) => !known.has(character)));
  const isPadded = length === 0;
  const names = [...(isPadded ? [PADDING, END] : []), ...characters, ...(rare > 0 || unknown.size > 0 ? [RARE] : [])];
  const longest = isPadded
    ? [train, test].flat().reduce((most, line) => Math.max(most, [...line].length), 0) + 2
    : length + 1;
  const byteLength = (train.length + test.length) * longest * elementBytes(indexType(names.length));
  if (byteLength > MAX_OWN_BYTES) throw new BringError(say("brought.longText", { byteLength, most: MAX_OWN_BYTES }));
  return { train, test, names, longest, isPadded, rare, unknown, long: whole.long + other.long, byteLength };
}

/** What these settings come to, for the visitor to see before anything is made. */
export function judgeText(text: PlainText, settings: TextSettings): TextReport {
  try {
    const { train, test, names, long, rare, unknown } = plan(text, settings);
    return {
      problem: null,
      remarks: [
        ...(long > 0 ? [say("brought.longLines", { lines: long, most: MAX_LINE })] : []),
        ...(rare > 0 ? [say("brought.rareCharacters", { most: MAX_CHARACTERS, places: rare })] : []),
        ...(unknown.size > 0 ? [say("brought.unknownCharacters", { characters: [...unknown].slice(0, 20) })] : []),
      ],
      trainCount: train.length,
      testCount: test.length,
      characterCount: names.length,
    };
  } catch (error) {
    if (!(error instanceof BringError)) throw error;
    return { problem: error.said, remarks: [], trainCount: 0, testCount: 0, characterCount: 0 };
  }
}

/** The dataset: `text` `[T]`, a token for each character.
 *  @throws BringError where nothing can be made of it */
export function makeText(
  text: PlainText,
  settings: TextSettings,
): { readonly about: OwnDataset; readonly read: ReadRows } {
  const { train, test, names, longest, isPadded, byteLength } = plan(text, settings);
  const dtype = indexType(names.length);
  const column: ColumnInfo = {
    kind: "text",
    shape: [longest],
    dtype,
    scale: 1,
    names,
    ...(isPadded && { padding: 0, end: 1 }),
  };
  const tokens = new Map(names.map((character, token) => [character, token]));
  const rare = tokens.get(RARE) ?? 0;
  const textsOfSplit = { train, test };
  return {
    about: {
      id: ownId(),
      title: settings.title.trim() || "Text",
      description: isPadded
        ? `${train.length + test.length} lines`
        : `a text in pieces of ${settings.length} characters`,
      columns: { text: column },
      trainCount: train.length,
      testCount: test.length,
      byteLength,
      createdAt: Date.now(),
    },
    read: (split, _, from, to) => {
      const texts = textsOfSplit[split].slice(from, to);
      const values = new arrayTypes[dtype](texts.length * longest);
      for (const [n, each] of texts.entries()) {
        const own = Array.from(each, (character) => tokens.get(character) ?? rare);
        values.set(isPadded ? [1, ...own, 1] : own, n * longest);
      }
      return values;
    },
  };
}
