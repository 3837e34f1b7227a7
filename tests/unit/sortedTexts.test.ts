// Texts of classes that visitors bring: as tokens in NumPy's arrays, in folders, in a column of a table.
import { zipSync } from "fflate";
import { describe, expect, it } from "vitest";
import { heldDataset } from "../../src/engine/bring/heldDataset";
import { openBrought } from "../../src/engine/bring/open";
import type { SortedSettings } from "../../src/engine/bring/sortedTexts";
import type { Source } from "../../src/engine/bring/source";
import { checkDataset } from "../../src/engine/data/check";
import { writtenText } from "../../src/engine/data/column";
import { readOwn } from "../../src/engine/data/ownData";
import { analyzeModel } from "../../src/engine/model/analyze";
import { suitedModel } from "../../src/engine/model/presets/suited";
import { brought, npy, plainDecode, written } from "../support/brought";

const bytes = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text) as Uint8Array<ArrayBuffer>;
const ints = (shape: readonly number[], values: readonly number[]): Uint8Array<ArrayBuffer> =>
  npy("<i4", shape, new Uint8Array(Int32Array.from(values).buffer));
const open = (files: Readonly<Record<string, Uint8Array<ArrayBuffer>>>): Promise<Source> =>
  openBrought(
    Object.entries(files).map(([path, each]) => brought(path, each)),
    plainDecode,
    () => {},
  );
const sortedOf = ({ opened }: Source) => {
  if (opened.kind !== "sorted") throw new Error(`expected texts of classes, got ${opened.kind}`);
  return opened;
};
const made = async (source: Source, change: Partial<SortedSettings> = {}) => {
  const held = await source.make({ ...sortedOf(source).settings, ...change }, () => {});
  const data = await heldDataset(held).load();
  checkDataset(data);
  expect(readOwn(held.about)).toEqual(held.about);
  const { text: info, label } = data.columns;
  const length = info?.shape[0] ?? 1;
  const textsOf = (split: "train" | "test"): string[] => {
    const { text = [], label: labels = [] } = data[split].columns;
    return Array.from({ length: data[split].count }, (_, n) => {
      const tokens = [...text.slice(n * length, (n + 1) * length)];
      const said = info ? writtenText(tokens, info, (token) => token === info.padding) : "";
      return `${label?.names?.[labels[n] ?? 0]}: ${said}`;
    });
  };
  return { data, info, textsOf };
};

/** Tokens of reviews, filled up at their beginning as Keras does. */
const reviews = (count: number, length: number): number[] =>
  Array.from({ length: count * length }, (_, i) => (i % length < 2 ? 0 : 1 + ((i * 7919) % 299)));

