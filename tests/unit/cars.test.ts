// The cars: what the two commands cut from the npm package, what residuals are, and that the preset learns as its Keras twin does.
import { describe, expect, it } from "vitest";
import { featuresOf, residualsOf, summaryOf } from "../../app/inspect/views/values/residualsOf";
import type { Predictions } from "../../src/engine";
import { cars } from "../../src/engine/data/cars";
import { inSentence } from "../../src/engine/words/en/formats";
import { fileSource } from "../../scripts/support/fileSource";

const moments = (values: readonly number[]) => {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return [mean, Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length)] as const;
};

describe("cars", () => {
  it("are the 392 complete ones, standardized by the training set alone", async () => {
    const { train, test } = await cars.load(fileSource);
    expect([train.count, test.count]).toEqual([314, 78]);
    const columnOf = ({ columns }: typeof train, column: number): number[] =>
      Array.from(columns["features"] ?? []).filter((_, i) => i % 9 === column);
    for (let column = 0; column < 9; column++) {
      const [mean, deviation] = moments(columnOf(train, column));
      expect(mean).toBeCloseTo(0, 5);
      expect(deviation).toBeCloseTo(1, 5);
      // Had the test set a part in it, both would be 0 and 1 here too.
      expect(Math.abs(moments(columnOf(test, column))[0])).toBeGreaterThan(1e-3);
    }
    // Of the whole set, as NumPy has it from the source: the mean mileage is 23.4459 and its deviation 7.7950.
    const [mean, deviation] = moments([...(train.columns["mpg"] ?? []), ...(test.columns["mpg"] ?? [])]);
    expect(mean).toBeCloseTo(23.4459, 4);
    expect(deviation).toBeCloseTo(7.795, 3);
    // The heaviest car, of 5,140 pounds, goes 13 miles: a row stays a row.
    const weights = columnOf(train, 3);
    expect(train.columns["mpg"]?.[weights.indexOf(Math.max(...weights))]).toBe(13);
  });

  it("are refused where the file is another", async () => {
    const damaged = async (path: string) => {
      const bytes = (await fileSource(path)) as Uint8Array<ArrayBuffer>;
      return Uint8Array.from(bytes, (byte, i) => (i === bytes.length - 9 ? byte ^ 1 : byte));
    };
    await expect(cars.load(damaged)).rejects.toThrow(/^Cars file cars\.f32\.gz: expected 15680 bytes/);
  });
});

describe("residuals", () => {
  const predictions = (shown: readonly number[], measured: readonly number[]): Predictions => ({
    first: 0,
    count: measured.length,
    columns: {
      y: { info: { kind: "value", shape: [], dtype: "f32", scale: 1 }, values: Float32Array.from(measured) },
    },
    shown: { output: { kind: "value", shape: [], data: Float32Array.from(shown), areProbabilities: false } },
  });

  it("are measured less predicted, with their mean and the median of their sizes", () => {
    const found = residualsOf(predictions([1, 2, 3, 4], [2, 2, 1, 8])) ?? [];
    expect(found.map(({ residual }) => residual)).toEqual([1, 0, -2, 4]);
    expect(summaryOf(found)).toEqual({ mean: 0.75, median: 1.5 });
    expect(summaryOf(found.slice(0, 3)).median).toBe(1);
  });

  it("stand beside the features of their row, in the units of its table", () => {
    const { columns, ...rest } = predictions([1, 2], [2, 2]);
    const cells = [
      { name: "weight", mean: 100, deviation: 10 },
      { name: "origin", texts: ["US", "Europe"] },
    ];
    const info = { kind: "points", shape: [3], dtype: "f32", scale: 1, cells } as const;
    const features = featuresOf({
      ...rest,
      columns: { features: { info, values: Float32Array.of(0, 1, 0, -2, 0, 1) }, ...columns },
    });
    expect(features?.names).toEqual(["weight", "origin"]);
    expect(features?.of(1).map(({ text }) => text)).toEqual(["80", "Europe"]);
    expect(featuresOf({ ...rest, columns })).toBeNull();
  });

  it("are none of a model that predicts two numbers", () => {
    expect(residualsOf(predictions([1, 2, 3, 4], [2, 2]))).toBeNull();
  });
});

it("titles keep a capital within a sentence where it is part of a name", () => {
  expect(["Loss", "R²", "KL divergence", "Mean absolute error"].map(inSentence)).toEqual([
    "loss",
    "R²",
    "KL divergence",
    "mean absolute error",
  ]);
});
