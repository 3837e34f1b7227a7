// Files of every format that the page opens, damaged at random: each is read, or refused with a sentence. None is the end of anything.
import { gunzipSync, strToU8, zipSync } from "fflate";
import { beforeAll, expect, it } from "vitest";
import { openBrought } from "../../src/engine/bring/open";
import { BringError } from "../../src/engine/bring/refusal";
import { checkDataset } from "../../src/engine/data/check";
import { DescentError } from "../../src/engine/errors";
import { formats } from "../../src/engine/io/formats";
import { onnxFile } from "../../src/engine/io/onnx/file";
import { readModelFile, type Surroundings } from "../../src/engine/io/incoming";
import { readDescription } from "../../src/engine/model/description";
import { hash4 } from "../../src/engine/random";
import { bmp, brought, cifar, idx, made, npy, plainDecode, written } from "../support/brought";
import { classifierOf } from "../support/exported";
import { BRANCHING_H5 } from "../support/kerasFiles";
import { isFull } from "../support/full";

const COUNT = isFull ? 1000 : 60;

const png = (): Uint8Array<ArrayBuffer> =>
  Uint8Array.from([
    0x89,
    ...strToU8("PNG\r\n"),
    26,
    10,
    0,
    0,
    0,
    13,
    ...strToU8("IHDR"),
    0,
    0,
    0,
    8,
    0,
    0,
    0,
    8,
    8,
    2,
    ...strToU8("x".repeat(60)),
  ]);
const jpeg = (): Uint8Array<ArrayBuffer> =>
  Uint8Array.from([
    255,
    216,
    255,
    224,
    0,
    4,
    1,
    2,
    255,
    192,
    0,
    11,
    8,
    0,
    8,
    0,
    8,
    1,
    1,
    17,
    0,
    ...strToU8("x".repeat(60)),
  ]);
const ramp = (length: number): number[] => Array.from({ length }, (_, i) => i % 251);
const lines = ["a,b,kind", ...Array.from({ length: 30 }, (_, i) => `${i * 1.5},${i % 3 ? "x" : ""},${i % 2}`)].join(
  "\n",
);
const pictures = Object.fromEntries(
  Array.from({ length: 8 }, (_, i) => [`${i % 2 ? "a" : "b"}/${i}.bmp`, bmp(6, 6, [i * 30, 9, 9])]),
);
const arrays = {
  "x_train.npy": npy("<f4", [8, 4, 4], new Uint8Array(Float32Array.from(ramp(128)).buffer)),
  "y_train.npy": npy("|u1", [8], Uint8Array.of(0, 1, 0, 1, 0, 1, 0, 1)),
};
const tokens = {
  "x_train.npy": npy("<i4", [8, 8], new Uint8Array(Int32Array.from({ length: 64 }, (_, i) => (i * 37) % 101).buffer)),
  "y_train.npy": npy("|u1", [8], Uint8Array.of(0, 1, 0, 1, 0, 1, 0, 1)),
};
const films = Array.from({ length: 12 }, (_, i) => `a ${i % 2 ? "good" : "bad"} film of number ${i}`);
const reviews = Object.fromEntries(films.map((film, i) => [`${i % 2 ? "good" : "bad"}/${i}.txt`, strToU8(film)]));

/** Small files as they should be. Those that come in pairs are hit one at a time. */
const samples: Readonly<Record<string, () => Uint8Array<ArrayBuffer>>> = {
  "table.csv": () => new Uint8Array(strToU8(lines)),
  "pictures.zip": () => new Uint8Array(zipSync(pictures)),
  "stored.zip": () => new Uint8Array(zipSync(pictures, { level: 0 })),
  "one.png": png,
  "one.jpg": jpeg,
  "one.bmp": () => bmp(6, 6, [1, 2, 3]),
  "train-images-idx3-ubyte": () => idx([8, 4, 4], ramp(128)),
  "rows.npy": () => npy("<f8", [8, 3], new Uint8Array(Float64Array.from(ramp(24)).buffer)),
  "both.npz": () => new Uint8Array(zipSync(arrays)),
  "tokens.npz": () => new Uint8Array(zipSync(tokens)),
  "reviews.zip": () => new Uint8Array(zipSync(reviews)),
  "films.csv": () => new Uint8Array(strToU8(films.map((film, i) => `${film},${i % 2}`).join("\n"))),
  "data_batch_1.bin": () => cifar([1, 2, 1, 2]),
};

