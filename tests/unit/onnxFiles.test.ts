// Files of ONNX: this page's own come back as they were, and the graphs of others are read by their ops.
import { gunzipSync } from "fflate";
import { describe, expect, it } from "vitest";
import { infoOf } from "../../src/engine/data/dataset";
import { requireDataset } from "../../src/engine/data/library";
import { type ExportedModel, exportedModel } from "../../src/engine/io/exported";
import { formats } from "../../src/engine/io/formats";
import { readModelFile } from "../../src/engine/io/incoming";
import { zipOf } from "../../src/engine/io/npy";
import { onnxFile } from "../../src/engine/io/onnx/file";
import { runNetwork } from "../../src/engine/io/samples";
import { writeSafetensors } from "../../src/engine/io/safetensors";
import { torchClass } from "../../src/engine/io/torch/file";
import { presets } from "../../src/engine/model/presets";
import { classifierOf, dataOf, type ExportCase, exportCases, farthest, weightsOf } from "../support/exported";
import { modelOf, networkOf } from "../support/models";
import { LOOP_ONNX, READER_ONNX, READER_OUTPUTS } from "../support/onnxFiles";

/** Where nothing is known of the model. */
const strange = ({ data }: ExportedModel) => ({ base: modelOf([]), dataOf: () => data });

function only(model: ExportedModel) {
  const [network] = model.networks;
  if (!network) throw new Error("expected a network, got none");
  return network;
}

const opened = async (made: ExportCase, name: string, file: Uint8Array) => {
  const { description, weights } = await readModelFile(name, file, strange(made.model));
  return { description, network: only(exportedModel(description, made.model.data, weights ?? {})) };
};

describe("a graph", () => {
  /** Inner layers for every step, and distances, are no layers by the ops alone. */
  const refused: Readonly<Record<string, RegExp>> = { containers: /got others/, clusters: /a part of one \(square\)/ };

  it.each(Object.entries(exportCases))("of %s is read by its ops alone, with the same answers", async (name, make) => {
    const made = await make();
    // Without the description that this page writes beside it.
    const bare = onnxFile(only(made.model), "");
    if (refused[name]) return expect(opened(made, "net.onnx", bare)).rejects.toThrow(refused[name]);
    const { network } = await opened(made, "net.onnx", bare);
    expect(farthest(await runNetwork(network, made.samples, made.count), made.outputs)).toBeLessThan(2e-6);
  });

  it("of PyTorch's with attention and recurrent layers is read", async () => {
    const made = await classifierOf([["Embedding", { inputDim: 5, outputDim: 4 }]], [3], 5);
    const { description, network } = await opened(made, "net.onnx", gunzipSync(Buffer.from(READER_ONNX, "base64")));
    expect(networkOf(description).blocks.map(({ type }) => type)).toEqual([
      "Embedding",
      "PositionEmbedding",
      "Residual",
      "LayerNormalization",
      "Residual",
      "LayerNormalization",
      "Bidirectional",
      "LSTM",
      "Dense",
      "Activation",
    ]);
    const given = await runNetwork(network, Uint32Array.from([0, 3, 1, 4, 4, 2]), 2);
    expect(farthest(given, READER_OUTPUTS)).toBeLessThan(1e-6);
  });

  it("of a loop that is written out is refused, with what to do", async () => {
    const made = await classifierOf([["SimpleRNN", { units: 2 }]], [3, 2]);
    await expect(opened(made, "net.onnx", gunzipSync(Buffer.from(LOOP_ONNX, "base64")))).rejects.toThrow(
      /a loop that is written out: "MatMul \d+", "MatMul \d+", "MatMul \d+" have the same weights.*dynamo=False/,
    );
  });

  it("is believed where the layers that are there would give something else", async () => {
    const [relu, tanh] = [
      await classifierOf([["Dense", { units: 4, activation: "relu" }]], [3]),
      await classifierOf([["Dropout"], ["Dense", { units: 4, activation: "tanh" }]], [3]),
    ];
    const file = onnxFile(only(tanh.model), "");
    for (const { model } of [relu, tanh]) {
      const around = { base: model.description, dataOf: () => model.data };
      const { description, weights } = await readModelFile("net.onnx", file, around);
      const network = only(exportedModel(description, model.data, weights ?? {}));
      expect(farthest(await runNetwork(network, tanh.samples, 3), tanh.outputs)).toBeLessThan(2e-6);
      // Those that give the same stay, with what training alone does.
      const [first] = networkOf(description).blocks;
      expect(first?.type === "Dropout").toBe(model === tanh.model);
    }
  });

  it("of a series, or of numbers in a row, reads pictures of one channel as those", async () => {
    const { model } = await classifierOf([], [4, 3, 1]);
    for (const [shape, type] of [
      [[4, 3], "Reshape"],
      [[12], "Flatten"],
    ] as const) {
      const made = await classifierOf(shape.length > 1 ? [["LSTM", { units: 2 }]] : [], shape);
      const { description, weights } = await readModelFile("n.onnx", onnxFile(only(made.model), ""), strange(model));
      expect(networkOf(description).blocks[0]?.type).toBe(type);
      const network = only(exportedModel(description, model.data, weights ?? {}));
      expect(farthest(await runNetwork(network, made.samples, 3), made.outputs)).toBeLessThan(2e-6);
    }
  });

  it("names the nearest op that is read", async () => {
    const made = await classifierOf([["Dense", { units: 4, activation: "softplus" }]], [3]);
    const file = Buffer.from(onnxFile(only(made.model), ""))
      .toString("latin1")
      .replace("Softplus", "Softsign");
    await expect(opened(made, "net.onnx", Buffer.from(file, "latin1"))).rejects.toThrow(
      "got Softsign; the nearest is Softplus",
    );
  });
});

