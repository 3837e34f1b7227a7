// Trained weights in links: what comes out is what was put in, but for its rounding, and what does not fit its model is refused.
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readLink, writeLink } from "../../app/store/linkText";
import { initialPreferences as view } from "../../app/store/ui";
import { findDataset, presets, type StartWeights } from "../../src/engine";
import { analyzeModel } from "../../src/engine/model/analyze";
import { shapesOf } from "../../src/engine/model/startFrom";
import { uniform } from "../../src/engine/random";
import { sizeOf } from "../../src/engine/shape";
import { isFull } from "../support/full";
import { modelOf } from "../support/models";

const small = modelOf(
  [["Dense", { units: 6 }], ["BatchNormalization"], ["Dense", { units: 1, activation: "sigmoid" }]],
  { loss: "meanSquaredError" },
  "xor",
);
const wide = modelOf(
  [
    ["Dense", { units: 2400 }],
    ["Dense", { units: 1, activation: "sigmoid" }],
  ],
  { loss: "meanSquaredError" },
  "xor",
);

/** Weights as a run would have them. */
function weightsOf(model: typeof small): StartWeights {
  const data = findDataset(model.dataset);
  if (!data) throw new Error("expected a dataset, got none");
  const shapes = [...shapesOf(analyzeModel(model, data))];
  return Object.fromEntries(
    shapes.map(([name, shape], i) => [
      name,
      { shape, data: Float32Array.from({ length: sizeOf(shape) }, (_, k) => uniform(3, i, 0, k) - 0.5) },
    ]),
  );
}

async function bytesOf(hash: string): Promise<Uint8Array<ArrayBuffer>> {
  const packed = Buffer.from(hash.slice("#link=2.".length), "base64url");
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

async function linkWith(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream("deflate-raw"));
  return `#link=2.${Buffer.from(await new Response(stream).arrayBuffer()).toString("base64url")}`;
}

const losses = { machine: "cpu", values: { loss: [0.5] } };

describe("weights in a link", () => {
  it("come out within half a step of 8 bits, biases and statistics to the bit, and without losses of another run", async () => {
    const weights = weightsOf(small);
    const link = await writeLink({ model: small, losses, view, weights });
    expect(link?.bits).toBe(8);
    const found = await readLink(link?.hash ?? "");
    if ("key" in found) throw new Error(JSON.stringify(found));
    expect(found).toMatchObject({ model: small, losses: null, weights: { bits: 8 } });
    expect(Object.keys(found.weights?.weights ?? {})).toEqual(Object.keys(weights));
    for (const [name, { shape, data }] of Object.entries(weights)) {
      const came = found.weights?.weights[name];
      expect(came?.shape).toEqual(shape);
      const step = shape.length > 1 ? Math.max(...data.map(Math.abs)) / 127 : 0;
      for (const [i, value] of data.entries()) {
        expect(Math.abs((came?.data[i] ?? NaN) - value)).toBeLessThanOrEqual(step * 0.5001);
      }
    }
  });

  it("take fewer bits where there are many, and are left to files where they are too many, or not this model's", async () => {
    const link = await writeLink({ model: wide, losses: null, view, weights: weightsOf(wide) });
    expect(link).toBeNull();
    const narrower = modelOf(
      [
        ["Dense", { units: 90 }],
        ["Dense", { units: 90 }],
        ["Dense", { units: 1, activation: "sigmoid" }],
      ],
      { loss: "meanSquaredError" },
      "xor",
    );
    const fewer = await writeLink({ model: narrower, losses: null, view, weights: weightsOf(narrower) });
    expect(fewer?.hash.length).toBeLessThanOrEqual(8192);
    expect(fewer?.bits).toBeLessThan(8);
    const { description } = presets.perceptron;
    expect(await writeLink({ model: description, losses: null, view, weights: weightsOf(description) })).toBeNull();
    expect(await writeLink({ model: small, losses: null, view, weights: weightsOf(wide) })).toBeNull();
    const [first = ""] = Object.keys(weightsOf(small));
    const broken = { ...weightsOf(small), [first]: { shape: [2, 6], data: new Float32Array(12).fill(NaN) } };
    expect(await writeLink({ model: small, losses: null, view, weights: broken })).toBeNull();
  });

  it("are refused that are no numbers, too few, too many, or of another model, with a reason", async () => {
    const { hash = "" } = (await writeLink({ model: small, losses: null, view, weights: weightsOf(small) })) ?? {};
    const bytes = await bytesOf(hash);
    const start = bytes.indexOf(0) + 1;
    const changed = (at: number, ...values: number[]): Promise<string> => {
      const copy = bytes.slice();
      copy.set(values, at);
      return linkWith(copy);
    };
    for (const [make, reason] of [
      [() => linkWith(bytes.slice(0, -1)), "share.otherWeights"],
      [() => linkWith(Uint8Array.from([...bytes, 0])), "share.otherWeights"],
      [() => linkWith(bytes.slice(0, start)), "share.otherWeights"],
      [() => linkWith(bytes.slice(0, start - 1)), "share.damagedLink"],
      [() => linkWith(new Uint8Array(5_000_000)), "share.damagedLink"],
      [() => linkWith(Uint8Array.from([...bytes.slice(0, start), ...new Uint8Array(60_000)])), "share.otherWeights"],
      [() => changed(start, 7), "share.badWeights"],
      // A factor that is no number, and one with which whole numbers become infinite.
      [() => changed(start + 1, 0, 0, 0xc0, 0x7f), "share.badWeights"],
      [() => changed(start + 1, 0xff, 0xff, 0x7f, 0x7f), "share.badWeights"],
      [async () => (await linkWith(bytes)).replace("=2.", "=1."), "share.damagedLink"],
      [async () => (await linkWith(bytes)).replace("=2.", "=3."), "share.otherVersion"],
    ] as const) {
      expect(await readLink(await make())).toMatchObject({ key: reason });
    }
  });

  it("damaged anywhere, they are refused with a reason, or are numbers of their model's shapes", async () => {
    const weights = weightsOf(small);
    const { hash = "" } = (await writeLink({ model: small, losses: null, view, weights })) ?? {};
    const bytes = await bytesOf(hash);
    const damage = fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { minLength: 1, maxLength: 6 });
    const takes = async (places: readonly (readonly [number, number])[]): Promise<void> => {
      const copy = bytes.slice();
      for (const [at, value] of places) copy[at] = value;
      const found = await readLink(await linkWith(copy));
      if ("key" in found) return;
      for (const { shape, data } of Object.values(found.weights?.weights ?? {})) {
        expect(data.length).toBe(sizeOf(shape));
        expect(data.every(Number.isFinite)).toBe(true);
      }
    };
    await fc.assert(fc.asyncProperty(damage, takes), { numRuns: isFull ? 500 : 40 });
  });
});
