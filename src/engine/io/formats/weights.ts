/** Weights alone, in Keras's layout, by the names that the page shows: as safetensors with the model's description, or for NumPy. */
import type { ExportedModel } from "../exported";
import { IN_FILES, notesAsEntries } from "../notes";
import { writeNpz } from "../npy";
import { writeSafetensors } from "../safetensors";
import { type ExportFormat, stemOf } from "./format";

/** Headers are read up to some length, and long lists of names cut off where they come near it. */
const MAX_NOTES = 2 ** 17;

function notesFor(model: ExportedModel): Record<string, string> {
  const notes = notesAsEntries(model, model.networks);
  const length = Object.values(notes).reduce((sum, text) => sum + text.length, 0);
  return length <= MAX_NOTES ? notes : notesAsEntries(model, model.networks, { ...IN_FILES, names: 100, columns: 100 });
}

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
      metadata: { format: "pt", model: JSON.stringify(model.description), ...notesFor(model) },
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
