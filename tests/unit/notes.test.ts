// What is said of what goes into a model and what comes out of it: whoever does to a raw row what the notes tell gets what the page itself
// reads, and every format with room for notes has them, whatever names are like.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { unzipSync } from "fflate";
import { describe, expect, it } from "vitest";
import { fileSource } from "../../scripts/support/fileSource";
import { root } from "../../scripts/support/paths";
import { readTable } from "../../src/engine/bring/csv";
import { guessSortedSettings, makeSorted } from "../../src/engine/bring/sortedTexts";
import { type ColumnUse, guessSettings, makeTable } from "../../src/engine/bring/table";
import type { ColumnData, DataInfo } from "../../src/engine/data";
import { cars } from "../../src/engine/data/cars";
import { infoOf } from "../../src/engine/data/dataset";
import { requireDataset } from "../../src/engine/data/library";
import { mnist } from "../../src/engine/data/mnist";
import { names as firstNames } from "../../src/engine/data/names";
import { type ExportedModel, exportedModel } from "../../src/engine/io/exported";
import { formats } from "../../src/engine/io/formats";
import { readModelFile } from "../../src/engine/io/incoming";
import { classesOf, notesAsLines, notesOf, ON_SCREEN } from "../../src/engine/io/notes";
import { fieldsOf } from "../../src/engine/io/protobuf";
import { messagesOf } from "../../src/engine/io/onnx/read";
import { readSafetensors } from "../../src/engine/io/safetensors";
import type { ModelDescription } from "../../src/engine/model/description";
import { type PresetId, presets } from "../../src/engine/model/presets";
import { write, english, fetchLaterWords } from "../../src/engine/languages/language";
import { dataOf, weightsOf } from "../support/exported";
import { readSamples } from "../../src/engine/trainer/predictions";
import { modelOf } from "../support/models";

await fetchLaterWords();

const modelFor = (id: PresetId): ExportedModel =>
  exportedModel(presets[id].description, infoOf(requireDataset(presets[id].description.dataset)));
const textOf = (model: ExportedModel): string => notesAsLines(model, model.networks, Infinity).join("\n");
const shownOf = (model: ExportedModel): string[] =>
  model.networks.flatMap((network) => {
    const { input, output } = notesOf(model, network, ON_SCREEN);
    return [...input, ...output].map((said) => write(said, english));
  });

/** The first list of names after some words. */
function listAfter(words: string, text: string): string[] {
  const [, list = ""] = text.slice(text.indexOf(words)).match(/: ("(?:\\.|[^"\\])*"(?:,\s+"(?:\\.|[^"\\])*")*)/) ?? [];
  return JSON.parse(`[${list}]`);
}

/** A row of a table as numbers, by nothing but what the notes tell. */
function numbersBy(notes: string, row: Readonly<Record<string, string>>): number[] {
  return notes.split("\n").flatMap((line) => {
    const [, name, mean, deviation] = /^ {2}\d+: \((".*") - (\S+)\) \/ (\S+)$/.exec(line) ?? [];
    if (name !== undefined) {
      const cell = row[JSON.parse(name)] ?? "";
      return [cell === "" ? 0 : Math.fround((Number(cell) - Number(mean)) / Number(deviation))];
    }
    const [, category] = /^ {2}\d+(?: to \d+)?: 1 for the text of (".*?") and 0/.exec(line) ?? [];
    if (category === undefined) return [];
    const cell = row[JSON.parse(category)] || "missing";
    return listAfter("in this order", line).map((text) => (text === cell ? 1 : 0));
  });
}

const rowsOf = (values: ColumnData | readonly number[], width: number): string[] =>
  Array.from({ length: values.length / width }, (_, n) => Array.from(values.slice(n * width, (n + 1) * width)).join());

const fileOf = (path: string): Buffer => gunzipSync(readFileSync(join(root, "public", "datasets", path)));

