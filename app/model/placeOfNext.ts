/** Where a new layer goes when nobody says where. */
import type { ModelDescription, ModelReport, Place } from "../../src/engine";
import { layerFor } from "../../src/engine";

/** In front of a network's output layer, so that the network keeps its output; at the end of one whose output is not known
 *  or does not fit yet. The output layer is the last Dense, with the Activation behind it if there is one. */
export function placeOfNext(model: ModelDescription, network: string, report: ModelReport): Place {
  const blocks = model.networks[network]?.blocks ?? [];
  const end: Place = { network, parent: null, index: blocks.length };
  const own = report.networks[network];
  const ids = new Set(own?.layers.map(({ id }) => id));
  const isBroken = report.problems.some(
    ({ severity, layerId }) => severity === "error" && layerId !== undefined && ids.has(layerId),
  );
  if (!own?.output || isBroken) return end;
  const before = (by: number): Place => ({ ...end, index: blocks.length - by });
  const [previous, last] = [blocks.at(-2)?.type, blocks.at(-1)?.type];
  if (last === layerFor.activations) return before(previous === layerFor.outputs ? 2 : 1);
  return last === layerFor.outputs ? before(1) : end;
}
