// What the page makes of a model's answers: sample by sample, and in words.
import { describe, expect, it } from "vitest";
import { describeVerdict, fillOf, readClassified, toPixels } from "../../app/inspect/views/readPredictions";
import type { Predictions } from "../../src/engine";

describe("predictions", () => {
  /** What a classifier of `a` and `b` says of samples. */
  const answersTo = (
    inputs: readonly number[],
    shape: readonly number[],
    labels: readonly number[],
    outputs: readonly number[],
    areProbabilities: boolean,
  ): Predictions => ({
    first: 0,
    count: labels.length,
    columns: {
      point: { info: { kind: "points", shape, dtype: "f32", scale: 1 }, values: Float32Array.from(inputs) },
      label: {
        info: { kind: "class", shape: [], dtype: "u8", scale: 1, names: ["a", "b"] },
        values: Uint32Array.from(labels),
      },
    },
    shown: {
      output: {
        kind: "class",
        shape: [outputs.length / labels.length],
        data: Float32Array.from(outputs),
        areProbabilities,
      },
    },
  });

  it("of one unit are a pair of probabilities", () => {
    const read = readClassified(answersTo([0, 0, 0, 1], [2], [0, 1], [0.25, 0.75], true));
    expect(read?.verdicts.map(({ outputs, predicted }) => [...outputs, predicted])).toEqual([
      [0.75, 0.25, 0],
      [0.25, 0.75, 1],
    ]);
  });

  it("are no verdicts where they are of another kind", () => {
    const { shown, ...rest } = answersTo([0], [1], [1], [0.5], true);
    const output = { kind: "value", shape: [1], data: Float32Array.of(0.5) } as const;
    expect(readClassified({ ...rest, shown: { output } })).toBeNull();
    expect(readClassified({ ...rest, shown: {} })).toBeNull();
    expect(readClassified({ ...rest, shown, columns: {} })).toBeNull();
  });

  it("are taken apart sample by sample", () => {
    const read = readClassified(answersTo([0, 0, 0, 1], [2], [0, 1], [0.25, 0.75, 0.5, 0.5], true));
    const verdicts = read?.verdicts ?? [];
    expect(verdicts.map(({ predicted, isRight }) => [predicted, isRight])).toEqual([
      [1, false],
      [0, false],
    ]);
    expect([...(verdicts[1]?.input ?? [])]).toEqual([0, 1]);
  });

  it.each<[number[], boolean, string]>([
    [[0.25, 0.75], true, "A b, and the model is 75.0% sure of it"],
    [[0.75, 0.25], true, "A b; the model says a, 75.0% sure"],
    [[-3, 16.04], false, "A b, and the model scores it highest: 16"],
    [[-0.1234, -1], false, "A b; the model says a, score -0.123"],
    [[NaN, 1], false, "A b; the model says a, score not finite"],
  ])("of %j, probabilities: %s, read: %s", (given, areProbabilities, words) => {
    const read = readClassified(answersTo([0], [1], [1], given, areProbabilities));
    const [verdict] = read?.verdicts ?? [];
    expect(read && verdict && describeVerdict(verdict, read)).toBe(words);
  });

  it("have an article before a digit or a letter, and none before a name that a visitor gave", () => {
    const read = readClassified(answersTo([0], [1], [1], [0.25, 0.75], true));
    const [verdict] = read?.verdicts ?? [];
    const words = verdict && describeVerdict(verdict, { areProbabilities: true, classNames: ["cat", "dog"] });
    expect(words).toBe("dog, and the model is 75.0% sure of it");
  });

  it("fill their bars as far as they go", () => {
    const fills = (...outputs: number[]) => outputs.map((_, i) => fillOf(new Float32Array(outputs), i));
    expect(fills(0.25, 0.75)).toEqual([0.25, 0.75]);
    expect(fills(-2, 1, 4), "scores, to the scale of the largest").toEqual([0, 0.25, 1]);
  });

  it("show grey values as they are", () => {
    expect([...toPixels(new Float32Array([0, 1]))]).toEqual([0, 0, 0, 255, 255, 255, 255, 255]);
  });
});
