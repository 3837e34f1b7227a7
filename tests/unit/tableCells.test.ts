// Rows of a table are told as their file has them: every cell, by every view that the predictions choose, and of the cars.
import { text } from "node:stream/consumers";
import type { ReactElement } from "react";
import { prerenderToNodeStream } from "react-dom/static";
import { describe, expect, it } from "vitest";
import { resultViews } from "../../app/inspect/views";
import { axisOf, lostUnits, meanRowOf, rowOf } from "../../app/inspect/views/row";
import { useRun } from "../../app/store/run";
import type { Predictions } from "../../src/engine";
import { readTable } from "../../src/engine/bring/csv";
import { type ColumnUse, guessSettings, makeTable } from "../../src/engine/bring/table";
import { cars } from "../../src/engine/data/cars";
import type { ColumnInfo } from "../../src/engine/data/column";
import { readOwn } from "../../src/engine/data/ownData";
import { fileSource } from "../../scripts/support/fileSource";

const lines = Array.from({ length: 90 }, (_, i) => [
  i % 8 === 5 ? "" : String(((i * 7919) % 997) / 8 + 3500),
  ["north", "south", "east"][(i * i) % 3] ?? "",
  String(i * 0.001 + 12_000_000),
  i % 9 === 4 ? "" : ["Oslo", "Rome"][i % 2],
  String((i * 37) % 50 < 25 ? "cheap" : "dear"),
]);

/** A table with the rows of its test set. @param target which column is predicted */
async function made(heads: string, cells: readonly (readonly (string | undefined)[])[], uses: readonly ColumnUse[]) {
  const table = await readTable(new Blob([[heads, ...cells.map((row) => row.join())].join("\n")]));
  const { about, read } = makeTable(table, { ...guessSettings(table, "t"), uses, target: uses.length - 1 });
  const columnOf = (name: string): { readonly info: ColumnInfo; readonly values: ReturnType<typeof read> } => ({
    info: about.columns[name] as ColumnInfo,
    values: read("test", name, 0, about.testCount),
  });
  return { about, features: columnOf("features"), target: columnOf("target") };
}

describe("rows of a table", () => {
  const heads = "length,side,serial,town,price";

  it("are told cell by cell as the file has them, numbers that it lacks and embedded texts too", async () => {
    const { about, features } = await made(heads, lines, ["number", "category", "number", "embedded", "category"]);
    const [width = 1] = features.info.shape;
    // The embedded column comes last; what stands in the file of an empty cell is that it is missing.
    const inFile = new Set(
      lines.map((row) =>
        row
          .slice(0, 4)
          .map((cell) => (cell ? cell : "missing"))
          .join("|"),
      ),
    );
    for (let n = 0; n < about.testCount; n++) {
      const row = rowOf(features.info, features.values.subarray(n * width, (n + 1) * width));
      expect(row.map(({ name }) => name)).toEqual(["length", "side", "serial", "town"]);
      expect(inFile).toContain(row.map((cell) => cell.text).join("|"));
    }
    const stored = readOwn(structuredClone(about));
    expect(stored?.columns).toEqual(about.columns);
  });

  it("have texts that no training row has told as such, and a mean of rows by numbers and shares", () => {
    const info = {
      cells: [
        { name: "side", texts: ["north", "south"] },
        { name: "age", mean: 40, deviation: 10 },
      ],
    };
    expect(rowOf(info, [0, 0, -0]).map(({ text: told }) => told)).toEqual(["not in training rows", "missing"]);
    expect(rowOf(info, [0, 1, 0]).map(({ text: told }) => told)).toEqual(["south", "40"]);
    expect(meanRowOf(info, [0.25, 0.75, 0.5]).map(({ text: told }) => told)).toEqual(["south 75%", "45"]);
    expect([axisOf(info, 2).at(-2), axisOf(info, 1).at(-2), axisOf({}, 0).at(-2)]).toEqual([20, -2, -2]);
  });

  it("say so where an earlier version kept a table without its units", async () => {
    const { about } = await made(heads, lines, ["number", "off", "number", "off", "category"]);
    const { cells: _, ...before } = about.columns["features"] as ColumnInfo;
    const known = readOwn({ ...about, columns: { ...about.columns, features: before } })?.columns["features"];
    expect(lostUnits(known ?? {})).toContain("Bring its file again");
    expect(lostUnits(about.columns["features"] ?? {})).toBeNull();
  });
});