describe("texts of classes", () => {
  it("come as tokens of Keras's datasets, with their own division, and a model that fits reads them", async () => {
    const [length, train, test] = [12, 40, 10];
    const labels = (count: number): number[] => Array.from({ length: count }, (_, n) => n % 2);
    const source = await open({
      "reviews.npz": new Uint8Array(
        zipSync({
          "x_train.npy": ints([train, length], reviews(train, length)),
          "y_train.npy": ints([train], labels(train)),
          "x_test.npy": ints([test, length], reviews(test, length).with(7, 319)),
          "y_test.npy": ints([test], labels(test)),
        }),
      ),
    });
    expect(sortedOf(source)).toMatchObject({ areTokens: true, hasFiles: true, settings: { byFile: true } });
    const { data, info } = await made(source);
    expect([data.trainCount, data.test.count, info?.shape, info?.names?.length]).toEqual([train, test, [length], 320]);
    expect(info?.dtype).toBe("u16");
    // Each row has the label that it came with.
    const { text = [], label = [] } = data.train.columns;
    const all = reviews(train, length);
    for (let n = 0; n < train; n++) {
      const own = text.slice(n * length, (n + 1) * length).join();
      const from = labels(train).findIndex((_, i) => all.slice(i * length, (i + 1) * length).join() === own);
      expect(label[n]).toBe(from % 2);
    }
    const model = suitedModel(data);
    expect(model?.task.type).toBe("classification");
    expect(model && analyzeModel(model, data).problems).toEqual([]);
    const table = await source.otherwise?.[0]?.open(() => {});
    expect(table?.opened.kind).toBe("table");
    expect((await table?.otherwise?.[0]?.open(() => {}))?.opened.kind).toBe("sorted");
  });

  it("are told from tables of whole numbers, which may be read as texts all the same", async () => {
    const rows = Array.from({ length: 30 }, (_, n) => [n % 5, 10 * n, 1900 + n, n % 2, 7, n, n, n, n, 4]).flat();
    const source = await open({
      "x.npy": ints([30, 10], rows),
      "y.npy": ints(
        [30],
        rows.slice(0, 30).map((n) => n % 2),
      ),
    });
    expect(source.opened.kind).toBe("table");
    expect(source.otherwise?.map(({ kind }) => kind)).toEqual(["sorted"]);
  });

  it("in folders are words by frequency, rare ones one sign, cut or filled up at their beginning", async () => {
    const files = Object.fromEntries(
      ["good", "bad"].flatMap((kind) =>
        Array.from({ length: 10 }, (_, n) => [
          `reviews/${kind}/${n}.txt`,
          bytes(`It's a ${kind} film, ${kind}!${n === 0 ? " Once." : ""}`),
        ]),
      ),
    );
    const source = await open({
      ...files,
      "reviews/good/none.txt": bytes(" \r\n"),
      "reviews/off/a.txt": bytes("x"),
      "reviews/off/b.txt": bytes("y"),
    });
    const { settings, report } = sortedOf(source);
    expect(settings).toMatchObject({ unit: "words", length: 20, byFile: false });
    expect(report.classes.map(({ name, count }) => [name, count])).toEqual([
      ["bad", 10],
      ["good", 10],
      ["off", 2],
    ]);
    expect(report.remarks.map(written)).toContain("1 text is empty, and left out.");
    const { info, textsOf } = await made(source, { off: ["off"], length: 4, vocabulary: 7, testShare: 0.1 });
    expect(info?.names).toHaveLength(7);
    expect(new Set(textsOf("train"))).toEqual(new Set(["bad: it's a bad film", "good: it's a good film"]));
    const whole = await made(source, { off: ["off"], vocabulary: 7 });
    const all = [...whole.textsOf("train"), ...whole.textsOf("test")];
    expect(all).toContain("bad: it's a bad film bad \uFFFD");
    const letters = await made(source, { off: ["off"], unit: "characters", length: 8 });
    expect(new Set(letters.textsOf("train"))).toEqual(new Set(["bad: It's a b", "good: It's a g"]));
    expect((await source.otherwise?.[0]?.open(() => {}))?.opened.kind).toBe("text");
    const one = await source.change({ ...settings, off: ["off", "good"] });
    expect(one.report.problem && written(one.report.problem)).toMatch(/at least two, got fewer/);
  });

  it("in a column of a table go with a class of another", async () => {
    const lines = Array.from(
      { length: 60 },
      (_, n) => `"The ${n % 3 === 0 ? "worst" : "best"}, film of number ${n}",${n % 3 === 0 ? "negative" : "positive"}`,
    );
    const source = await open({ "films.csv": bytes(["review,sentiment", ...lines].join("\n")) });
    expect(sortedOf(source).sortings).toEqual([{ name: "sentiment", classes: ["negative", "positive"] }]);
    const { textsOf } = await made(source);
    for (const text of textsOf("train"))
      expect(text).toMatch(/^(negative: the worst|positive: the best) film of number/);
    expect((await source.otherwise?.[0]?.open(() => {}))?.opened.kind).toBe("table");
    const more = ["review,stars,sentiment", ...lines.map((line, n) => line.replace('",', `",${n % 5},`))];
    expect((await open({ "films.csv": bytes(more.join("\n")) })).otherwise?.[0]?.kind).toBe("sorted");
  });
});
