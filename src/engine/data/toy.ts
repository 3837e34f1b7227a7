/** What toy sequences have in common: questions of a few tokens with one right answer, made on the device, the same each time. */
import { uniform } from "../random";
import type { DatasetDef, Split } from "./dataset";
import { madeDataset } from "./made";

const TRAIN = 20_000;
const TEST = 1000;

/** A whole number below so many, another one at each call. */
export type Dice = (below: number) => number;

interface Toy {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  /** Every character that questions and answers are made of, once each. */
  readonly vocabulary: string;
  /** A question with the sign that ends it, and its answer, as long as all others. */
  readonly ask: (dice: Dice) => readonly [question: string, answer: string];
}

/** `text`: the question, then the answer, `[L]` u8. */
export function toyDataset({ id, title, description, vocabulary, ask }: Toy): DatasetDef {
  const diceOf = (seed: number, n: number): Dice => {
    let draws = 0;
    return (below) => Math.floor(below * uniform(seed, draws++, 0, n));
  };
  const draw = (count: number, seed: number): Split => {
    const written = Array.from({ length: count }, (_, n) => ask(diceOf(seed, n)).join(""));
    const text = Uint8Array.from(written.join(""), (character) => vocabulary.indexOf(character));
    return { count, columns: { text } };
  };
  const [question, answer] = ask(diceOf(0, 0));
  return madeDataset(
    {
      id,
      title,
      description,
      credit: "Descent",
      licence: "public domain",
      trainCount: TRAIN,
      columns: {
        text: {
          kind: "text",
          shape: [question.length + answer.length],
          dtype: "u8",
          scale: 1,
          names: [...vocabulary],
          question: question.length,
        },
      },
    },
    () => ({ train: draw(TRAIN, 1), test: draw(TEST, 2) }),
  );
}
