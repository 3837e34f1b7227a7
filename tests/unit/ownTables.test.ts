// Tables that visitors bring: what is read of them, what is made of it, and that nothing hostile gets further than a sentence.
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readTable } from "../../src/engine/bring/csv";
import { splitRows } from "../../src/engine/bring/split";
import { tableSource } from "../../src/engine/bring/tableSource";
import { guessSettings, judgeTable, makeTable } from "../../src/engine/bring/table";
import { readOwn } from "../../src/engine/data/ownData";
import { checkDataset } from "../../src/engine/data/check";
import { BringError } from "../../src/engine/bring/refusal";
import { analyzeModel } from "../../src/engine/model/analyze";
import { suitedModel } from "../../src/engine/model/presets/suited";
import { later } from "../../src/engine/words/en/later";
import { render, type Said } from "../../src/engine/words/said";
import { createCpuBackend } from "../../src/engine/backend/cpu/cpuBackend";
import { ResidentData } from "../../src/engine/train/resident";
import { Session } from "../../src/engine/train/session";
import { nextTask } from "../../src/engine/train/yielding";
import { inUnits, samplePredictions } from "../../src/engine/trainer/predictions";
import { isFull } from "../support/full";

const english = (said: Said): string => render(said, later);

const read = (text: string | Uint8Array<ArrayBuffer>) => readTable(new Blob([text]));

/** A dataset as the trainer would load it. */
async function made(text: string, change = {}) {
  const table = await read(text);
  const { about, read: rows } = makeTable(table, { ...guessSettings(table, "t"), ...change });
  const splitOf = (name: "train" | "test", count: number) => ({
    count,
    columns: Object.fromEntries(Object.keys(about.columns).map((column) => [column, rows(name, column, 0, count)])),
  });
  return { ...about, train: splitOf("train", about.trainCount), test: splitOf("test", about.testCount) };
}

const flowers = (count: number) =>
  ["id,length,colour,weight,species"]
    .concat(
      Array.from({ length: count }, (_, i) =>
        [
          i + 1,
          i % 7 === 3 ? "" : (i * 37) % 11,
          ["red", "blue", "green"][(i * 5) % 3],
          (i * i) % 13,
          i % 4 < 2 ? "a" : "b",
        ].join(),
      ),
    )
    .join("\n");

