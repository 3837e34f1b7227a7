/** A book, character by character. */
import type { DatasetDef, Split } from "./dataset";
import { textDataset, tokensOf } from "./textFile";

const VOCABULARY = "\n !\"$&'()*,-.0123456789:;?ABCDEFGHIJKLMNOPQRSTUVWXYZ[]abcdefghijklmnopqrstuvwxyz";
/** Characters of a sample: 64 to read, and as many to tell, each the next one. */
const LENGTH = 65;
const TRAIN = 16_760;
const TEST = 1862;

/** Samples of which each begins with the last character of the one before it. */
function cut(text: string, first: number, count: number): Split {
  const step = LENGTH - 1;
  const texts = Array.from({ length: count }, (_, n) => text.slice((first + n) * step, (first + n) * step + LENGTH));
  return { count, columns: { text: tokensOf(texts, VOCABULARY) } };
}

/** 16,760 + 1,862 pieces of Moby-Dick: `text` `[65]`. The test set is the end of the book. */
export const book: DatasetDef = textDataset(
  {
    id: "book",
    title: "Moby-Dick",
    description: "The whole novel in pieces of 64 characters: a million characters to learn English from.",
    credit: "Herman Melville, 1851; text prepared by The Stdlib Authors",
    licence: "public domain; Apache-2.0",
    trainCount: TRAIN,
    columns: { text: { kind: "text", shape: [LENGTH], dtype: "u8", scale: 1, names: [...VOCABULARY] } },
  },
  {
    path: "book.txt.gz",
    byteLength: 1_191_933,
    sha256: "52ee15b20f3a51012d739d2c7cb730c0ef9c4d6a8ab1a54526cb1f56bb7f082c",
  },
  (text) => ({ train: cut(text, 0, TRAIN), test: cut(text, TRAIN, TEST) }),
);
