/** ONNX: the graph and its weights in one file, for ONNX Runtime and whatever else runs it. */
import { strToU8 } from "fflate";
import { onnxFile } from "../onnx/file";
import { notesAsEntries } from "../notes";
import { writeNpz } from "../npy";
import { eachNetwork, type ExportFormat, samplesAsArrays, stemOf, withoutSteps } from "./format";

const script = (
  names: readonly string[],
): string => `# Runs the exported model on the samples beside it: python check_onnx.py
import numpy as np
import onnxruntime

samples = np.load("samples.npz")
for name in ${JSON.stringify(names)}:
    prefix = "" if ${names.length === 1 ? "True" : "False"} else name.rsplit("-", 1)[1] + "_"
    session = onnxruntime.InferenceSession(name + ".onnx")
    inputs = samples[prefix + "inputs"]
    if inputs.dtype == np.uint32:
        inputs = inputs.astype(np.int64)
    outputs = session.run(None, {"input": inputs})[0]
    print(f"{name}: largest difference on {len(inputs)} samples {np.abs(outputs - samples[prefix + 'outputs']).max():.3g}")
`;

/** Opset 17; any number of samples. */
export const onnx: ExportFormat = {
  title: "ONNX",
  help: "The whole model in one file, opset 17: ONNX Runtime runs it in Python, C++, C#, Java or a browser.",
  ending: "onnx",
  carriesSamples: true,
  refusals: withoutSteps,
  write: async (model, samples) => {
    const files = await eachNetwork(model, "onnx", (network) =>
      onnxFile(network, stemOf(model), JSON.stringify(model.description), notesAsEntries(model, [network])),
    );
    const names = Object.keys(files).map((name) => name.replace(/\.onnx$/, ""));
    if (samples.length === 0) return files;
    return {
      ...files,
      "samples.npz": writeNpz(samplesAsArrays(model, samples)),
      "check_onnx.py": strToU8(script(names)) as Uint8Array<ArrayBuffer>,
    };
  },
};
