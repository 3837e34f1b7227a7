// Which models have their attention shown: all that read text and attend, whatever they tell.
import { expect, it } from "vitest";
import { attends } from "../../app/inspect/views/attends";
import { textReaderOf } from "../../app/inspect/views/text/textModel";
import { presets } from "../../src/engine";
import type { ColumnInfo } from "../../src/engine/data/column";
import type { DatasetDef } from "../../src/engine/data/dataset";
import { bringDataset, forgetDataset } from "../../src/engine/data/library";
import type { Layer } from "../../src/engine/model/presets/preset";
import { modelOf } from "../support/models";

const words = { kind: "text", shape: [5], dtype: "u8", scale: 1, names: ["\u2400", "a", "b"], padding: 0 } as const;
const dataOf = (target: ColumnInfo): DatasetDef => ({
  id: "own-words",
  title: "Words",
  description: "",
  credit: "",
  licence: "",
  trainCount: 10,
  columns: { text: words, target },
  load: () => Promise.reject(new Error("not asked for")),
});

const looking: Layer[] = [["Embedding", { inputDim: 3, outputDim: 4 }], ["MultiHeadAttention"], ["GlobalMaxPooling1D"]];

it.each([
  [
    "classes",
    { kind: "class", shape: [], scale: 1, dtype: "u8", names: ["no", "yes"] },
    "classification",
    "softmax",
    2,
  ],
  ["a number", { kind: "value", shape: [], scale: 1, dtype: "f32" }, "regression", "linear", 1],
] as const)("models that tell %s of a text are among them", (_, target, task, activation, units) => {
  bringDataset(dataOf(target));
  try {
    const end: Layer = ["Dense", { units, activation }];
    const model = { ...modelOf([...looking, end], {}, "own-words"), task: { type: task, config: {} } };
    expect(attends.suits(model)).toBe(true);
    expect(textReaderOf(model)).toMatchObject({ column: "text", steps: 5, isOfWhole: true });
    const deaf = {
      ...modelOf([["Embedding", { inputDim: 3 }], ["Flatten"], end], {}, "own-words"),
      task: { type: task, config: {} },
    };
    expect(attends.suits(deaf)).toBe(false);
  } finally {
    forgetDataset("own-words");
  }
});

it("so are models that write, and no others", () => {
  const { description } = presets["names-transformer"];
  expect(attends.suits(description)).toBe(true);
  expect(textReaderOf(description)).toMatchObject({ isOfWhole: false });
  expect([presets["names-gru"], presets.perceptron].map((preset) => attends.suits(preset.description))).toEqual([
    false,
    false,
  ]);
});
