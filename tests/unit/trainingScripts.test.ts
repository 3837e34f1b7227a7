// What travels along to train a model elsewhere: settings, notebook and data. That the scripts reach the page's curve was tried by hand:
// README, "When to leave the tab", says how.
import { unzipSync } from "fflate";
import { describe, expect, it } from "vitest";
import { infoOf } from "../../src/engine/data/dataset";
import { exportedModel } from "../../src/engine/io/exported";
import { formats } from "../../src/engine/io/formats";
import { lessonOf, settingsOf } from "../../src/engine/io/training/settings";
import { presets } from "../../src/engine/model/presets";
import { requireDataset } from "../../src/engine/data/library";
import { classifierOf, dataOf } from "../support/exported";

const text = (bytes: Uint8Array | undefined): string => new TextDecoder().decode(bytes);
const pause = async (): Promise<void> => {};

describe("training scripts", () => {
  it("have the data, the weights and what the page trains by", async () => {
    const { model } = await classifierOf([["Dense", { units: 4, kernelL2: 0.01, biasL1: 0.02 }], ["Dropout"]], [2]);
    const dataset = dataOf([2]);
    const files = await formats.train.write(model, [], { dataset, step: 7, pause });
    expect(Object.keys(files).toSorted()).toEqual([
      "README.txt",
      "data.npz",
      "model.keras",
      "model.pt",
      "model.py",
      "pipeline.py",
      "settings.json",
      "train.ipynb",
      "train_jax.py",
      "train_keras.py",
      "train_torch.py",
    ]);
    expect(JSON.parse(text(files["settings.json"]))).toMatchObject({
      step: 7,
      batch_size: 3,
      loss: "sparse_categorical_crossentropy",
      classes: 3,
      scale: 1,
      l1: { dense: { bias: 0.02 } },
      l2: { dense: { kernel: 0.01 } },
      frozen: [],
      text: null,
      output_shape: [3],
    });
    const arrays = unzipSync(files["data.npz"] ?? new Uint8Array());
    expect(Object.keys(arrays)).toEqual(["train_input.npy", "train_target.npy", "test_input.npy", "test_target.npy"]);
    const values = arrays["train_input.npy"] ?? new Uint8Array();
    expect(text(values.subarray(0, 100))).toContain("'shape': (3, 2)");
    const wanted = dataset.train.columns["input"];
    expect([...new Float32Array(values.slice(-24).buffer)]).toEqual([...(wanted ?? [])]);
    const notebook = JSON.parse(text(files["train.ipynb"]));
    expect(notebook.nbformat).toBe(4);
    expect(notebook.cells.map(({ cell_type: kind }: { cell_type: string }) => kind)).toContain("code");
    // Of `model.py` nothing reads samples, which are not there.
    expect(text(files["model.py"])).not.toContain("samples.npz");
  });

  it("know numbers that have a name from classes, and questions from texts", async () => {
    const settingsFor = async (preset: "cars" | "toy-add" | "names-gru") => {
      const { description } = presets[preset];
      const model = exportedModel(description, infoOf(requireDataset(description.dataset)));
      const taught = lessonOf(model);
      return taught && settingsOf(model, taught, [1], 0);
    };
    expect(await settingsFor("cars")).toMatchObject({ classes: 0, text: null, output_shape: [1] });
    expect(await settingsFor("toy-add")).toMatchObject({ text: { is_answer: true } });
    expect(await settingsFor("names-gru")).toMatchObject({ text: { is_answer: false } });
  });

  it("leave out what a library cannot take, and say where there are none", async () => {
    const made = await classifierOf([["Embedding", { inputDim: 5, outputDim: 4 }], ["PositionEmbedding"]], [3], 5);
    expect(formats.train.refusals(made.model)).toEqual([]);
    const files = await formats.train.write(made.model, [], { dataset: dataOf([3], 5), step: 0, pause });
    expect(Object.keys(files)).not.toContain("train_keras.py");
    expect(text(files["README.txt"])).toContain("Keras has no word");
    const { description } = presets["autoencoder"];
    const model = exportedModel(description, infoOf(requireDataset(description.dataset)));
    expect(formats.train.refusals(model).map(({ why }) => why.key)).toEqual(["exports.noScripts"]);
  });
});
