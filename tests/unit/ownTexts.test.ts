// Plain text that visitors bring: told from tables, cut into pieces or lines, and learnt and written by a model that fits.
import { zipSync } from "fflate";
import { expect, describe, it } from "vitest";
import { openBrought } from "../../src/engine/bring/open";
import type { Source } from "../../src/engine/bring/source";
import type { TextSettings } from "../../src/engine/bring/textData";
import { checkDataset } from "../../src/engine/data/check";
import { readOwn } from "../../src/engine/data/ownData";
import { analyzeModel } from "../../src/engine/model/analyze";
import { suitedModel } from "../../src/engine/model/presets/suited";
import { heldDataset } from "../../src/engine/bring/heldDataset";
import { brought, plainDecode, written } from "../support/brought";

const bytes = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text) as Uint8Array<ArrayBuffer>;
const open = async (files: Readonly<Record<string, string>>) => {
  const all = Object.entries(files).map(([path, text]) => brought(path, bytes(text)));
  const source = await openBrought(all, plainDecode, () => {});
  const { opened } = source;
  if (opened.kind !== "text") throw new Error(`expected a text, got ${opened.kind}`);
  const made = async (change: Partial<TextSettings> = {}) => {
    const held = await source.make({ ...opened.settings, ...change }, () => {});
    const data = { ...held.about, ...(await heldDataset(held).load()) };
    checkDataset(data);
    const { names = [], shape } = data.columns["text"] ?? {};
    const textsOf = (split: "train" | "test") => {
      const letters = Array.from(data[split].columns["text"] ?? [], (token) => names[token] ?? "");
      const length = shape?.[0] ?? 1;
      return Array.from({ length: data[split].count }, (_, n) => letters.slice(n * length, (n + 1) * length).join(""));
    };
    return { about: held.about, data, textsOf };
  };
  return { opened, source, made };
};

const prose = "It was so, and the whale swam on.\r\nSo did we; and 1 ship after it.\n".repeat(20);

describe("texts", () => {
  it("are cut into pieces that go on from each other, whose end is the test, and a model that fits learns to write", async () => {
    const { opened, made } = await open({ "whale.txt": prose });
    expect(opened.preview.slice(0, 2)).toEqual([
      "It was so, and the whale swam on.",
      "So did we; and 1 ship after it.",
    ]);
    expect(opened.settings).toMatchObject({ title: "whale", length: 64, byFile: false });
    const { data, textsOf } = await made({ length: 32 });
    expect([data.trainCount, data.testCount]).toEqual([37, 4]);
    const all = [...textsOf("train"), ...textsOf("test")];
    expect(
      all[0] +
        all
          .slice(1)
          .map((text) => text.slice(1))
          .join(""),
    ).toBe(prose.replaceAll("\r", "").slice(0, 41 * 32 + 1));
    const model = suitedModel(data);
    expect(model?.task.type).toBe("language");
    expect(model && analyzeModel(model, data).problems).toEqual([]);
  });

  it("of short lines are learnt line by line, with signs at their ends, and are still so when they are read again", async () => {
    const list = Array.from({ length: 40 }, (_, n) => `Name${"abcdefgh".slice(0, n % 8)}`).join("\n");
    const { opened, made } = await open({ "names.txt": `${list}\n${"x".repeat(300)}` });
    expect(opened.settings.length).toBe(64);
    const { opened: short, made: lines } = await open({ "names.txt": list });
    expect(short.settings.length).toBe(0);
    const { about, data, textsOf } = await lines();
    expect(data.columns["text"]).toMatchObject({ shape: [13], padding: 0, end: 1 });
    expect(readOwn(structuredClone(about))?.columns).toEqual(about.columns);
    expect(new Set(textsOf("train")).has("\u2403Nameabc\u2403\u2400\u2400\u2400\u2400")).toBe(true);
    const long = await made({ length: 0 });
    expect(long.data.trainCount + long.data.testCount).toBe(40);
  });

  it("are tested on the files that say so, and a word is said of characters that training never meets", async () => {
    const { opened, made } = await open({ "b/train.txt": prose, "b/test.txt": `ß${prose}`.slice(0, 131) });
    expect(opened).toMatchObject({ hasFiles: true, settings: { byFile: true } });
    expect(opened.report.remarks.map(written)).toEqual([
      "In the test alone, and read as one sign that training never meets: ß",
    ]);
    const { data, textsOf } = await made({ length: 32 });
    expect(data.testCount).toBe(4);
    expect(textsOf("test").join("")).toContain("\uFFFD");
  });

  it("whose lines have equally many commas are read as a table, as texts of classes or as one text, and as the first again", async () => {
    const lines = ["Well, then go", "Alas, poor thing", "Yes, I will"];
    const text = Array.from({ length: 60 }, (_, n) => `${lines[n % 3] ?? ""} ${n}`).join("\n");
    const readings = ({ opened, otherwise = [] }: Source) => [opened.kind, ...otherwise.map(({ kind }) => kind)];
    const first = await openBrought([brought("a.txt", bytes(text))], plainDecode, () => {});
    expect(readings(first)).toEqual(["sorted", "table", "text"]);
    const asText = await first.otherwise?.[1]?.open(() => {});
    expect(asText && readings(asText)).toEqual(["text", "sorted", "table"]);
    expect(asText?.opened).toMatchObject({ preview: text.split("\n", 12) });
    const back = await asText?.otherwise?.[0]?.open(() => {});
    expect(back && readings(back)).toEqual(["sorted", "text", "table"]);
    const table = await openBrought([brought("a.csv", bytes(text))], plainDecode, () => {});
    expect(readings(table)).toEqual(["sorted", "table"]);
  });

  it("are told from tables, come in zips, and are refused where there is too little or no text", async () => {
    const kindOf = async (path: string, text: string) =>
      (await openBrought([brought(path, bytes(text))], plainDecode, () => {})).opened.kind;
    expect(await kindOf("a.txt", "a\tb\n1\t2\n3\t4\n")).toBe("table");
    expect(await kindOf("a.txt", "a,b\n1,2\n3,4\n")).toBe("table");
    expect(await kindOf("a.md", prose)).toBe("text");
    const zip = brought("a.zip", zipSync({ "a/x.txt": bytes(prose) }) as Uint8Array<ArrayBuffer>);
    expect((await openBrought([zip], plainDecode, () => {})).opened.kind).toBe("text");
    const { opened } = await open({ "a.txt": "short" });
    expect(opened.report.problem && written(opened.report.problem)).toMatch(/^Text: expected pieces to train on/);
    await expect(openBrought([brought("a.txt", new Uint8Array([0, 1, 2]))], plainDecode, () => {})).rejects.toThrow(
      "notText",
    );
  });
});
