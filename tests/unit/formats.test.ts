// Files that take models elsewhere: TensorFlow.js opens its own and gives what the engine gives; what is written comes back; bytes are
// as they were when the real libraries opened them (`tests/interop/check.py`, which opens all models in all formats).
import { unzipSync } from "fflate";
import * as tf from "@tensorflow/tfjs-core";
import * as tfl from "@tensorflow/tfjs-layers";
import "@tensorflow/tfjs-backend-cpu";
import { describe, expect, it } from "vitest";
import { type ExportedModel, layersIn } from "../../src/engine/io/exported";
import { formats } from "../../src/engine/io/formats";
import { readHdf5 } from "../../src/engine/io/keras/hdf5";
import { readSafetensors } from "../../src/engine/io/safetensors";
import { classifierOf, exportCases, farthest } from "../support/exported";

const text = (bytes: Uint8Array | undefined): string => new TextDecoder().decode(bytes);

/** The numbers of all weights in one row. */
const numbersOf = ({ networks }: ExportedModel): number[] =>
  networks.flatMap(({ blocks }) =>
    layersIn(blocks).flatMap(({ weights }) => Object.values(weights).flatMap(({ data }) => Array.from(data))),
  );

const sorted = (values: readonly number[]): number[] => values.toSorted((a, b) => a - b);

describe("TensorFlow.js", () => {
  it.each(Object.entries(exportCases))("gives the same for %s, or is said not to", async (_, make) => {
    const { model, samples, count, outputs } = await make();
    const refusals = formats.tfjs.refusals(model);
    if (refusals.length > 0) {
      expect(refusals.map(({ why }) => why.key)).toEqual(refusals.map(() => expect.stringMatching(/^exports\./)));
      return;
    }
    const files = await formats.tfjs.write(model, []);
    const { modelTopology, weightsManifest } = JSON.parse(text(files["model.json"]));
    const weightData = files["weights.bin"]?.buffer;
    if (!weightData) throw new Error("expected weights, got none");
    const loaded = await tfl.loadLayersModel({
      load: async () => ({ modelTopology, weightSpecs: weightsManifest[0].weights, weightData }),
    });
    const [network] = model.networks;
    const given = loaded.predict(tf.tensor(Array.from(samples), [count, ...(network?.input.shape ?? [])]));
    if (Array.isArray(given)) throw new Error("expected one result, got several");
    expect(farthest(given.dataSync(), outputs)).toBeLessThan(1e-5);
  });
});

describe("files", () => {
  it("hold every weight, bit for bit", async () => {
    const { model } = await classifierOf([["LSTM", { units: 3 }], ["BatchNormalization"]], [4, 2]);
    const wanted = sorted(numbersOf(model));
    const [safe] = Object.values(await formats.safetensors.write(model, []));
    const { tensors, metadata } = readSafetensors(safe ?? new Uint8Array());
    expect(tensors).toEqual(model.weights);
    expect(JSON.parse(metadata["model"] ?? "")).toEqual(model.description);
    // Node's buffers share memory with each other.
    expect(readSafetensors(Buffer.from(safe ?? [])).tensors).toEqual(tensors);
    const [keras] = Object.values(await formats.keras.write(model, []));
    const parts = unzipSync(keras ?? new Uint8Array());
    const arrays = await readHdf5(parts["model.weights.h5"] ?? new Uint8Array());
    expect(sorted(Object.values(arrays).flatMap(({ data }) => Array.from(data)))).toEqual(wanted);
    expect(Object.keys(arrays)).toContain("layers/lstm/cell/vars/1");
    const torch = await formats.torch.write(model, []);
    const state = readSafetensors(torch["model.safetensors"] ?? new Uint8Array()).tensors;
    // Torch's recurrent modules have a second bias, which is zeros.
    const zeros = Array.from({ length: 12 }, () => 0);
    expect(sorted(Object.values(state).flatMap(({ data }) => Array.from(data)))).toEqual(sorted([...wanted, ...zeros]));
  });

  it("are as the real libraries read them", async () => {
    const { model } = await classifierOf([], [2]);
    const [onnx] = Object.values(await formats.onnx.write(model, []));
    expect(Buffer.from(onnx ?? []).toString("base64")).toMatchSnapshot("ONNX");
    const { "model.py": program } = await formats.torch.write(model, []);
    expect(text(program)).toMatchSnapshot("PyTorch");
    const [keras] = Object.values(await formats.keras.write(model, []));
    expect(JSON.parse(text(unzipSync(keras ?? new Uint8Array())["config.json"]))).toMatchSnapshot("Keras");
  });

  it("name the layers that a format cannot take", async () => {
    const make = exportCases["tokens and attention"];
    if (!make) throw new Error("expected a model with attention, got none");
    const { model } = await make();
    expect(formats.keras.refusals(model)).toEqual([{ name: "position_embedding", why: { key: "exports.kerasLacks" } }]);
    expect(formats.onnx.refusals(model)).toEqual([]);
  });
});
