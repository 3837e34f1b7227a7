/** Keras 3: architecture, weights and how the model was trained, in one `.keras` file for each network. */
import { strToU8 } from "fflate";
import { kerasFile } from "../keras/file";
import { KerasGraph } from "../keras/graph";
import { notesAsEntries } from "../notes";
import { writeNpz } from "../npy";
import { eachNetwork, type ExportFormat, samplesAsArrays, stemOf } from "./format";
import { compiledAs } from "../keras/compile";

const script = (
  names: readonly string[],
): string => `# Runs the exported model on the samples beside it: python check_keras.py
import keras
import numpy as np

samples = np.load("samples.npz")
for name in ${JSON.stringify(names)}:
    prefix = "" if ${names.length === 1 ? "True" : "False"} else name.rsplit("-", 1)[1] + "_"
    model = keras.models.load_model(name + ".keras")
    model.summary()
    inputs = samples[prefix + "inputs"]
    outputs = model.predict(inputs, verbose=0)
    print(f"{name}: largest difference on {len(inputs)} samples {np.abs(outputs - samples[prefix + 'outputs']).max():.3g}")
`;

/** One file for each network; of a supervised model with its loss and optimizer. */
export const keras: ExportFormat = {
  title: "Keras 3",
  help: "Architecture, weights and training settings in a .keras file: load_model opens it on JAX, TensorFlow or PyTorch.",
  ending: "keras",
  carriesSamples: true,
  refusals: ({ networks }) => networks.flatMap((network) => new KerasGraph(network).refusals),
  write: async (model, samples) => {
    const files = await eachNetwork(model, "keras", (network) =>
      kerasFile(network, stemOf(model).replaceAll("-", "_"), compiledAs(model), notesAsEntries(model, [network])),
    );
    if (samples.length === 0) return files;
    const names = Object.keys(files).map((name) => name.replace(/\.keras$/, ""));
    return {
      ...files,
      "samples.npz": writeNpz(samplesAsArrays(model, samples)),
      "check_keras.py": strToU8(script(names)) as Uint8Array<ArrayBuffer>,
    };
  },
};
