/** Makes a dataset of texts of classes: rows of tokens, words or characters, of one length, and what each is. */
import { type ColumnInfo, indexType, partsOf, RARE } from "../data/column";
import { arrayTypes, elementBytes } from "../graph/type";
import { MAX_NAMES, MAX_OWN_BYTES, type OwnDataset, ownId, type ReadRows } from "../data/ownData";
import { permutation, STREAM } from "../random";
import { type Said, say } from "../words/said";
import { BringError } from "./refusal";
import { splitRows } from "./split";

/** What texts may be sorted by: for each which of the classes it is of, -1 where that is not known. */
export interface Sorting {
  readonly name: string;
  readonly classes: readonly string[];
  readonly labels: Int32Array;
}

/** Texts as they were read: written out, or as the tokens that another program made of them. */
export interface SortedTexts {
  readonly texts: readonly string[] | readonly Uint32Array[];
  readonly sortings: readonly Sorting[];
  /** Which of them their files say are for the test. */
  readonly isTest: Uint8Array;
}

/** What a visitor chooses for texts of classes. */
export interface SortedSettings {
  readonly kind: "sorted";
  readonly title: string;
  /** By what they are sorted. */
  readonly target: number;
  /** Classes that are left out. */
  readonly off: readonly string[];
  readonly unit: "words" | "characters";
  /** Tokens of each text: shorter ones are filled up at their beginning, as Keras does. */
  readonly length: number;
  /** So many different tokens, the most frequent; those that fill up and stand for others included. */
  readonly vocabulary: number;
  readonly byFile: boolean;
  readonly testShare: number;
  readonly seed: number;
}

/** What comes of texts with these settings. */
export interface SortedReport {
  readonly problem: Said | null;
  readonly remarks: readonly Said[];
  readonly trainCount: number;
  readonly testCount: number;
  readonly tokenCount: number;
  readonly length: number;
  readonly classes: readonly { readonly name: string; readonly count: number }[];
}

const TEXT_LENGTHS = [20, 50, 100, 200, 400] as const;
const VOCABULARIES = [1000, 5000, 20_000] as const;
const MAX_CLASSES = 1000;
/** How many times larger the largest class may be than the smallest without a word. */
const MAX_UNEVEN = 5;

/** Fills up. */
const PADDING = "\u2400";
const FIRST = 2;

/** All that texts are made of, each once, and each text as indices into it. */
interface Indexed {
  readonly rows: readonly Uint32Array[];
  /** Null where they came as tokens. */
  readonly parts: readonly string[] | null;
}

const indexedBefore = new WeakMap<SortedTexts, Map<string, Indexed>>();

const isWritten = (texts: SortedTexts["texts"]): texts is readonly string[] => typeof texts[0] === "string";

/** Whether texts came as tokens, of which nothing is to be chosen. */
export const areTokens = ({ texts }: SortedTexts): boolean => !isWritten(texts);

/** @param unit what a token is, where they are written out */
function indexed(all: SortedTexts, unit: SortedSettings["unit"]): Indexed {
  const { texts } = all;
  if (!isWritten(texts)) return { rows: texts, parts: null };
  const before = indexedBefore.get(all) ?? new Map<string, Indexed>();
  indexedBefore.set(all, before);
  const known = before.get(unit);
  if (known) return known;
  const places = new Map<string, number>();
  const placeOf = (part: string): number => {
    const place = places.get(part) ?? places.size;
    places.set(part, place);
    return place;
  };
  const rows = texts.map((text) => {
    return Uint32Array.from(partsOf(text, unit === "words"), placeOf);
  });
  const made = { rows, parts: [...places.keys()] };
  before.set(unit, made);
  return made;
}