describe("tables", () => {
  it("whose number to predict is always the same are refused at once, whatever its mean is rounded to", async () => {
    const table = await read(`x,y\n${Array.from({ length: 40 }, (_, i) => `${(i * 7) % 11},0.1`).join("\n")}`);
    const settings = { ...guessSettings(table, "t"), target: 1, uses: ["number", "number"] as const };
    expect(() => makeTable(table, settings)).toThrow(BringError);
    const { problem } = judgeTable(table, settings);
    expect(problem && english(problem)).toMatch(/^y: expected numbers that differ/);
  });

  it("are tested on the rows of another file, of the same columns and read as the first is", async () => {
    const [mine, theirs] = ["n,kind\n" + "1,a\n2,b\n".repeat(20), "n;kind\n30;b\n40;a\n50;c\n"];
    const file = new File([mine], "mine.csv");
    const source = tableSource(await readTable(file), "t", file);
    const { settings } = source.opened;
    const withOther = (text: string) =>
      source.add?.(
        [{ path: "theirs.csv", file: new File([text], "theirs.csv") }],
        { split: "test" },
        settings,
        () => {},
      );
    const opened = await withOther(theirs);
    expect(opened).toMatchObject({
      hasFiles: true,
      settings: { byFile: true },
      report: { trainCount: 40, testCount: 3 },
    });
    const { about, read: rows } = await source.make(opened?.settings ?? settings, () => {});
    expect(about.columns["target"]?.names).toEqual(["a", "b", "c"]);
    expect([...rows("test", "target", 0, 3)].toSorted()).toEqual([0, 1, 2]);
    // Scaled by what the training rows say: 1 and 2 are a deviation of a half around 1.5.
    expect([...rows("test", "features", 0, 3)].toSorted((a, b) => a - b)).toEqual([57, 77, 97]);
    await expect(withOther("m,kind\n1,a\n")).rejects.toThrow("otherColumns");
  });

  it("look categories up in tables of vectors where they are embedded, which comes to the same features", async () => {
    const rows = Array.from({ length: 120 }, (_, i) => `${i % 9},t${(i * 7) % 23},${i % 3 ? "x" : "y"},${(i * 5) % 4}`);
    const table = ["n,town,shop,price"].concat(rows).join("\n");
    const settings = guessSettings(await read(table), "t");
    expect(settings.uses).toEqual(["number", "embedded", "category", "category"]);
    const data = await made(table, { target: 3, uses: ["number", "embedded", "embedded", "number"] });
    const { names = [], embedded } = data.columns["features"] ?? {};
    expect([names.length, embedded]).toEqual([26, [23, 2]]);
    expect(names[0]).toBe("n");
    expect(names[24]?.startsWith("shop=")).toBe(true);
    expect(readOwn(structuredClone(data))?.columns).toEqual(data.columns);
    const model = suitedModel(data);
    const analysis = model && analyzeModel(model, data);
    expect(analysis?.problems).toEqual([]);
    expect(analysis?.layers.map(({ output }) => output?.shape).filter((shape) => shape?.[0] === 12)).toHaveLength(1);
  });

  it("have a table of vectors for each of many embedded categories, whose containers hold no more branches than they may", async () => {
    const names = Array.from({ length: 19 }, (_, k) => `c${k}`);
    const rows = Array.from({ length: 60 }, (_, i) =>
      [...names.map((_name, k) => `t${(i * (k + 1)) % 5}`), i].join(","),
    );
    const uses = [...names.map(() => "embedded" as const), "number" as const];
    const data = await made([[...names, "price"].join(",")].concat(rows).join("\n"), { target: 19, uses });
    const model = suitedModel(data);
    const analysis = model && analyzeModel(model, data);
    expect(analysis?.problems).toEqual([]);
    const tables = analysis?.layers.filter(({ input, variables }) => input?.shape[0] === 5 && "kernel" in variables);
    expect(tables?.length).toBe(data.columns["features"]?.embedded?.filter((count) => count === 5).length);
    expect(tables?.length).toBeGreaterThan(7);
  });

  it("are read with quotes, other delimiters, decimal commas, byte order marks and Western European letters", async () => {
    const quoted = await read('name;"size; mm"\r\n"a ""b""\r\nc";1,5\r\nd;2\r\n');
    expect(quoted.columns.map(({ name }) => name)).toEqual(["name", "size; mm"]);
    expect(quoted.columns[0]?.values).toEqual(["", 'a "b"\r\nc', "d"]);
    expect([...(quoted.columns[1]?.numbers ?? [])]).toEqual([1.5, 2]);
    expect((await read("\uFEFFa\tb\n1\t2\n3\t4\n")).columns.map(({ name }) => name)).toEqual(["a", "b"]);
    const latin = await read(Uint8Array.from("caf\u00e9,n\nx,1\ny,2\n", (letter) => letter.charCodeAt(0)));
    expect(latin.columns[0]?.name).toBe("caf\u00e9");
  });

  it("name rows that do not fit, and keep the others", async () => {
    const table = await read("a,b\n1,2\n3\n4,5\n6,7,8\n");
    expect(table.rowCount).toBe(2);
    expect(table.refused.map((one) => english(one))).toEqual([
      "Row 3: expected 2 cells, got 1.",
      "Row 5: expected 2 cells, got 3.",
    ]);
  });

  it("guess what columns are, and make a dataset that a suited model can learn", async () => {
    const table = await read(flowers(80));
    const settings = guessSettings(table, "flowers");
    expect(settings.uses).toEqual(["off", "number", "category", "number", "category"]);
    expect(settings.target).toBe(4);
    const data = await made(flowers(80));
    expect(data.columns["features"]).toMatchObject({
      shape: [5],
      names: ["length", "colour=red", "colour=green", "colour=blue", "weight"],
    });
    expect([data.trainCount, data.testCount]).toEqual([64, 16]);
    expect(() => checkDataset(data)).not.toThrow();
    const model = suitedModel(data);
    expect(model && analyzeModel(model, data).problems).toEqual([]);
  });

  it("scale by training rows alone, and read missing numbers as their mean", async () => {
    const { train, columns } = await made(flowers(80));
    const [width = 1] = columns["features"]?.shape ?? [];
    const values = train.columns["features"] ?? new Float32Array();
    const weights = Array.from({ length: train.count }, (_, n) => values[n * width + 4] ?? NaN);
    const mean = weights.reduce((sum, value) => sum + value, 0) / train.count;
    const square = weights.reduce((sum, value) => sum + value ** 2, 0) / train.count;
    expect(mean).toBeCloseTo(0, 5);
    expect(square).toBeCloseTo(1, 5);
    const lengths = Array.from({ length: train.count }, (_, n) => values[n * width] ?? NaN);
    expect(lengths.filter((value) => value === 0).length).toBeGreaterThan(3);
  });

  it("predict numbers of mean 0 and deviation 1", async () => {
    const data = await made(flowers(80), { target: 3 });
    expect(data.columns["target"]).toMatchObject({ kind: "value", names: ["weight"] });
    const model = suitedModel(data);
    expect(model?.task.type).toBe("regression");
    expect(model && analyzeModel(model, data).problems).toEqual([]);
  });

  it("tell errors and results in the units that a number came in", async () => {
    const lines = Array.from({ length: 60 }, (_, i) => `${i % 10},${(i * 3) % 7},${100_000 + 2500 * (i % 10)}`);
    const data = await made(["rooms,age,price", ...lines].join("\n"), {
      target: 2,
      uses: ["number", "number", "number"],
    });
    const unit = data.columns["price"]?.unit ?? data.columns["target"]?.unit;
    expect(unit?.mean).toBeGreaterThan(100_000);
    const description = suitedModel(data);
    if (!description) throw new Error("expected a model, got none");
    const backend = createCpuBackend();
    const session = await Session.create({ backend, description, dataset: data, resident: new ResidentData(backend) });
    const score = await session.scoreTest(nextTask);
    const { count, columns, shown } = inUnits(await samplePredictions({ session, dataset: data }, 0, 100));
    const prices = columns["target"]?.values ?? new Float32Array();
    expect([...prices].every((price) => Math.abs(((price - 100_000) / 2500) % 1) < 1e-3)).toBe(true);
    const off = Array.from({ length: count }, (_, n) =>
      Math.abs((shown["output"]?.data[n] ?? NaN) - (prices[n] ?? NaN)),
    );
    const mean = off.reduce((sum, value) => sum + value, 0) / count;
    expect(mean).toBeGreaterThan(1000);
    expect((score["meanAbsoluteError"] ?? NaN) / mean).toBeCloseTo(1, 4);
    session.dispose();
    backend.dispose();
  });

  it("warn of columns that give the target away, and of nothing else", async () => {
    const text = flowers(80)
      .split("\n")
      .map((line, i) => `${line},${i === 0 ? "copy" : line.endsWith("a") ? "yes" : "no"}`)
      .join("\n");
    const table = await read(text);
    const settings = { ...guessSettings(table, "t"), target: 4 };
    const told = judgeTable(table, settings).remarks.map((one) => english(one));
    expect(told.filter((one) => one.includes("alone"))).toEqual([
      "copy alone tells species of nearly every row. Leave out what would not be known beforehand.",
    ]);
  });

  it("divide every class by the same share, the same for the same seed", () => {
    const rows = Uint32Array.from({ length: 100 }, (_, n) => n);
    const labels = rows.map((n) => (n < 90 ? 0 : 1));
    const { train, test } = splitRows(rows, labels, 0.2, 3);
    expect([train.length, test.length]).toEqual([80, 20]);
    expect(test.filter((n) => n >= 90).length).toBe(2);
    expect(new Set([...train, ...test]).size).toBe(100);
    expect(splitRows(rows, labels, 0.2, 3)).toEqual({ train, test });
    expect(splitRows(rows, labels, 0.2, 4)).not.toEqual({ train, test });
  });

  it("are told to be none, or read, whatever the file holds", async () => {
    const cell = fc.oneof(
      fc.constantFrom("", '"', ",", "\n", ";", "1", "-1e999", "NaN", "a", "\t", "\uFEFF", "é"),
      fc.string(),
    );
    const files = fc.oneof(
      fc.uint8Array({ maxLength: 300 }).map((bytes) => Uint8Array.from(bytes)),
      fc.array(cell, { maxLength: 120 }).map((cells) => new Uint8Array(new TextEncoder().encode(cells.join("")))),
      fc
        .array(fc.array(cell, { minLength: 3, maxLength: 3 }), { maxLength: 30 })
        .map((rows) => new Uint8Array(new TextEncoder().encode(rows.map((row) => row.join()).join("\n")))),
    );
    await fc.assert(
      fc.asyncProperty(files, async (bytes) => {
        try {
          const table = await read(bytes);
          const settings = guessSettings(table, "t");
          if (judgeTable(table, settings).problem === null) makeTable(table, settings);
        } catch (error) {
          expect(error).toBeInstanceOf(BringError);
        }
      }),
      { numRuns: isFull ? 1000 : 40 },
    );
  });
});
