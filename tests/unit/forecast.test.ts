// Series that are put together again from windows, and how far off forecasts of them are.
import { expect, it } from "vitest";
import { meanError, seriesOf } from "../../app/inspect/views/forecast/seriesOf";
import { wave } from "../../src/engine/data/wave";

const shownOf = (data: Float32Array) => ({ output: { kind: "value" as const, shape: [1], data } });

it("windows that follow each other are one series, and others are none", async () => {
  const { test } = await wave.load(() => Promise.reject(new Error("Waves read no file")));
  const [steps, next] = [test.columns["steps"], test.columns["next"]];
  const { steps: info, next: target } = wave.columns;
  if (!steps || !next || !info || !target) throw new Error("expected the columns of the data");
  const columns = { steps: { info, values: steps }, next: { info: target, values: next } };
  const predictions = { first: 0, count: test.count, columns, shown: shownOf(Float32Array.from(next)) };
  const series = seriesOf(predictions);
  expect(series?.measured).toHaveLength(test.count + 16);
  expect(series?.measured.subarray(40, 56)).toEqual(steps.subarray(40 * 16, 41 * 16));
  expect(meanError(series?.told ?? [], series?.measured ?? [], 16)).toBe(0);
  expect(meanError([1, 2, 9], [0, 0, 1, 4], 2)).toBe(1);
  expect(meanError([1], [1], 1)).toBeNull();
  const mixed = Float32Array.from(steps).fill(0, 16, 32);
  expect(seriesOf({ ...predictions, columns: { ...columns, steps: { info, values: mixed } } })).toBeNull();
});