/** What is to be begun with: words where there are spaces, and as many of them as nearly all texts have. */
export function guessSortedSettings(all: SortedTexts, title: string): SortedSettings {
  const { texts, isTest } = all;
  const letters = isWritten(texts) ? texts.slice(0, 200).join(" ") : "";
  const unit = /\S{40}/.test(letters.slice(0, 4000)) ? "characters" : "words";
  const lengths = indexed(all, unit).rows.map((row) => row.length);
  const usual = lengths.toSorted((a, b) => a - b)[Math.floor(0.95 * (lengths.length - 1))] ?? 0;
  return {
    kind: "sorted",
    title: title.slice(0, 80),
    target: 0,
    off: [],
    unit,
    length: TEXT_LENGTHS.find((length) => length >= usual) ?? TEXT_LENGTHS.at(-1) ?? usual,
    vocabulary: VOCABULARIES[1],
    byFile: isTest.includes(1) && isTest.includes(0),
    testShare: 0.2,
    seed: 1,
  };
}

/** Which token each part is, the most frequent of the training rows first. */
function vocabularyOf({ rows, parts }: Indexed, train: Uint32Array, most: number) {
  if (!parts) {
    const count = rows.reduce((top, row) => row.reduce((all, token) => Math.max(all, token), top), 0) + 1;
    if (count > MAX_NAMES) throw new BringError(say("brought.manyTokens", { most: MAX_NAMES, got: count }));
    return { names: Array.from({ length: count }, (_, token) => String(token)), tokenOf: null, rare: 0 };
  }
  const counts = new Uint32Array(parts.length);
  for (const n of train) for (const part of rows[n] ?? []) counts[part] = (counts[part] ?? 0) + 1;
  const there = [...counts.keys()].filter((part) => (counts[part] ?? 0) > 0);
  const kept = there.toSorted((a, b) => (counts[b] ?? 0) - (counts[a] ?? 0)).slice(0, most - FIRST);
  const tokenOf = new Uint32Array(parts.length).fill(1);
  for (const [i, part] of kept.entries()) tokenOf[part] = FIRST + i;
  return {
    names: [PADDING, RARE, ...kept.map((part) => parts[part] ?? "")],
    tokenOf,
    rare: there.length - kept.length,
  };
}

/** What texts make with these settings, without their values. */
function plan(all: SortedTexts, settings: SortedSettings) {
  const { target, off, unit, vocabulary, byFile, testShare, seed } = settings;
  const sorting = all.sortings[target];
  if (!sorting) throw new BringError(say("brought.noTarget"));
  const whole = indexed(all, unit);
  const length = whole.parts ? settings.length : (whole.rows[0]?.length ?? 0);
  const classes = sorting.classes.filter((name) => !off.includes(name));
  if (classes.length < 2) throw new BringError(say("brought.oneSort"));
  if (classes.length > MAX_CLASSES) {
    throw new BringError(say("brought.manyClasses", { most: MAX_CLASSES, got: classes.length }));
  }
  const places = sorting.classes.map((name) => classes.indexOf(name));
  const labelOf = (n: number): number => places[sorting.labels[n] ?? -1] ?? -1;
  const known = Uint32Array.from(whole.rows.keys()).filter((n) => labelOf(n) >= 0);
  const rows = known.filter((n) => (whole.rows[n]?.length ?? 0) > 0);
  const labels = Uint32Array.from(rows, labelOf);
  const mixed = Uint32Array.from(permutation(rows.length, seed, 0, STREAM.split), (i) => rows[i] ?? 0);
  const { train, test } = byFile
    ? { train: mixed.filter((n) => all.isTest[n] === 0), test: mixed.filter((n) => all.isTest[n] === 1) }
    : splitRows(rows, labels, testShare, seed);
  if (train.length < 1 || test.length < 1) throw new BringError(say("brought.fewTexts", { got: rows.length }));
  const { names, tokenOf, rare } = vocabularyOf(whole, train, vocabulary);
  const dtype = indexType(names.length);
  const byteLength = rows.length * (length * elementBytes(dtype) + 4);
  if (byteLength > MAX_OWN_BYTES) throw new BringError(say("brought.longText", { byteLength, most: MAX_OWN_BYTES }));
  const empty = known.length - rows.length;
  return {
    whole,
    length,
    classes,
    labelOf,
    rows,
    labels,
    train,
    test,
    names,
    tokenOf,
    rare,
    dtype,
    byteLength,
    empty,
  };
}

