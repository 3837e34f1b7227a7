// Models out of files: what was written comes back as it was, what is not understood is named, and bad files are refused.
import { gunzipSync, strToU8, unzipSync } from "fflate";
import { describe, expect, it } from "vitest";
import { type ExportedModel, exportedModel } from "../../src/engine/io/exported";
import { formats } from "../../src/engine/io/formats";
import { readModelFile } from "../../src/engine/io/incoming";
import { zipOf } from "../../src/engine/io/npy";
import { runNetwork } from "../../src/engine/io/samples";
import { writeHdf5 } from "../../src/engine/io/keras/hdf5";
import { isContainer } from "../../src/engine/model/blocks";
import { classifierOf, exportCases, farthest } from "../support/exported";
import { BRANCHING_H5, BRANCHING_KERAS, CONVNET_H5 } from "../support/kerasFiles";
import { networkOf } from "../support/models";

/** The weights that a file brings, in the model that it brings. */
async function opened(model: ExportedModel, name: string, file: Uint8Array | undefined) {
  const around = { base: model.description, dataOf: () => model.data };
  const { description, weights, ignored, assumed } = await readModelFile(name, file ?? new Uint8Array(), around);
  const [network] = exportedModel(description, model.data, weights ?? {}).networks;
  if (!network) throw new Error("expected a network, got none");
  return { network, ignored, assumed, types: networkOf(description).blocks.map(({ type }) => type) };
}

