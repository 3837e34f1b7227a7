// Texts: the data there are, which tokens count, and what is told of them, against numbers worked out by hand.
import { expect, it } from "vitest";
import { fileSource } from "../../scripts/support/fileSource";
import { createCpuBackend } from "../../src/engine/backend/cpu/cpuBackend";
import { type Dataset, datasets } from "../../src/engine/data";
import { requireDataset } from "../../src/engine/data/library";
import { analyzeModel } from "../../src/engine/model/analyze";
import type { ModelDescription } from "../../src/engine/model/description";
import { ResidentData } from "../../src/engine/train/resident";
import { Session } from "../../src/engine/train/session";
import { english } from "../../src/engine/words/said";
import { presets } from "../../src/engine/model/presets";
import { onCpu, Recording } from "../support/trainer";
import { type BlockSpec, modelOf } from "../support/models";
import { columnOf } from "../support/data";

const languageOf = (layers: readonly BlockSpec[], dataset: string): ModelDescription => ({
  ...modelOf(layers, { batchSize: 2 }, dataset),
  task: { type: "language", config: {} },
});

/** The first texts of a dataset, in characters. */
async function textsOf(id: string, count: number): Promise<string[]> {
  const { train, columns } = await requireDataset(id).load(fileSource);
  const { shape: [length = 1] = [], names = [] } = columns["text"] ?? {};
  const tokens = columnOf(train, "text");
  return Array.from({ length: count }, (_, n) =>
    Array.from(tokens.slice(n * length, (n + 1) * length), (token) => names[token]).join(""),
  );
}

const balances = (brackets: string): boolean => {
  const inner = brackets.replace("()", "");
  return inner === brackets ? brackets === "" : balances(inner);
};

it.each<[string, (question: string, answer: string) => boolean]>([
  ["sort", (question, answer) => [...question].toSorted().join("") === answer],
  ["reverse", (question, answer) => [...question].toReversed().join("") === answer],
  [
    "add",
    (question, answer) => {
      const [a = NaN, b = NaN] = question.split("+").map(Number);
      return Number([...answer].toReversed().join("")) === a + b;
    },
  ],
  ["brackets", (question, answer) => answer === (balances(question) ? "y" : "n")],
])("the answers of %s are right, and all but a few of its questions different", async (id, isRight) => {
  const texts = await textsOf(id, 400);
  const cut = (datasets[id]?.columns["text"]?.question ?? 0) - 1;
  const wrong = texts.filter((text) => !isRight(text.slice(0, cut), text.slice(cut + 1)));
  expect(wrong).toEqual([]);
  expect(new Set(texts).size).toBeGreaterThan(id === "brackets" ? 150 : 390);
});

it("names begin and end, and the book goes on where a piece of it ends", async () => {
  for (const name of await textsOf("names", 50)) expect(name).toMatch(/^\.[a-z]{2,12}\._*$/);
  const [first = "", second = ""] = await textsOf("book", 2);
  expect(first).toMatch(/^CHAPTER 1\. Loomings\.\n\nCall me Ishmael\. /);
  expect(second[0]).toBe(first.at(-1));
});

it("the loss is the mean over the tokens that count, and so are the metrics", async () => {
  // Whatever it reads, the model tells a with 1/2, b with 1/4, and the filler with 1/4.
  const text = (question?: number): Dataset => ({
    id: "tiny",
    title: "Tiny",
    trainCount: 2,
    columns: {
      text: {
        kind: "text",
        shape: [4],
        dtype: "u8",
        scale: 1,
        names: ["_", "a", "b"],
        padding: 0,
        ...(question && { question }),
      },
    },
    train: { count: 2, columns: { text: Uint8Array.of(1, 1, 2, 0, 1, 1, 0, 0) } },
    test: { count: 2, columns: { text: Uint8Array.of(1, 1, 2, 0, 1, 1, 0, 0) } },
  });
  const description = languageOf(
    [
      ["Embedding", { inputDim: 3, outputDim: 1 }],
      ["Dense", { units: 3, activation: "softmax" }],
    ],
    "tiny",
  );
  const backend = createCpuBackend();
  const scoreOf = async (dataset: Dataset) => {
    const resident = new ResidentData(backend);
    const session = await Session.create({ backend, description, dataset, resident });
    session.setWeights(
      { "dense/kernel": new Float32Array(3), "dense/bias": Float32Array.of(0, Math.LN2, 0) },
      { partial: true },
    );
    const score = await session.scoreTest(() => Promise.resolve());
    session.dispose();
    resident.dispose();
    return score;
  };
  // Of "aab_" a and b count, of "aa__" only a: ln 2, ln 4 and ln 2.
  const nats = (4 * Math.LN2) / 3;
  const free = await scoreOf(text());
  expect(Object.keys(free)).toEqual(["loss", "accuracy", "perplexity", "bitsPerCharacter"]);
  const wanted = { loss: nats, accuracy: 2 / 3, perplexity: Math.exp(nats), bitsPerCharacter: 4 / 3 };
  for (const [id, value] of Object.entries(wanted)) expect(free[id], id).toBeCloseTo(value, 5);
  // After a question of two tokens there is b to tell, which is wrong, and after the other nothing, which nobody gets wrong.
  const asked = await scoreOf(text(2));
  expect(Object.keys(asked)).toEqual(["loss", "wholeAnswers", "accuracy"]);
  expect(asked["loss"]).toBeCloseTo(2 * Math.LN2, 5);
  expect([asked["wholeAnswers"], asked["accuracy"]]).toEqual([0.5, 0]);
  backend.dispose();
});

it.each<[string, BlockSpec[], string]>([
  [
    "numbers that are tokens still",
    [["Dense", { units: 28 }]],
    'Dense "dense" needs numbers, but the input gives 13. Insert an Embedding before it.',
  ],
  [
    "a vocabulary that is too small",
    [["Embedding", { inputDim: 9 }]],
    'Embedding "embedding" needs tokens of a vocabulary of 9, but the input gives 13. Set its vocabulary to 28.',
  ],
  [
    "a row for all steps",
    [["Embedding"], ["GRU", { units: 8 }], ["Dense", { units: 28, activation: "softmax" }]],
    "needs one output for each of 28 tokens at each of 13 steps, but the model gives 28.",
  ],
])("a model with %s is told so", (_, layers, message) => {
  const { problems } = analyzeModel(languageOf(layers, "names"), requireDataset("names"));
  expect(problems.map(({ said }) => english(said)).join(" ")).toContain(message);
});

it("a causal head looks at itself and at what is before it, and at nothing where there is no head", async () => {
  const { trainer } = new Recording();
  const question = { columns: { text: Uint32Array.from({ length: 17 }, (_, i) => i % 11) } };
  await trainer.prepare(presets["toy-sort"].description, { ...onCpu, limit: 64 });
  const found = (await trainer.inquire("attention", question)) ?? [];
  expect(found.map(({ block, heads, steps }) => [block, heads, steps])).toEqual([
    ["multi_head_attention", 4, 16],
    ["multi_head_attention_1", 4, 16],
  ]);
  for (const { weights } of found) {
    for (let row = 0; row < 4 * 16; row++) {
      const looks = weights.subarray(row * 16, (row + 1) * 16);
      const step = row % 16;
      expect(looks.subarray(0, step + 1).reduce((a, b) => a + b, 0)).toBeCloseTo(1, 5);
      expect(looks.subarray(step + 1).every((look) => look === 0)).toBe(true);
    }
  }
  expect(await trainer.inquire("attention", { columns: { text: new Uint32Array(3) } })).toBeNull();
  await trainer.dispose();
});
