/** Where a new layer goes when nobody says where. */
import type { ModelDescription, ModelReport } from "../../src/engine";
import { datasets, losses } from "../../src/engine";

/** In front of the output layer, so that the model keeps its output; at the end of a model whose output does not fit its
 *  loss yet. The output layer is the last Dense, with the Activation behind it if there is one. */
export function placeOfNext({ dataset, layers, training }: ModelDescription, { output }: ModelReport): number {
  const end = layers.length;
  const classes = datasets[dataset].classNames.length;
  if (output === null || losses[training.loss].problem(output, classes) !== undefined) return end;
  const [before, last] = [layers.at(-2)?.type, layers.at(-1)?.type];
  if (last === "Activation") return before === "Dense" ? end - 2 : end - 1;
  return last === "Dense" ? end - 1 : end;
}
