/** What a model starts training from: seeded weights, and an optimizer that has seen nothing. */
import { readConfig } from "../fields";
import type { Node } from "../graph/node";
import type { ParameterEntry } from "../model/analyze";
import type { TrainingSettings } from "../model/description";
import { initialValues } from "../nn/initializers";
import { optimizers } from "../optim/optimizers";
import { sizeOf } from "../shape";
import type { ModelState } from "./programs";

/** The values of a model's state before the first step.
 *  @param entries where in the flat vector of parameters each of them is */
export function startValues(
  { seed, optimizer: { type, config } }: TrainingSettings,
  entries: readonly ParameterEntry[],
  { parameters, slots }: ModelState,
): ReadonlyMap<Node, Float32Array> {
  const flat = new Float32Array(sizeOf(parameters.shape));
  entries.forEach(({ spec, offset }, which) => {
    flat.set(initialValues(spec.initializer, spec.shape, seed, which), offset);
  });
  const starts = optimizers[type].slots(readConfig(optimizers[type].fields, config).config);
  return new Map([
    [parameters, flat],
    ...Object.entries(slots).map(
      ([slot, node]) => [node, new Float32Array(sizeOf(node.shape)).fill(starts[slot] ?? 0)] as const,
    ),
  ]);
}