describe("a Keras file", () => {
  it.each(Object.entries(exportCases))("of %s comes back with the same answers", async (_, make) => {
    const { model, samples, count, outputs } = await make();
    if (formats.keras.refusals(model).length > 0)
      return expect(networkOf(model.description).blocks.some(isContainer)).toBe(false);
    const [file] = Object.values(await formats.keras.write(model, []));
    const { network, ignored } = await opened(model, "net.keras", file);
    expect(ignored).toEqual([]);
    expect(farthest(await runNetwork(network, samples, count), outputs)).toBeLessThan(2e-6);
    // TensorFlow.js's files hold the same layers in Keras 2's words.
    if (formats.tfjs.refusals(model).length > 0) return;
    const other = await opened(model, "net.zip", zipOf(await formats.tfjs.write(model, []), true));
    expect(farthest(await runNetwork(other.network, samples, count), outputs)).toBeLessThan(2e-6);
  });

  it.each([
    ["branching.keras", BRANCHING_KERAS],
    ["branching.h5", BRANCHING_H5],
  ])("of Keras's own with branches and both ways opens: %s", async (name, packed) => {
    const { model } = await classifierOf([], [4, 3]);
    const { network, ignored, types } = await opened(model, name, gunzipSync(Buffer.from(packed, "base64")));
    expect([types, ignored]).toEqual([["Branches", "Residual", "Dense"], []]);
    const samples = Float32Array.from({ length: 24 }, (_, i) => Math.sin(i));
    const wanted = [
      0.0854729562997818, 0.29600122570991516, 0.6185258030891418, 0.10060041397809982, 0.18532592058181763,
    ];
    expect(farthest((await runNetwork(network, samples, 2)).slice(0, 5), wanted)).toBeLessThan(1e-6);
  });

  it("of Keras 2's kind opens", async () => {
    const { model } = await classifierOf([], [6, 6, 1]);
    const { network, ignored } = await opened(model, "conv.h5", gunzipSync(Buffer.from(CONVNET_H5, "base64")));
    expect(ignored).toEqual([]);
    const samples = Float32Array.from({ length: 72 }, (_, i) => Math.sin(i));
    const wanted = [
      0.2850154936313629, 0.3377450108528137, 0.37723955512046814, 0.3906693458557129, 0.3124910593032837,
    ];
    expect(farthest((await runNetwork(network, samples, 2)).slice(0, 5), wanted)).toBeLessThan(1e-6);
  });

  it("keeps the penalties of weights, TensorFlow.js's too", async () => {
    const factors = { kernelL1: 0.01, kernelL2: 0.02, biasL1: 0.03, biasL2: 0.04 };
    const activity = { activityL1: 0.05, activityL2: 0.06 };
    const { model } = await classifierOf(
      [
        ["Dense", { units: 4, ...factors, ...activity }],
        ["Dense", { biasL1: 0.5 }],
      ],
      [2],
    );
    const [file = new Uint8Array()] = Object.values(await formats.keras.write(model, []));
    const text = new TextDecoder().decode(unzipSync(file)["config.json"]);
    expect(text).toContain('"class_name":"L1L2","config":{"l1":0.01,"l2":0.02}');
    expect(text).toContain('"class_name":"L1","config":{"l1":0.5}');
    const other = zipOf(await formats.tfjs.write(model, []), true);
    // TensorFlow.js refuses models with penalties on what layers tell.
    for (const [name, bytes, told] of [
      ["net.keras", file, activity],
      ["net.zip", other, { activityL1: 0, activityL2: 0 }],
    ] as const) {
      const around = { base: model.description, dataOf: () => model.data };
      const { description } = await readModelFile(name, bytes, around);
      const [first, second] = networkOf(description).blocks;
      const { activityL1 = 0, activityL2 = 0 } = first?.config ?? {};
      expect({ ...first?.config, activityL1, activityL2 }, name).toMatchObject({ ...factors, ...told });
      expect(second?.config, name).toMatchObject({ biasL1: 0.5, biasL2: 0 });
    }
  });

  it("whose layers are no stack with branches is refused by name", async () => {
    const { model } = await classifierOf([], [2]);
    const layer = (name: string, className: string, from: readonly string[]) => ({
      class_name: className,
      name,
      config: { name, units: 2 },
      inbound_nodes: from.length === 0 ? [] : [from.map((other) => [other, 0, 0, {}])],
    });
    const file = (layers: readonly object[]) =>
      zipOf(
        {
          "model.json": strToU8(
            JSON.stringify({ modelTopology: { class_name: "Model", config: { layers } }, weightsManifest: [] }),
          ),
        },
        false,
      );
    const begin = [layer("in", "InputLayer", []), layer("a", "Dense", ["in"]), layer("b", "Dense", ["a"])];
    await expect(opened(model, "a.zip", file(begin.concat(layer("c", "Dense", ["a"]))))).rejects.toThrow(
      /one output, got 2: b, c/,
    );
    await expect(opened(model, "a.zip", file(begin.concat(layer("c", "Dot", ["a", "b"]))))).rejects.toThrow(
      /joined by .*got Dot "c"/,
    );
    // A and b are read by both joins.
    const crossed = [layer("c", "Add", ["a", "b"]), layer("d", "Concatenate", ["b", "c"])];
    await expect(opened(model, "a.zip", file([...begin, ...crossed]))).rejects.toThrow(/share no layer, got "b"/);
  });

  it("of Keras's text example opens, whose blocks are code", async () => {
    const { model } = await classifierOf([["Embedding", { inputDim: 5, outputDim: 4 }]], [3], 5);
    const layer = (className: string, name: string, config: object, from: string) => ({
      class_name: className,
      name,
      config,
      inbound_nodes: [{ args: [{ config: { keras_history: [from, 0, 0] } }], kwargs: {} }],
    });
    const layers = [
      { class_name: "InputLayer", name: "in", config: {}, inbound_nodes: [] },
      layer("TokenAndPositionEmbedding", "tokens", { maxlen: 3, vocab_size: 5, embed_dim: 4 }, "in"),
      layer("TransformerBlock", "block", { embed_dim: 4, num_heads: 2, ff_dim: 6, rate: 0.2 }, "tokens"),
      layer("Flatten", "flat", {}, "block"),
      layer("Dense", "dense", { units: 3, activation: "softmax" }, "flat"),
    ];
    const [a, b] = ["layers/token_and_position_embedding/", "layers/transformer_block/"];
    const shapes: Record<string, readonly number[]> = {
      [`${a}token_emb/vars/0`]: [5, 4],
      [`${a}pos_emb/vars/0`]: [3, 4],
      ...Object.fromEntries(
        ["query", "key", "value"].flatMap((part) => [
          [`${b}att/${part}_dense/vars/0`, [4, 2, 4]],
          [`${b}att/${part}_dense/vars/1`, [2, 4]],
        ]),
      ),
      [`${b}att/output_dense/vars/0`]: [2, 4, 4],
      [`${b}att/output_dense/vars/1`]: [4],
      [`${b}ffn/layers/dense/vars/0`]: [4, 6],
      [`${b}ffn/layers/dense/vars/1`]: [6],
      [`${b}ffn/layers/dense_1/vars/0`]: [6, 4],
      [`${b}ffn/layers/dense_1/vars/1`]: [4],
      ...Object.fromEntries([1, 2].flatMap((n) => [0, 1].map((i) => [`${b}layernorm${n}/vars/${i}`, [4]]))),
      "layers/dense/vars/0": [12, 3],
      "layers/dense/vars/1": [3],
    };
    const arrays = Object.fromEntries(
      Object.entries(shapes).map(([path, shape], k) => [
        path,
        { shape, data: Float32Array.from({ length: shape.reduce((x, y) => x * y, 1) }, (_, i) => Math.sin(i + k)) },
      ]),
    );
    const config = strToU8(JSON.stringify({ class_name: "Functional", config: { name: "text", layers } }));
    const file = zipOf({ "config.json": config, "model.weights.h5": await writeHdf5(arrays) }, false);
    const { network, ignored, assumed, types } = await opened(model, "text.keras", file);
    expect(types.slice(0, 2)).toEqual(["Embedding", "PositionEmbedding"]);
    expect(types.slice(2, 6)).toEqual(["Residual", "LayerNormalization", "Residual", "LayerNormalization"]);
    expect([ignored, assumed]).toEqual([[], ["TokenAndPositionEmbedding", "TransformerBlock"]]);
    // Keras 3.15 on JAX, with the classes of its example and these weights.
    const wanted = [0.158993512, 0.568113148, 0.27289331, 0.703312457, 0.28701809, 0.009669536];
    const given = await runNetwork(network, Uint32Array.from([0, 3, 1, 4, 4, 2]), 2);
    expect(farthest(given, wanted)).toBeLessThan(1e-6);
  });

  it("that rebuilds what it reads becomes an encoder and a decoder", async () => {
    const { model } = await classifierOf([], [4, 4, 1]);
    const convolved = { name: "in", filters: 1, kernel_size: [1, 1], strides: [2, 2] };
    const layers = [
      { class_name: "Conv2D", config: convolved },
      { class_name: "UpSampling2D", config: { name: "up", size: [2, 2] } },
    ];
    const config = strToU8(JSON.stringify({ class_name: "Sequential", config: { name: "sequential_3", layers } }));
    const arrays = {
      "layers/conv2d/vars/0": { shape: [1, 1, 1, 1], data: Float32Array.of(2) },
      "layers/conv2d/vars/1": { shape: [1], data: Float32Array.of(3) },
    };
    const file = zipOf({ "config.json": config, "model.weights.h5": await writeHdf5(arrays) }, false);
    const around = { base: model.description, dataOf: () => model.data };
    const { description, weights } = await readModelFile("my-own_net.keras", file, around);
    // Nobody has named it, but for its file.
    expect(description.name).toBe("my own net");
    const types = Object.values(description.networks).map(({ blocks }) => blocks.map(({ type }) => type));
    expect([description.task.type, types]).toEqual(["reconstruction", [["Conv2D"], ["UpSampling2D"]]]);
    expect(Object.keys(weights ?? {})).toEqual(["encoder/in/kernel", "encoder/in/bias"]);
  });

  it("is refused by the layer that this page lacks", async () => {
    const { model } = await classifierOf([], [2]);
    const around = { base: model.description, dataOf: () => model.data };
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
    await expect(readModelFile("a.exe", whole, around)).rejects.toThrow(/\.keras, \.h5, \.safetensors, \.pt or \.onnx/);
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