/** A table that is brought, with all that columns can be, and its rows. @param odd the names of its two classes */
async function brought(target: "mood" | "price", odd: readonly [string, string] = ["cheap", "dear"]) {
  const heads = ["length", "side", "town", "mood", "price"];
  const lines = Array.from({ length: 60 }, (_, i) => [
    i % 8 === 5 ? "" : String(((i * 7919) % 997) / 8 + 3500),
    ["north", "south", "ea,st"][(i * 7) % 3] ?? "",
    i % 9 === 4 ? "" : (["Oslo", "Rome"][i % 2] ?? ""),
    odd[i % 2] ?? "",
    String(9000 + ((i * 31) % 400)),
  ]);
  const quoted = (cell: string): string => (/[",]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);
  const table = await readTable(new Blob([[heads, ...lines].map((row) => row.map(quoted).join()).join("\n")]));
  const uses: ColumnUse[] =
    target === "mood"
      ? ["number", "category", "embedded", "category", "off"]
      : ["number", "category", "embedded", "off", "number"];
  const settings = { ...guessSettings(table, "Mine"), uses, target: heads.indexOf(target) };
  const { about, read } = makeTable(table, settings);
  const all = (column: string): number[] =>
    (["train", "test"] as const).flatMap((split) => [
      ...read(split, column, 0, split === "train" ? about.trainCount : about.testCount),
    ]);
  const rows = lines.map((row) => Object.fromEntries(row.map((cell, i) => [heads[i] ?? "", cell])));
  const info: DataInfo = { id: about.id, title: about.title, columns: about.columns, trainCount: about.trainCount };
  return { info, all, rows };
}

const weighted = (description: ModelDescription, data: DataInfo): ExportedModel =>
  exportedModel(description, data, weightsOf(exportedModel(description, data)));
const classifier = (data: DataInfo, activation = "softmax"): ExportedModel =>
  weighted(modelOf([["Dense", { units: 2, activation }]], {}, data.id), data);

describe("what goes in", () => {
  it("makes the numbers of the cars of what their file says of them", async () => {
    const { train, test } = await cars.load(fileSource);
    const notes = textOf(modelFor("cars"));
    const raw = new Float32Array(Uint8Array.from(fileOf("cars/cars.f32.gz")).buffer);
    const heads = cars.columns["features"]?.names ?? [];
    const made = Array.from({ length: raw.length / 10 }, (_, n) =>
      numbersBy(notes, Object.fromEntries(heads.map((name, i) => [name, String(raw[10 * n + i])]))).join(),
    );
    const own = [train, test].flatMap(({ columns }) => rowsOf(columns["features"] ?? [], 9));
    expect(made.toSorted()).toEqual(own.toSorted());
    expect(notes).toContain('"miles per gallon", as in the data.');
  });

  it("makes the numbers of a brought table of its cells, those that lack and embedded texts too", async () => {
    const { info, all, rows } = await brought("mood");
    const model = classifier(info);
    const notes = textOf(model);
    const width = model.networks[0]?.input.shape[0] ?? 0;
    expect(rows.map((row) => numbersBy(notes, row).join()).toSorted()).toEqual(
      rowsOf(all("features"), width).toSorted(),
    );
    expect(notes).toContain("A number that is missing is 0.");
    expect(notes).toMatch(/ {2}1 to 3: 1 for the text of "side".*"ea,st"/);
  });

  it("makes pixels of bytes as networks read them", () => {
    const [, factor] = /a byte, 0 to 255, times (\S+) \(1\/255\)/.exec(textOf(modelFor("perceptron"))) ?? [];
    const bytes = Uint8Array.from(fileOf("mnist/test-images.bin.gz").subarray(0, 3 * 784));
    const split = { count: 3, columns: { image: bytes, label: new Uint8Array(3) } };
    const own = readSamples(mnist, split, [0, 1, 2])?.["image"]?.values ?? [];
    expect([...own].some((value) => value > 0.9)).toBe(true);
    expect([...own]).toEqual([...bytes].map((byte) => Math.fround(byte * Number(factor))));
  });

  it("makes the tokens of names of their letters", async () => {
    const { train, test } = await firstNames.load(fileSource);
    const notes = textOf(modelFor("names-gru"));
    const letters = listAfter("13 characters, each as its place, from 0", notes);
    const [, end] = /begins and ends with (\d+)\./.exec(notes) ?? [];
    const [, padding] = /filled up with (\d+) behind/.exec(notes) ?? [];
    const made = fileOf("names/names.txt.gz")
      .toString()
      .trimEnd()
      .split("\n")
      .map((name) => {
        const tokens = [Number(end), ...[...name].map((letter) => letters.indexOf(letter)), Number(end)];
        return Array.from({ length: 14 }, (_, i) => tokens[i] ?? Number(padding)).join();
      });
    const own = [train, test].flatMap(({ columns }) => rowsOf(columns["text"] ?? [], 14));
    expect(made.toSorted()).toEqual(own.toSorted());
    expect(notes).toContain("A probability at each of the 13 places for each of the 28");
  });

  it("makes the tokens of texts of their words, rare ones and short texts too", () => {
    const texts = Array.from(
      { length: 40 },
      (_, i) => `It's ${["good", "Bad", "FINE"][i % 3]}, no. ${i}!${i % 4 ? " Yes" : ""}`,
    );
    const labels = Int32Array.from(texts, (_, i) => i % 2);
    const all = { texts, sortings: [{ name: "mood", classes: ["a", "b"], labels }], isTest: new Uint8Array(40) };
    const settings = { ...guessSortedSettings(all, "Texts"), length: 5, vocabulary: 9 };
    const { about, read } = makeSorted(all, settings);
    const layers = [["Embedding", { inputDim: 9, outputDim: 1 }], ["Flatten"], ["Dense", { units: 2 }]] as const;
    const notes = textOf(exportedModel(modelOf(layers, {}, about.id), about));
    const words = listAfter("5 words, each as its place, from 0", notes);
    const [, rare] = /What is not among them is (\d+)\./.exec(notes) ?? [];
    const [, padding] = /filled up with (\d+) in front/.exec(notes) ?? [];
    const made = texts.map((text) => {
      const tokens = (text.toLowerCase().match(/[a-z0-9']+/g) ?? []).map((word) => words.indexOf(word));
      const five = tokens.slice(0, 5).map((token) => (token < 0 ? Number(rare) : token));
      return [...Array.from({ length: 5 - five.length }, () => Number(padding)), ...five].join();
    });
    const own = (["train", "test"] as const).flatMap((split) =>
      rowsOf(read(split, "text", 0, split === "train" ? about.trainCount : about.testCount), 5),
    );
    expect(made.toSorted()).toEqual(own.toSorted());
    expect(own.some((row) => row.startsWith("0,"))).toBe(true);
  });

  it("is what another network gives, or noise, as the task has it", () => {
    const readBy = (model: ExportedModel) => Object.fromEntries(model.networks.map(({ name, reads }) => [name, reads]));
    expect(readBy(modelFor("adversarial-autoencoder"))).toEqual({
      encoder: { column: "image" },
      decoder: { network: "encoder" },
      discriminator: { network: "encoder" },
    });
    // As many numbers of noise as a point has.
    const { description } = presets["gan-points"];
    const flat = { ...description, task: { ...description.task, config: { noise: 2 } } };
    const model = exportedModel(flat as typeof description, infoOf(requireDataset("ring")));
    expect(readBy(model)).toEqual({ generator: "noise", discriminator: { column: "point" } });
    expect(textOf(model)).toContain("2 numbers drawn from the normal distribution, of mean 0 and deviation 1.");
    expect(textOf(modelFor("vae"))).toContain('The first 2 numbers that "encoder" gives.');
  });

  it("is said to be unknown where nobody kept by what a table was scaled", async () => {
    const { info } = await brought("mood");
    const columns = Object.fromEntries(
      Object.entries(info.columns).map(([name, column]) => [name, { ...column, ...(column.cells && { cells: null }) }]),
    );
    expect(textOf(classifier({ ...info, columns }))).toContain("nobody knows by what");
    expect(textOf(classifier(info))).not.toContain("nobody knows");
  });
});

describe("what comes out", () => {
  it("is classes in their order, probabilities or not, and none where clusters are as many", async () => {
    const { info } = await brought("mood", ['a "b"', "b*/"]);
    expect(listAfter("A probability for each class", textOf(classifier(info)))).toEqual(
      info.columns["target"]?.names ?? [],
    );
    expect(textOf(classifier(info, "linear"))).toContain("A number for each class, the largest for the likeliest");
    expect(textOf(modelFor("points-circle"))).toContain(
      'A probability: above 0.5 for "within", otherwise for "around".',
    );
    const [[kMeans], [digits]] = (["kmeans-digits", "perceptron"] as const).map((id) => {
      const model = modelFor(id);
      return model.networks.map((network) => classesOf(model, network));
    }) as [(readonly string[])[], (readonly string[])[]];
    expect([kMeans, digits?.length]).toEqual([null, 10]);
  });

  it("is a number in its own unit by what is told", async () => {
    const { info, all, rows } = await brought("price");
    const description = modelOf([["Dense", { units: 1 }]], {}, info.id);
    const model = exportedModel({ ...description, task: { type: "regression", config: {} } }, info);
    const [, deviation, mean] =
      /"price" in standard deviations: .* output \* (\S+) \+ (\S+)\./.exec(textOf(model)) ?? [];
    const own = all("target").map((value) => Math.round(value * Number(deviation) + Number(mean)));
    expect(own.toSorted()).toEqual(rows.map(({ price }) => Number(price)).toSorted());
  });
});

describe("notes in files", () => {
  const text = (bytes: Uint8Array | undefined): string => new TextDecoder().decode(bytes);
  // What would end a text or a comment, and what is no ASCII.
  const odd = ['*/ /* """ \\', "caf\u00e9 \u{1F600}"] as const;

  it("are in every format that has room for them, names as they are", async () => {
    const { info, all } = await brought("mood", odd);
    const model = classifier(info);
    const want = info.columns["target"]?.names ?? [];
    expect(want.toSorted()).toEqual([...odd].toSorted());
    const { onnx, tfjs, keras, torch, c, safetensors, train } = formats;
    const only = async (format: typeof onnx) => Object.values(await format.write(model, []))[0] ?? new Uint8Array();
    const graph = await only(onnx);
    const metadata = messagesOf(fieldsOf(graph), 14).map((entry) =>
      [1, 2].map((part) => text(messagesOf(fieldsOf(entry), part)[0])),
    );
    const dataset = {
      ...info,
      train: { count: info.trainCount, columns: { features: Float32Array.from(all("features")) } },
      test: { count: 0, columns: {} },
    };
    const folder = await train.write(model, [], { dataset, step: 0, pause: async () => {} });
    const header = text((await c.write(model, []))["net_model.h"]);
    const told: Record<string, string> = {
      onnx: Object.fromEntries(metadata)["output"],
      tfjs: JSON.parse(text((await tfjs.write(model, []))["model.json"])).userDefinedMetadata.output,
      keras: JSON.parse(text(unzipSync(await only(keras))["metadata.json"])).output,
      safetensors: readSafetensors(await only(safetensors)).metadata["output"] ?? "",
      torch: text((await torch.write(model, []))["model.py"]),
      c: header,
      train: text(folder["README.txt"]),
      "train in PyTorch": text(folder["model.py"]),
    };
    for (const [name, found] of Object.entries(told)) {
      expect(listAfter("A probability for each class", found), name).toEqual(want);
    }
    expect(told["train"]).toContain("In data.npz inputs are as they go in.");
    for (const name of ["torch", "c", "train"]) expect(told[name]).toContain('0: ("length" - ');
    // The page knows its own file again, whatever model is there.
    const around = { base: presets.perceptron.description, dataOf: () => info };
    expect((await readModelFile("mine.onnx", graph, around)).description).toEqual(model.description);
  });

  it("tell that data are stored as bytes", async () => {
    const bytes = dataOf([2, 2, 1]);
    const columns = { ...bytes.columns, input: { ...bytes.columns["input"], dtype: "u8", scale: 1 / 255 } } as const;
    const data = { ...bytes, columns } as typeof bytes;
    const model = weighted(modelOf([["Flatten"], ["Dense", { units: 3, activation: "softmax" }]]), data);
    const files = await formats.train.write(model, [], { dataset: data, step: 0, pause: async () => {} });
    expect(text(files["README.txt"])).toContain("times 0.00392156862745098 (1/255)");
    expect(text(files["README.txt"])).toContain("pipeline.py multiplies them");
  });

  it("say how many names of a long list they leave out, and come back as they were", async () => {
    const words = 20_000;
    const data = dataOf([4], words);
    const names = data.columns["input"]?.names?.map((name) => `quite a long ${name}`) ?? [];
    const long = { ...data, columns: { ...data.columns, input: { ...data.columns["input"], names } } } as typeof data;
    const layers = [["Embedding", { inputDim: words, outputDim: 1 }], ["Flatten"], ["Dense", { units: 3 }]] as const;
    const model = weighted(modelOf(layers), long);
    const notes = textOf(model);
    expect(listAfter("each as its place", notes).length).toBe(10_000);
    expect(notes.slice(notes.indexOf("What comes out") - 30)).toMatch(/word 9999" and 10,000 more/);
    const [file = new Uint8Array()] = Object.values(await formats.safetensors.write(model, []));
    expect(readSafetensors(file).metadata["input"]?.slice(-30)).toContain('word 99" and 19,900 more.');
    const around = { base: presets.perceptron.description, dataOf: () => long };
    expect((await readModelFile("long.safetensors", file, around)).description).toEqual(model.description);
  });
});

it("notes on the screen are short: few names, few columns and few digits", () => {
  expect(shownOf(modelFor("names-gru"))[0]).toMatch(/among these 28: "_", "\.", "a", "b", "c", "d" and 22 more\.$/);
  expect(shownOf(modelFor("cars")).slice(0, 5)).toEqual([
    "A row of a table as 9 numbers:",
    '0: ("cylinders" - 5.548) / 1.736',
    '1: ("displacement" - 199.2) / 107.1',
    '2: ("horsepower" - 105.9) / 39.09',
    "and 6 more columns.",
  ]);
  for (const id of Object.keys(presets) as PresetId[]) {
    expect(shownOf(modelFor(id)).join(" ").length, id).toBeLessThan(900);
  }
});