/** What the first view that suits predictions draws. */
async function drawn(predictions: Predictions): Promise<string> {
  Object.assign(useRun.getInitialState(), { predictions });
  for (const { render } of resultViews) {
    const content = render(predictions);
    if (content !== null) return await text((await prerenderToNodeStream(content as ReactElement)).prelude);
  }
  return "";
}

describe("predictions of a table", () => {
  const onlyNumbers = lines.map((row, i) => [String(3500 + (i % 40)), String(20.5 + (i % 7)), row[4]]);

  it("show the features of a classifier in their units", async () => {
    const { about, features, target } = await made("length,width,price", onlyNumbers, ["number", "number", "category"]);
    const wide = await made("length,side,serial,town,price", lines, [
      ...(["number", "category", "number", "category"] as const),
      "category",
    ]);
    for (const each of [wide, { about, features, target }]) {
      const count = 10;
      const markup = await drawn({
        first: 0,
        count,
        columns: {
          features: {
            ...each.features,
            values: each.features.values.slice(0, count * (each.features.info.shape[0] ?? 1)),
          },
          target: { ...each.target, values: each.target.values.slice(0, count) },
        },
        shown: {
          output: { kind: "class", shape: [2], data: new Float32Array(2 * count).fill(0.5), areProbabilities: true },
        },
      });
      const [width = 1] = each.features.info.shape;
      for (let n = 0; n < count; n++) {
        for (const cell of rowOf(each.features.info, each.features.values.subarray(n * width, (n + 1) * width)))
          expect(markup).toContain(`<td>${cell.text}</td>`);
      }
      expect(markup.match(/<td>-?[01]\.\d+<\/td>/g) ?? []).toEqual([]);
    }
  });

  it("lie over the only feature in its unit", async () => {
    const { about, features, target } = await made(
      "length,price",
      lines.map((_, i) => [String(3500 + i), String(9000 + 2 * i)]),
      ["number", "number"],
    );
    const markup = await drawn({
      first: 0,
      count: about.testCount,
      columns: { features, target },
      shown: { output: { kind: "value", shape: [], data: Float32Array.from(target.values), areProbabilities: false } },
    });
    const [left, right] = Array.from(markup.matchAll(/>(-?[\d.]+)<\/text>/g), ([, value]) => Number(value));
    expect(left).toBeGreaterThan(3400);
    expect(right).toBeLessThan(3700);
    expect(markup).toContain(">length</text>");
  });
});

it("cars are told in pounds, years and cubic inches, as their file has them", async () => {
  const { test } = await cars.load(fileSource);
  const info = cars.columns["features"] ?? {};
  for (let n = 0; n < test.count; n++) {
    const row = rowOf(info, (test.columns["features"] ?? new Float32Array()).subarray(9 * n, 9 * (n + 1)));
    const told = Object.fromEntries(row.map(({ name, text: value }) => [name, Number(value)]));
    expect(told["weight"]).toBe(Math.round(told["weight"] ?? NaN));
    expect(told["weight"]).toBeGreaterThan(1500);
    expect([3, 4, 5, 6, 8]).toContain(told["cylinders"]);
    expect(told["year"]).toBeGreaterThanOrEqual(1970);
    expect((told["from the USA"] ?? NaN) + (told["from Europe"] ?? NaN) + (told["from Japan"] ?? NaN)).toBe(1);
  }
});