/** Bytes with some changed, cut off, repeated or put in, as a seed says; header fields are hit as often as all the rest. */
function damaged(bytes: Uint8Array<ArrayBuffer>, seed: number): Uint8Array<ArrayBuffer> {
  const random = (n: number, below: number): number => hash4(seed, n, 0, 0) % Math.max(1, below);
  const changed = Array.from(bytes);
  for (let i = 0; i <= random(0, 8); i++) {
    const near = random(3 * i + 1, 2) === 0 ? Math.min(64, changed.length) : changed.length;
    const at = random(3 * i + 2, 2) === 0 ? random(3 * i + 3, near) : changed.length - 1 - random(3 * i + 3, near);
    const kind = random(3 * i + 4, 6);
    if (kind < 3) changed[at] = [0, 255, random(3 * i + 5, 256)][kind] ?? 0;
    else if (kind === 3) changed.length = Math.max(at, 1);
    else if (kind === 4) changed.splice(at, 0, ...changed.slice(0, 40));
    else changed.splice(at, 4, 255, 255, 255, 127);
  }
  return Uint8Array.from(changed);
}

const models: Record<string, Uint8Array<ArrayBuffer>> = {};
let around: Surroundings;
beforeAll(async () => {
  const { model } = await classifierOf([["Dense", { units: 4 }]], [2]);
  around = { base: model.description, dataOf: () => model.data };
  for (const format of ["keras", "safetensors", "pt", "onnx"] as const) {
    const [file] = Object.values(await formats[format].write(model, []));
    models[`model.${format}`] = new Uint8Array(file ?? []);
  }
  const looks = ["MultiHeadAttention", { numHeads: 2, keyDim: 2 }] as const;
  const { model: read } = await classifierOf([looks, ["LSTM", { units: 3 }], ["BatchNormalization"]], [3, 4]);
  models["series.onnx"] = onnxFile(read.networks[0] ?? raise(), "");
  models["model.zip"] = new Uint8Array(zipSync(await formats.tfjs.write(model, [])));
  models["model.h5"] = new Uint8Array(gunzipSync(Buffer.from(BRANCHING_H5, "base64")));
  models["model.descent.json"] = new Uint8Array(strToU8(JSON.stringify(model.description)));
});

function raise(): never {
  throw new Error("expected a network, got none");
}

/** What comes of a file: `read`, or what a visitor is told. Anything else is thrown on. */
async function tried(name: string, bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  try {
    if (name.endsWith(".json")) readDescription(new TextDecoder().decode(bytes));
    else if (name in models) await readModelFile(name, bytes, around);
    else {
      const source = await openBrought([brought(name, bytes)], plainDecode, () => {});
      if (source.opened.report.problem) return written(source.opened.report.problem);
      checkDataset(await made(source));
      await source.otherwise?.[0]?.open(() => {});
    }
    return "read";
  } catch (error) {
    if (error instanceof BringError) return written(error.said);
    if (error instanceof DescentError) return error.message;
    throw error;
  }
}

it(`${COUNT} damaged files are read, or refused with a sentence`, async () => {
  const whole = { ...Object.fromEntries(Object.entries(samples).map(([name, make]) => [name, make()])), ...models };
  const names = Object.keys(whole);
  const results = new Map<string, number>();
  for (let n = 0; n < COUNT; n++) {
    const name = names[n % names.length] ?? "";
    const told = await tried(name, damaged(whole[name] ?? new Uint8Array(), n));
    expect(told, `${name}, seed ${n}`).toMatch(/^read$|[.!?)\w]$/);
    results.set(told, (results.get(told) ?? 0) + 1);
  }
  // Some get through, most do not, and not all for one reason.
  expect(results.get("read") ?? 0).toBeGreaterThan(0);
  expect(results.size).toBeGreaterThan(10);
});
