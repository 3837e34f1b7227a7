// When samples are learnt and forgotten: hand-made validations, and what a trainer keeps of its own.
import { describe, expect, it } from "vitest";
import { isRightNow, missingBefore, samplesOf, shareRight, wasRight } from "../../app/inspect/views/history/kinds";
import type { Answers } from "../../src/engine/train/answers";
import { HistoryBook, type SampleHistory } from "../../src/engine/train/history";

/** Answers to samples of class 1 of three, by what each is taken for. */
function answersOf(says: readonly number[], rows = Uint32Array.from(says.keys())): Answers {
  const outputs = new Float32Array(3 * says.length).fill(0.02);
  for (const [n, c] of says.entries()) outputs[3 * n + c] = 0.96;
  const losses = Float32Array.from(says, (c, n) => (c === 1 ? 0.04 : 3 + n / 100));
  const labels = new Uint32Array(says.length).fill(1);
  return { split: "validation", rows, labels, outputs, areProbabilities: true, losses };
}

/** Samples by validation: always right, never, learnt second, forgotten twice, forgotten once and not learnt again. */
const COURSE = [
  [1, 0, 2, 1, 1],
  [1, 0, 1, 0, 1],
  [1, 2, 1, 1, 1],
  [1, 2, 1, 0, 2],
];

function told(course: readonly (readonly number[])[]): { readonly book: HistoryBook; readonly history: SampleHistory } {
  const book = new HistoryBook();
  for (const [k, says] of course.entries()) {
    const answers = answersOf(says);
    book.note(10 * (k + 1), answers);
    // The page is told of them too, and takes their memory.
    structuredClone(answers, { transfer: [answers.rows.buffer, answers.labels.buffer, answers.losses.buffer] });
  }
  const history = book.told();
  if (!history) throw new Error("There must be a history.");
  return { book, history };
}

describe("history", () => {
  it("counts when each sample was learnt and how often forgotten, and sorts samples by it", () => {
    const { history } = told(COURSE);
    expect([...history.learntAt]).toEqual([10, -1, 20, 10, 10]);
    expect([...history.forgotten]).toEqual([0, 0, 0, 2, 1]);
    expect([...history.says]).toEqual([1, 2, 1, 0, 2]);
    expect([0, 1, 2, 3].map((k) => wasRight(history, k, 3))).toEqual([true, false, true, false]);
    expect(shareRight(history)).toBe(0.4);
    expect(isRightNow(history, 2)).toBe(true);
    expect(samplesOf(history, "forgotten")).toEqual([3, 4]);
    // Those never learnt come first, then the greatest loss.
    expect(samplesOf(history, "doubtful")).toEqual([1, 4, 3]);
    expect(samplesOf(history, "neverLearnt")).toEqual([1]);
    expect(samplesOf(history, "lateLearnt")).toEqual([2]);
    expect(samplesOf(history, "kept")).toEqual([0]);
  });

  it("begins anew where a run does, forgets what a run has gone back from, and reads no test samples", () => {
    const { book } = told(COURSE);
    book.note(20, answersOf([1, 1, 1, 1, 0]));
    const back = book.told();
    expect([back?.steps, back?.validations]).toEqual([[10, 20], 2]);
    expect([...(back?.forgotten ?? [])]).toEqual([0, 0, 0, 0, 1]);
    expect([...(back?.learntAt ?? [])]).toEqual([10, 20, 20, 10, 10]);
    book.note(30, { ...answersOf([1]), split: "test" });
    expect(book.told()?.validations).toBe(2);
    book.note(30, answersOf([1, 1], Uint32Array.of(7, 9)));
    expect(book.told()?.steps).toEqual([30]);
    book.forget();
    expect(book.told()).toBeNull();
  });

  it("stays small however long a run is, and keeps its counts", () => {
    const { history } = told(Array.from({ length: 1001 }, (_, k) => [k % 2, 1]));
    expect(history.validations).toBe(1001);
    expect(history.steps.length).toBeLessThanOrEqual(256);
    expect(history.steps.at(-1)).toBe(10_010);
    expect(history.forgotten[0]).toBe(500);
  });

  it("is told of a single unit as of two classes", () => {
    const book = new HistoryBook();
    const two = { split: "validation", areProbabilities: true, rows: Uint32Array.of(0, 1, 2) } as const;
    const outputs = Float32Array.of(0.875, 0.25, 0.75);
    book.note(1, { ...two, labels: Uint32Array.of(1, 0, 0), outputs, losses: new Float32Array(3) });
    const history = book.told();
    expect([...(history?.says ?? [])]).toEqual([1, 0, 1]);
    expect([...(history?.certainty ?? [])]).toEqual([0.875, 0.75, 0.75]);
  });
});

it("of a run that was taken up again says how many validations it lacks", () => {
  expect(missingBefore({ steps: [10, 20, 30], validations: 3 }, 10)).toBe(0);
  expect(missingBefore({ steps: [30, 40], validations: 2 }, 10)).toBe(2);
  // A stop within an epoch is no validation more.
  expect(missingBefore({ steps: [10, 25], validations: 2 }, 10)).toBe(0);
  expect([missingBefore({ steps: [], validations: 0 }, 10), missingBefore({ steps: [5], validations: 1 }, 0)]).toEqual([
    0, 0,
  ]);
});
