/** Weights alone, in Keras's layout, by the names that the page shows: as safetensors with the model's description, or for NumPy. */
import { writeNpz } from "../npy";
import { writeSafetensors } from "../safetensors";
import { type ExportFormat, stemOf } from "./format";

/** Comes back into this page as it is, and opens wherever safetensors do. */
export const safetensors: ExportFormat = {
  title: "safetensors",
  help: "Weights in Keras's layout with the model's description: this page reads it back, Python's safetensors too.",
  ending: "safetensors",
  carriesSamples: false,
  refusals: () => [],
  write: async (model) => ({
    [`${stemOf(model)}.safetensors`]: writeSafetensors({
      tensors: model.weights,
      metadata: { format: "pt", model: JSON.stringify(model.description) },
    }),
  }),
};

/** One array for each weight, by its name. */
export const numpy: ExportFormat = {
  title: "NumPy",
  help: "One array for each weight, in Keras's layout: np.load opens it, and nothing else is needed.",
  ending: "npz",
  carriesSamples: false,
  refusals: () => [],
  write: async (model) => ({ [`${stemOf(model)}.npz`]: writeNpz(model.weights) }),
};
