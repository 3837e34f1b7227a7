/** PyTorch: a module as readable Python, its weights as safetensors, and samples to check them by. */
import { strToU8 } from "fflate";
import { writeNpz } from "../npy";
import { writeSafetensors } from "../safetensors";
import { torchClass, torchFile } from "../torch/file";
import { writeStateDict } from "../torch/pickle";
import { eachNetwork, type ExportFormat, samplesAsArrays, withoutSteps } from "./format";

/** `model.py` with one class for each network, and a safetensors file for each. */
export const torch: ExportFormat = {
  title: "PyTorch",
  help: "A readable model.py, the weights as its state dict, and samples: python model.py says whether all arrived.",
  ending: "zip",
  carriesSamples: true,
  refusals: withoutSteps,
  write: async (model, samples) => {
    const classes = model.networks.map((network) => torchClass(network, model.networks.length === 1));
    const states = classes.map(({ state }, i): [string, Uint8Array<ArrayBuffer>] => [
      `${model.networks[i]?.name ?? "model"}.safetensors`,
      writeSafetensors({ tensors: state, metadata: { format: "pt" } }),
    ]);
    return {
      "model.py": strToU8(torchFile(model, classes)) as Uint8Array<ArrayBuffer>,
      ...Object.fromEntries(states),
      ...(samples.length > 0 && { "samples.npz": writeNpz(samplesAsArrays(model, samples)) }),
    };
  },
};

/** The state dict alone, by the names that `model.py` gives it. */
export const torchWeights: ExportFormat = {
  title: "PyTorch weights",
  help: "The state dict in one file, names and layouts as in model.py: torch.load with weights_only=True opens it.",
  ending: "pt",
  carriesSamples: false,
  refusals: withoutSteps,
  write: (model) =>
    eachNetwork(model, "pt", (network) => writeStateDict(torchClass(network, model.networks.length === 1).state)),
};
