// Models out of files: what was written comes back as it was, what is not understood is named, and bad files are refused.
import { strToU8 } from "fflate";
import { describe, expect, it } from "vitest";
import { exportedModel } from "../../src/engine/io/exported";
import { formats } from "../../src/engine/io/formats";
import { readModelFile } from "../../src/engine/io/incoming";
import { zipOf } from "../../src/engine/io/npy";
import { runNetwork } from "../../src/engine/io/samples";
import { isContainer } from "../../src/engine/model/blocks";
import { classifierOf, exportCases, farthest } from "../support/exported";
import { networkOf } from "../support/models";

const stacks = Object.entries(exportCases).filter(
  ([name]) => !/containers|bidirectional|global pooling|series pooling/.test(name),
);

describe("a Keras file", () => {
  it.each(stacks)("of %s comes back with the same answers", async (_, make) => {
    const { model, samples, count, outputs } = await make();
    if (formats.keras.refusals(model).length > 0)
      return expect(networkOf(model.description).blocks.some(isContainer)).toBe(false);
    const [file] = Object.values(await formats.keras.write(model, []));
    const around = { base: model.description, dataOf: () => model.data };
    const { description, weights, ignored } = await readModelFile("net.keras", file ?? new Uint8Array(), around);
    expect(ignored).toEqual([]);
    expect(networkOf(description).blocks.map(({ type }) => type)).toEqual(
      networkOf(model.description).blocks.map(({ type }) => type),
    );
    const [network] = exportedModel(description, model.data, weights ?? {}).networks;
    if (!network) throw new Error("expected a network, got none");
    expect(farthest(await runNetwork(network, samples, count), outputs)).toBeLessThan(2e-6);
  });

  it("is refused by the layer that this page lacks, or that joins others", async () => {
    const { model } = await classifierOf([["Residual", {}, [[["Dense", { units: 2 }]]]]], [2]);
    const around = { base: model.description, dataOf: () => model.data };
    const [file] = Object.values(await formats.keras.write(model, []));
    await expect(readModelFile("a.keras", file ?? new Uint8Array(), around)).rejects.toThrow(/read the one before/);
    const config = { class_name: "Sequential", config: { layers: [{ class_name: "Conv2Dx", config: { name: "c" } }] } };
    const strange = zipOf(
      { "config.json": strToU8(JSON.stringify(config)), "model.weights.h5": new Uint8Array(8) },
      false,
    );
    await expect(readModelFile("a.keras", strange, around)).rejects.toThrow('Conv2Dx "c"; the nearest is Conv2D');
  });

  it("may be anything", async () => {
    const { model } = await classifierOf([["Dense", { units: 4 }]], [2]);
    const around = { base: model.description, dataOf: () => model.data };
    const [whole = new Uint8Array()] = Object.values(await formats.keras.write(model, []));
    const [safe = new Uint8Array()] = Object.values(await formats.safetensors.write(model, []));
    for (let k = 0; k < 40; k++) {
      for (const [name, bytes] of [["a.keras", whole] as const, ["a.safetensors", safe] as const]) {
        const hostile = bytes.slice(0, k % 2 === 0 ? Math.floor((bytes.length * k) / 40) : bytes.length);
        for (let i = 0; i < k; i++)
          hostile[(i * 7919 + k * 104_729) % Math.max(hostile.length, 1)] = (i * 31 + k) % 256;
        const told = await readModelFile(name, hostile, around).then(
          () => "read",
          (error: unknown) => (error instanceof Error ? error.message : ""),
        );
        expect(told).not.toBe("");
      }
    }
    await expect(readModelFile("a.exe", whole, around)).rejects.toThrow(/\.keras, \.safetensors or \.pt/);
  });
});

describe("a safetensors file", () => {
  it("comes back with its description, to the bit", async () => {
    const { model } = await classifierOf([["LSTM", { units: 3 }], ["BatchNormalization"]], [4, 2]);
    const [file] = Object.values(await formats.safetensors.write(model, []));
    const around = { base: model.description, dataOf: () => model.data };
    const read = await readModelFile("net.safetensors", file ?? new Uint8Array(), around);
    expect(read).toEqual({ description: model.description, weights: model.weights, ignored: [] });
  });
});
