/** Where every variable of a model lies: for each network two flat vectors, what gradients train and what is kept as it is or
 *  updated by its layer. */
import { ModelError } from "../errors";
import type { VariableSpec } from "../nn/layer";
import { packOffsets } from "../ops/packing";
import { sizeOf } from "../shape";
import type { LayerReport, ModelReport } from "./analyze/report";

/** Which of a network's vectors a variable is in: changed by the optimizer, or not. */
export type VariableRole = "trained" | "kept";

/** One variable's place. */
export interface VariableEntry {
  readonly layerId: string;
  /** `layer/variable`, for instance `dense_1/kernel`, after `network/` where there are several networks. */
  readonly name: string;
  readonly variable: string;
  readonly spec: VariableSpec;
  readonly role: VariableRole;
  /** First element in the vector. */
  readonly offset: number;
}

/** The variables of one network. */
export interface NetworkLayout {
  readonly entries: readonly VariableEntry[];
  /** Elements of each vector; 0 where there is nothing for it. */
  readonly sizes: Readonly<Record<VariableRole, number>>;
}

/** Frozen weights are kept, so that neither momentum nor decay can touch them. */
const roleOf = ({ isFrozen }: LayerReport, { trainable }: VariableSpec): VariableRole =>
  isFrozen || trainable === false ? "kept" : "trained";

/** Lays out the variables of all networks. @throws ModelError when the model has an error. */
export function layoutVariables(report: ModelReport): Readonly<Record<string, NetworkLayout>> {
  const error = report.problems.find(({ severity }) => severity === "error");
  if (error) throw new ModelError(error.said, error.layerId, error.fix);
  const names = Object.keys(report.networks);
  return Object.fromEntries(
    names.map((network) => [
      network,
      layoutNetwork(report.networks[network]?.layers ?? [], names.length > 1 ? `${network}/` : ""),
    ]),
  );
}

function layoutNetwork(layers: readonly LayerReport[], prefix: string): NetworkLayout {
  const specs = layers.flatMap((layer) =>
    Object.entries(layer.variables).map(([variable, spec]) => ({
      layerId: layer.id,
      name: `${prefix}${layer.name}/${variable}`,
      variable,
      spec,
      role: roleOf(layer, spec),
    })),
  );
  const packed = (role: VariableRole) =>
    packOffsets(specs.filter((spec) => spec.role === role).map(({ spec }) => sizeOf(spec.shape)));
  const places = { trained: packed("trained"), kept: packed("kept") };
  const next = { trained: 0, kept: 0 };
  const entries = specs.map((entry) => ({ ...entry, offset: places[entry.role].offsets[next[entry.role]++] ?? 0 }));
  return { entries, sizes: { trained: places.trained.size, kept: places.kept.size } };
}
