/** Reading a model's state out of its tensors and putting it back: whole, for resuming, or variable by variable. Refuses what
 *  does not fit, by name, before it changes anything. */
import type { Tensor, TensorData } from "../backend/backend";
import { ArgumentError } from "../errors";
import type { Node } from "../graph/node";
import { matchWeights, type StartWeights } from "../model/startFrom";
import type { VariableEntry } from "../model/variables";
import { type Shape, showShape, sizeOf } from "../shape";
import { isSnapshotted, type ModelState } from "./state";

/** Everything a run can be resumed from. */
export interface Snapshot {
  readonly step: number;
  /** By the names of the model's state. */
  readonly tensors: Readonly<Record<string, TensorData>>;
}

/** The memory that snapshots are in, each part once though both have it: to hand it over. */
export const memoryOf = (...snapshots: readonly (Snapshot | null)[]): ArrayBufferLike[] => [
  ...new Set(snapshots.flatMap((snapshot) => Object.values(snapshot?.tensors ?? {}).map(({ buffer }) => buffer))),
];

/** The value of a variable. */
export interface Weight {
  readonly shape: Shape;
  readonly data: Float32Array;
}

/** The tensor of a node. */
type TensorOf = (node: Node) => Tensor;

/** Copies out everything that training changes. */
export async function readSnapshot({ tensors }: ModelState, tensorOf: TensorOf, step: number): Promise<Snapshot> {
  const read = tensors
    .filter(isSnapshotted)
    .map(async ({ name, node }) => [name, await tensorOf(node).read()] as const);
  return { step, tensors: Object.fromEntries(await Promise.all(read)) };
}

/** @throws ArgumentError when the snapshot has other tensors than the model, or of other lengths */
export function writeSnapshot({ tensors }: ModelState, tensorOf: TensorOf, snapshot: Snapshot): void {
  const wanted = tensors.filter(isSnapshotted);
  const sizes = new Map(wanted.map(({ name, node }) => [name, node.shape]));
  const lengths = Object.entries(snapshot.tensors).map(([name, { length }]) => [name, [length]] as const);
  refuseMisfits("Snapshot", sizes, new Map(lengths), false);
  for (const { name, node } of wanted) {
    const data = snapshot.tensors[name];
    if (data) tensorOf(node).write(data);
  }
}

/** Copies out all that training changes of the networks that are not among these. @returns what puts it back */
export async function holdOthers(
  { tensors }: ModelState,
  tensorOf: TensorOf,
  networks: readonly string[],
): Promise<() => void> {
  const others = tensors.filter(
    (one) => isSnapshotted(one) && !networks.some((name) => one.name.startsWith(`${name}/`)),
  );
  const held = await Promise.all(
    others.map(async ({ node }) => [tensorOf(node), await tensorOf(node).read()] as const),
  );
  return () => {
    for (const [tensor, data] of held) tensor.write(data);
  };
}

/** Every variable and the vector that it is in. */
function variablesOf({ networks }: ModelState): { readonly entry: VariableEntry; readonly vector: Node }[] {
  return Object.values(networks).flatMap(({ layout, trained, kept }) =>
    layout.entries.flatMap((entry) => {
      const vector = entry.role === "trained" ? trained : kept;
      return vector ? [{ entry, vector }] : [];
    }),
  );
}

/** All variables by name. */
export async function readWeights(state: ModelState, tensorOf: TensorOf): Promise<Record<string, Weight>> {
  const variables = variablesOf(state);
  const vectors = [...new Set(variables.map(({ vector }) => vector))];
  const read = new Map(
    await Promise.all(vectors.map(async (vector) => [vector, await tensorOf(vector).read()] as const)),
  );
  return Object.fromEntries(
    variables.map(({ entry: { name, spec, offset }, vector }) => {
      const data = Float32Array.from(read.get(vector)?.subarray(offset, offset + sizeOf(spec.shape)) ?? []);
      return [name, { shape: spec.shape, data }];
    }),
  );
}

/** @param isPartial whether variables may be missing
 *  @throws ArgumentError for unknown, missing and misshapen ones, naming them */
export function writeWeights(
  state: ModelState,
  tensorOf: TensorOf,
  values: Readonly<Record<string, Float32Array | Weight>>,
  isPartial: boolean,
): void {
  const variables = variablesOf(state);
  const wanted = new Map(variables.map(({ entry }) => [entry.name, entry.spec.shape]));
  const shapes = Object.entries(values).map(([name, value]) => {
    const { data, shape: said } = value instanceof Float32Array ? { data: value, shape: undefined } : value;
    const shape = wanted.get(name);
    const isComplete = shape === undefined || sizeOf(shape) === data.length;
    // An array says how long it is and not of what shape.
    return [name, isComplete ? (said ?? shape ?? [data.length]) : [data.length]] as const;
  });
  refuseMisfits("Weights", wanted, new Map(shapes), isPartial);
  for (const { entry, vector } of variables) {
    const value = values[entry.name];
    if (value) tensorOf(vector).write(value instanceof Float32Array ? value : value.data, entry.offset);
  }
}

/** Puts the values before the first step back: those of another model where they fit, and seeded ones elsewhere. */
export function writeStart(state: ModelState, tensorOf: TensorOf, from: StartWeights | undefined): void {
  for (const { node, start } of state.tensors) tensorOf(node).write(start());
  if (!from) return;
  const wanted = new Map(variablesOf(state).map(({ entry }) => [entry.name, entry.spec.shape]));
  const { taken } = matchWeights(wanted, from);
  writeWeights(state, tensorOf, Object.fromEntries(taken.map(({ name, weight }) => [name, weight])), true);
}

/** How many names a message lists. */
const MAX_NAMED = 4;

/** @throws ArgumentError unless both have the same names and shapes */
function refuseMisfits(
  what: string,
  wanted: ReadonlyMap<string, Shape>,
  given: ReadonlyMap<string, Shape>,
  isPartial: boolean,
): void {
  const unknown = [...given.keys()].filter((name) => !wanted.has(name));
  const missing = isPartial ? [] : [...wanted.keys()].filter((name) => !given.has(name));
  const misshapen = [...given].flatMap(([name, shape]) => {
    const expected = wanted.get(name);
    const fits = expected === undefined || showShape(expected) === showShape(shape);
    return fits ? [] : [`${name} ${showShape(shape)} instead of ${showShape(expected)}`];
  });
  const parts = [
    ["unknown", unknown],
    ["missing", missing],
    ["misshapen", misshapen],
  ] as const;
  const found = parts.flatMap(([kind, names]) => (names.length > 0 ? [`${kind}: ${listed(names)}`] : []));
  if (found.length === 0) return;
  throw new ArgumentError(
    `${what}: expected the tensors of this model, got others (${found.join("; ")}). Use those of a model with the same layers.`,
  );
}

const listed = (names: readonly string[]): string =>
  names.length <= MAX_NAMED
    ? names.join(", ")
    : `${names.slice(0, MAX_NAMED).join(", ")} and ${names.length - MAX_NAMED} more`;
