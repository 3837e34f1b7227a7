// The survey of products on a real device: every way is tried, in the usual number of parts and in others, and the engine's own
// choice is marked. What it measures is not asserted.
import { expect, test } from "vitest";
import { gemmVariantsOf } from "../../src/engine/backend/webgpu/webgpuBackend";
import { type SurveyRow, surveyGemms } from "../../src/engine/tune/survey";
import { testGpu } from "../support/gpu";
import { modelOf } from "../support/models";

const model = modelOf([["Dense", { units: 1 }]], { batchSize: 4, loss: "meanSquaredError" }, "xor");
const plain = { name: "plain", of: { m: 8, n: 12, k: 32 } };

async function surveyed(subjects: Parameters<typeof surveyGemms>[1], budgetMs: number): Promise<SurveyRow[]> {
  const rows: SurveyRow[] = [];
  await surveyGemms(await testGpu(), subjects, budgetMs, (row) => rows.push(row));
  return rows;
}

test("tries every way of every product, in several numbers of parts, and marks the engine's own", async () => {
  const rows = await surveyed([{ name: "model", of: model }, plain], 120_000);
  const adapter = await (await testGpu()).requestAdapter();
  const variants = adapter ? await gemmVariantsOf(adapter) : [];
  const sizes = new Set(rows.map(({ size }) => size));
  expect(sizes).toContain("1x4x1x2");
  for (const size of sizes) {
    const own = rows.filter((row) => row.size === size);
    const [usual, ...others] = own.filter(({ isDefault }) => isDefault);
    expect(others).toEqual([]);
    const inUsualParts = own.filter(({ parts }) => parts === usual?.parts);
    expect(inUsualParts.map(({ variant }) => variant)).toEqual(variants);
  }
  for (const { parts, us, sumUs, workgroups } of rows) {
    expect(us).toBeGreaterThan(0);
    expect(workgroups).toBeGreaterThan(0);
    expect(sumUs > 0).toBe(parts > 1);
  }
}, 180_000);

test("begins nothing when there is no time", async () => {
  expect(await surveyed([plain], 0)).toEqual([]);
});
