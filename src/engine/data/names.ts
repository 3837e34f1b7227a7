/** First names, letter by letter. */
import { uniform } from "../random";
import type { DatasetDef, Split } from "./dataset";
import { textDataset, tokensOf } from "./textFile";

/** What fills up short names, what begins and ends each, and the letters. */
const VOCABULARY = "_.abcdefghijklmnopqrstuvwxyz";
/** Letters in the longest name, with the signs at its ends. */
const LENGTH = 14;
const TRAIN = 7562;
const TEST = 840;

function split(names: readonly string[]): Split {
  const texts = names.map((name) => `.${name}.`.padEnd(LENGTH, "_"));
  return { count: names.length, columns: { text: tokensOf(texts, VOCABULARY) } };
}

/** 7,562 + 840 names: `text` `[14]`, as `.emma.________`. */
export const names: DatasetDef = textDataset(
  {
    id: "names",
    title: "First names",
    description: "8,402 English first names, letter by letter: enough to make up more.",
    credit: "The Stdlib Authors",
    licence: "Apache-2.0",
    trainCount: TRAIN,
    columns: {
      text: { kind: "text", shape: [LENGTH], dtype: "u8", scale: 1, names: [...VOCABULARY], padding: 0, end: 1 },
    },
  },
  {
    path: "names.txt.gz",
    byteLength: 58_941,
    sha256: "3804856cfa30661a8bcc5a1cfb7171e75b509ace4464d199b149de48da27f6f8",
  },
  (text) => {
    const lines = text.trimEnd().split("\n");
    // In an order of their own, always the same: as listed, the test set would be the end of the alphabet.
    const shuffled = lines
      .map((name, n) => ({ name, at: uniform(1, 0, 0, n) }))
      .toSorted((a, b) => a.at - b.at)
      .map(({ name }) => name);
    return { train: split(shuffled.slice(0, TRAIN)), test: split(shuffled.slice(TRAIN, TRAIN + TEST)) };
  },
);