/** What these settings come to, for the visitor to see before anything is made. */
export function judgeSorted(all: SortedTexts, settings: SortedSettings): SortedReport {
  try {
    const { whole, length, classes, labelOf, rows, train, test, names, rare, empty } = plan(all, settings);
    const counts = classes.map(() => 0);
    for (const n of rows) counts[labelOf(n)] = (counts[labelOf(n)] ?? 0) + 1;
    const [fewest, most] = [Math.min(...counts), Math.max(...counts)];
    const tested = new Set(Array.from(test, labelOf));
    const lacking = classes.filter((_, i) => !tested.has(i));
    const cut = rows.reduce((sum, n) => sum + ((whole.rows[n]?.length ?? 0) > length ? 1 : 0), 0);
    const [large, small] = [most, fewest].map((count) => classes[counts.indexOf(count)] ?? "") as [string, string];
    return {
      problem: null,
      remarks: [
        ...(empty > 0 ? [say("brought.emptyTexts", { texts: empty })] : []),
        ...(cut > 0 ? [say("brought.cutTexts", { texts: cut, length })] : []),
        ...(rare > 0 ? [say("brought.rareWords", { words: rare })] : []),
        ...(most > MAX_UNEVEN * fewest ? [say("brought.unevenTexts", { large, most, small, fewest })] : []),
        ...(lacking.length > 0 ? [say("brought.lackingInTest", { classes: lacking })] : []),
      ],
      trainCount: train.length,
      testCount: test.length,
      tokenCount: names.length,
      length,
      classes: classes.map((name, i) => ({ name, count: counts[i] ?? 0 })),
    };
  } catch (error) {
    if (!(error instanceof BringError)) throw error;
    return { problem: error.said, remarks: [], trainCount: 0, testCount: 0, tokenCount: 0, length: 0, classes: [] };
  }
}

/** The dataset: `text` `[T]`, a token for each word or character, and `label`.
 *  @throws BringError where nothing can be made of it */
export function makeSorted(
  all: SortedTexts,
  settings: SortedSettings,
): { readonly about: OwnDataset; readonly read: ReadRows } {
  const { whole, length, classes, labelOf, train, test, names, tokenOf, dtype, byteLength } = plan(all, settings);
  const labelType = indexType(classes.length);
  const rowsOf = { train, test };
  const text: ColumnInfo = {
    kind: "text",
    shape: [length],
    dtype,
    scale: 1,
    names,
    padding: 0,
    ...((whole.parts === null || settings.unit === "words") && { areWords: true }),
  };
  return {
    about: {
      id: ownId(),
      title: settings.title.trim() || "Texts",
      description: `${train.length + test.length} texts of ${classes.length} classes`,
      columns: { text, label: { kind: "class", shape: [], dtype: labelType, scale: 1, names: classes } },
      trainCount: train.length,
      testCount: test.length,
      byteLength,
      createdAt: Date.now(),
    },
    read: (split, name, from, to) => {
      const rows = rowsOf[split].subarray(from, to);
      if (name === "label") return arrayTypes[labelType].from(Array.from(rows, labelOf));
      const values = new arrayTypes[dtype](rows.length * length);
      for (const [i, n] of rows.entries()) {
        const own = (whole.rows[n] ?? new Uint32Array()).subarray(0, length);
        const tokens = tokenOf ? own.map((part) => tokenOf[part] ?? 1) : own;
        values.set(tokens, (i + 1) * length - tokens.length);
      }
      return values;
    },
  };
}
