/** The state of a model: one registry of named tensors, which binding, initial values, snapshots, memory report and exports
 *  all walk. */
import { readConfig } from "../fields";
import type { Node } from "../graph/node";
import type { ModelReport } from "../model/analyze/report";
import type { ModelDescription, NetworkDescription } from "../model/description";
import { layoutVariables, type NetworkLayout, type VariableRole } from "../model/variables";
import { initialValues } from "../nn/initializers";
import { state, stepScalar } from "../ops/leaf";
import { optimizers } from "../optim/optimizers";
import { streamOf } from "../random";

/** What a tensor of a model is for. `trained` and `kept` are its variables, `slot` what the optimizer keeps, `constant` what
 *  follows from the description and never changes. */
export type StateRole = VariableRole | "slot" | "constant";

/** One tensor that outlives a step. */
export interface StateTensor {
  /** `network/trained`, `network/kept`, `network/slot/mean`: unique in the model. */
  readonly name: string;
  readonly role: StateRole;
  readonly node: Node;
  /** Its values before the first step. */
  readonly start: () => Float32Array;
}

/** One network's part of the state. */
export interface NetworkState {
  readonly layout: NetworkLayout;
  /** `[P]` f32; undefined where nothing is trained. */
  readonly trained: Node | undefined;
  /** `[Q]` f32; undefined where nothing is kept. */
  readonly kept: Node | undefined;
  /** By slot name, each shaped like `trained`. */
  readonly slots: Readonly<Record<string, Node>>;
  /** `[P]` f32, 1 where weight decay applies and 0 where not; undefined where it applies to everything. */
  readonly decays: Node | undefined;
}

/** The state that all programs of a model share. */
export interface ModelState {
  readonly networks: Readonly<Record<string, NetworkState>>;
  readonly tensors: readonly StateTensor[];
  /** u32 step scalars. */
  readonly seed: Node;
  readonly step: Node;
}

/** What a snapshot holds: everything that training changes. */
export const isSnapshotted = ({ role }: Pick<StateTensor, "role">): boolean => role !== "constant";

/** Makes the state of a model. @throws ModelError when the model has an error */
export function modelState(description: ModelDescription, report: ModelReport): ModelState {
  const layouts = layoutVariables(report);
  const tensors: StateTensor[] = [];
  const networks = Object.fromEntries(
    Object.entries(layouts).map(([name, layout]) => {
      const network = description.networks[name];
      if (!network) throw new Error(`State: expected a network "${name}", got none.`);
      return [name, networkState(name, network, layout, description.training.seed, tensors)];
    }),
  );
  return { networks, tensors, seed: stepScalar("seed", "u32"), step: stepScalar("step", "u32") };
}

/** The same state as another description sees it, whose variables are the same but for what is done with them.
 *  @param report of that description */
export function seenBy(of: ModelState, report: ModelReport): ModelState {
  const layouts = layoutVariables(report);
  const networks = Object.entries(of.networks).map(([name, own]) => [
    name,
    { ...own, layout: layouts[name] ?? own.layout },
  ]);
  return { ...of, networks: Object.fromEntries(networks) };
}

/** @param tensors gets what the network has */
function networkState(
  name: string,
  { optimizer: { type, config } }: NetworkDescription,
  layout: NetworkLayout,
  seed: number,
  tensors: StateTensor[],
): NetworkState {
  const add = (path: string, role: StateRole, size: number, start: () => Float32Array): Node => {
    const node = state(`${name}/${path}`, [size]);
    tensors.push({ name: `${name}/${path}`, role, node, start });
    return node;
  };
  const variables = (role: VariableRole): Node | undefined => {
    const size = layout.sizes[role];
    return size === 0 ? undefined : add(role, role, size, () => startOf(name, layout, role, seed));
  };
  const trained = variables("trained");
  const kept = variables("kept");
  const size = layout.sizes.trained;
  if (!trained) return { layout, trained, kept, slots: {}, decays: undefined };
  const optimizer = optimizers[type];
  const settings = readConfig(optimizer.fields, config).config;
  const slots = Object.fromEntries(
    Object.entries(optimizer.slots(settings)).map(([slot, value]) => [
      slot,
      add(`slot/${slot}`, "slot", size, () => new Float32Array(size).fill(value)),
    ]),
  );
  const spares =
    optimizer.decays === true && layout.entries.some(({ role, spec }) => role === "trained" && spec.decays === false);
  const decays = spares ? add("decays", "constant", size, () => decayMask(layout)) : undefined;
  return { layout, trained, kept, slots, decays };
}

/** The seeded initial values of one of a network's vectors. */
function startOf(network: string, { entries, sizes }: NetworkLayout, role: VariableRole, seed: number): Float32Array {
  const flat = new Float32Array(sizes[role]);
  for (const entry of entries) {
    if (entry.role !== role) continue;
    const stream = streamOf(`${network} ${entry.layerId} ${entry.variable}`);
    flat.set(initialValues(entry.spec.initializer, entry.spec.shape, seed, stream), entry.offset);
  }
  return flat;
}

function decayMask({ entries, sizes }: NetworkLayout): Float32Array {
  const mask = new Float32Array(sizes.trained).fill(1);
  for (const { role, spec, offset } of entries) {
    if (role === "trained" && spec.decays === false) {
      mask.fill(0, offset, offset + spec.shape.reduce((size, dim) => size * dim, 1));
    }
  }
  return mask;
}
