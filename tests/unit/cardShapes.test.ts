// What cards say of shapes: steps of sequences by name, and once where a layer keeps them.
import { expect, it } from "vitest";
import { viewLayers } from "../../app/model/layerView";
import { showType } from "../../app/model/shapes";
import { analyzeModel, type PresetId, presets } from "../../src/engine";
import { requireDataset } from "../../src/engine/data/library";
import { MODEL } from "../../src/engine/tasks/supervised";

const of = (id: PresetId) => {
  const { description } = presets[id];
  const report = analyzeModel(description, requireDataset(description.dataset));
  const views = viewLayers(description, report, MODEL);
  const inner = views.flatMap(({ branches = [] }) => branches.flatMap(({ layers }) => layers));
  return {
    input: showType(report.networks[MODEL]?.input ?? null),
    cards: views.map(({ change }) => change.join(" → ")),
    inner: inner.map(({ change }) => change.join(" → ")),
  };
};

it.each<[PresetId, string, string[]]>([
  ["lstm", "28×28×1", ["28×28×1 → 28 steps × 28", "28 steps × 28 → 128", "128 → 10"]],
  ["names-gru", "13 tokens", ["13 tokens → 13 steps × 32", "13 steps: 32 → 128", "13 steps: 128 → 28"]],
  ["cnn-rnn", "8 steps × 28×28×1", ["8 steps: 28×28×1 → 32", "8 steps × 32 → 64", "64 → 8"]],
])("%s", (id, input, cards) => {
  expect(of(id)).toMatchObject({ input, cards });
});

it("images and what is in containers", () => {
  expect(of("convnet").cards.slice(0, 2)).toEqual(["28×28×1 → 26×26×32", "26×26×32 → 13×13×32"]);
  expect(of("cnn-rnn").inner.slice(0, 2)).toEqual(["28×28×1 → 12×12×8", "12×12×8 → 5×5×16"]);
  expect(of("toy-sort").inner).toContain("16 steps: 64 → 256");
});