describe("this page's own export", () => {
  it.each(Object.entries(exportCases))("of %s comes back as it was, whatever is there", async (name, make) => {
    const { model } = await make();
    const file = zipOf(await formats.onnx.write(model, []), false);
    // Distances to centroids are worked out of them.
    if (name === "clusters") return expect(readModelFile("net.zip", file, strange(model))).rejects.toThrow(/Gemm 2/);
    const read = await readModelFile("net.zip", file, strange(model));
    expect(read).toEqual({ description: model.description, weights: model.weights, ignored: [] });
  });

  it("of several networks comes back from their files together", async () => {
    const { description } = presets.autoencoder;
    const data = infoOf(requireDataset(description.dataset));
    const model = exportedModel(description, data, weightsOf(exportedModel(description, data)));
    const file = zipOf(await formats.onnx.write(model, []), false);
    const read = await readModelFile("net.zip", file, strange(model));
    expect([read.description, read.weights]).toEqual([model.description, model.weights]);
  });
});

describe("a state dict", () => {
  it("of what was worked out of weights is refused", async () => {
    const { model } = (await exportCases["clusters"]?.()) ?? (await classifierOf([], [2]));
    const [file = new Uint8Array()] = Object.values(await formats.pt.write(model, []));
    const around = { base: model.description, dataOf: () => model.data };
    await expect(readModelFile("net.pt", file, around)).rejects.toThrow(/distances to centroids/);
  });

  it("goes as safetensors into the layers that are there, by its modules' names where they are others", async () => {
    const data = dataOf([3]);
    const made = await classifierOf(
      [
        ["Dense", { units: 4 }],
        ["Dense", { units: 5 }],
      ],
      [3],
    );
    const { state } = torchClass(only(made.model), true);
    const around = { base: made.model.description, dataOf: () => data };
    const others: Readonly<Record<string, string>> = { dense: "net.2", dense_1: "net.4", dense_2: "net.10" };
    const modules = Object.entries(state).map(([name, array]) => {
      const [module = "", kind = ""] = name.split(".");
      return [`${others[module] ?? ""}.${kind}`, array] as const;
    });
    for (const entries of [Object.entries(state), modules]) {
      // As the library writes them: in the order of the alphabet.
      const tensors = Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)));
      const file = writeSafetensors({ tensors, metadata: { format: "pt" } });
      expect((await readModelFile("net.safetensors", file, around)).weights).toEqual(made.model.weights);
    }
  });
});
