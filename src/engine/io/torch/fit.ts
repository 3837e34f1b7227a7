/** Weights of a PyTorch state dict put in the places of a model's own. What goes where is asked of the export: it is written with the
 *  place of every number instead of the number, and read back by that. */
import { ArgumentError } from "../../errors";
import { sameShape, showShape, sizeOf } from "../../shape";
import { type ExportedModel, type ExportedNetwork, exportedModel } from "../exported";
import { lowerNetwork } from "../portable/lower";
import type { NamedArray } from "../safetensors";
import { torchClass } from "./file";

/** Places start here, so that they are told from the zeros and ones that PyTorch has and this page has not. */
const FIRST = 2;
/** Whole numbers up to this are floats without rounding. */
const MAX_PLACES = 2 ** 24;

function refuse(expected: string, got: string): never {
  throw new ArgumentError(
    `PyTorch weights: expected ${expected}, got ${got}. Build the same layers here first, then open the file.`,
  );
}

/** The model with places for weights. */
function withPlaces(model: ExportedModel): ExportedModel {
  let next = FIRST;
  const weights = Object.entries(model.weights).map(([name, { shape }]): [string, NamedArray] => {
    const data = Float32Array.from({ length: sizeOf(shape) }, () => next++);
    return [name, { shape, data }];
  });
  if (next > MAX_PLACES) refuse(`at most ${MAX_PLACES} weights`, String(next));
  return exportedModel(model.description, model.data, Object.fromEntries(weights));
}

/** The first dense layer after images that were flattened: PyTorch flattens channels first. Those that the model itself turned have
 *  PyTorch's order already.
 *  @param network with places for weights  @returns the sizes of those images by the first place of the layer's kernel */
function flattened(network: ExportedNetwork): ReadonlyMap<number, readonly [places: number, channels: number]> {
  const { input, steps, weights } = lowerNetwork(network);
  const shapes = new Map([[0, input.shape], ...steps.map(({ to, shape }) => [to, shape] as const)]);
  const images = new Map<number, readonly [number, number]>();
  const turned = new Set<number>();
  const found = new Map<number, readonly [number, number]>();
  for (const step of steps) {
    const [from = 0] = step.from;
    const shape = shapes.get(from) ?? [];
    if (step.op === "transpose") turned.add(step.to);
    else if (step.op === "reshape" && step.shape.length === 1 && shape.length === 3 && !turned.has(from)) {
      images.set(step.to, [(shape[0] ?? 1) * (shape[1] ?? 1), shape[2] ?? 1]);
    } else if ((step.op === "training" || step.op === "activation") && images.has(from)) {
      images.set(step.to, images.get(from) ?? [1, 1]);
    } else if (step.op === "dense" && images.has(from))
      found.set(weights[step.kernel]?.data[0] ?? 0, images.get(from) ?? [1, 1]);
  }
  return found;
}

/** Columns of a matrix from channels last to channels first. */
function channelsFirst({ shape, data }: NamedArray, [places, channels]: readonly [number, number]): NamedArray {
  const columns = places * channels;
  return {
    shape,
    data: data.map((_, i) => {
      const [row, column] = [Math.floor(i / columns), i % columns];
      const [c, place] = [Math.floor(column / places), column % places];
      return data[row * columns + place * channels + c] ?? 0;
    }),
  };
}

/** Where the arrays of another library's file come from in a model: its export with places for numbers.
 *  @param write what that library calls each array of a network */
type Written = (network: ExportedNetwork) => Readonly<Record<string, NamedArray>>;

const asTorch: Written = (network) => torchClass(network, true).state;

/** The model with zeros for weights. */
function withZeros(model: ExportedModel): ExportedModel {
  const zeros = Object.entries(model.weights).map(([name, { shape }]): [string, NamedArray] => [
    name,
    { shape, data: new Float32Array(sizeOf(shape)) },
  ]);
  return exportedModel(model.description, model.data, Object.fromEntries(zeros));
}

/** Puts numbers where their places are. */
class Filled {
  readonly #all: Float32Array;
  readonly #isPut: Uint8Array;
  readonly #model: ExportedModel;

  constructor(model: ExportedModel) {
    this.#model = model;
    const length = FIRST + Object.values(model.weights).reduce((sum, { shape }) => sum + sizeOf(shape), 0);
    this.#all = new Float32Array(length);
    this.#isPut = new Uint8Array(length).fill(1, 0, FIRST);
  }

  put(places: Float32Array, data: Float32Array): void {
    places.forEach((place, k) => {
      if (place < FIRST) return;
      this.#all[place] = data[k] ?? NaN;
      this.#isPut[place] = 1;
    });
  }

  add(places: Float32Array, data: Float32Array): void {
    places.forEach((place, k) => (this.#all[place] = (this.#all[place] ?? 0) + (data[k] ?? 0)));
  }

  /** All weights; null where some had no place, as those have that others are worked out of. */
  weights(): Readonly<Record<string, NamedArray>> | null {
    if (!this.#isPut.every((isPut) => isPut === 1)) return null;
    let at = FIRST;
    return Object.fromEntries(
      Object.entries(this.#model.weights).map(([name, { shape }]) => {
        const data = this.#all.slice(at, at + sizeOf(shape));
        at += data.length;
        return [name, { shape, data }];
      }),
    );
  }
}

/** The weights of a model out of files of this page's own export, by the names that it gives them; null where those are others.
 *  @param write the export  @param held what the file of each network has, in their order */
export function fittedOwn(
  model: ExportedModel,
  held: readonly Readonly<Record<string, NamedArray>>[],
  write: Written,
): Readonly<Record<string, NamedArray>> | null {
  const zeros = withZeros(model).networks;
  const filled = new Filled(model);
  for (const [i, placed] of withPlaces(model).networks.entries()) {
    const [blank, file = {}] = [write(zeros[i] ?? placed), held[i]];
    for (const [name, { shape, data }] of Object.entries(write(placed))) {
      // What is the same with any weights is none.
      if (data.every((place, k) => place === blank[name]?.data[k])) continue;
      const theirs = Object.hasOwn(file, name) ? file[name] : undefined;
      if (!theirs || !sameShape(theirs.shape, shape)) return null;
      filled.put(data, theirs.data);
    }
  }
  return filled.weights();
}

/** The weights of a model out of a state dict: by the names of `model.py`, or else in the order in which modules stand.
 *  @throws ArgumentError naming the first tensor that is missing, over, or of another shape */
export function fittedState(
  model: ExportedModel,
  state: Readonly<Record<string, NamedArray>>,
): Readonly<Record<string, NamedArray>> {
  const [placed, ...others] = withPlaces(model).networks;
  if (!placed || others.length > 0) return refuse("a model of one network", `one of ${model.networks.length}`);
  const places = Object.entries(asTorch(placed));
  const isOwn = places.every(([name]) => Object.hasOwn(state, name));
  const given = Object.entries(state);
  if (given.length !== places.length) refuse(`${places.length} tensors, as this model has`, String(given.length));
  const images = isOwn ? new Map<number, readonly [number, number]>() : flattened(placed);
  const filled = new Filled(model);
  const second: { readonly at: Float32Array; readonly data: Float32Array }[] = [];
  let before: NamedArray | undefined;
  places.forEach(([name, own], i) => {
    const [theirName = "", theirs] = isOwn ? [name, state[name]] : (given[i] ?? []);
    if (!theirs || !sameShape(theirs.shape, own.shape)) {
      refuse(
        `"${name}" of ${showShape(own.shape)}`,
        theirs ? `"${theirName.slice(0, 80)}" of ${showShape(theirs.shape)}` : "none",
      );
    }
    if (!theirs) return;
    const image = images.get(own.data[0] ?? 0);
    const map = image && own.shape.length === 2 ? channelsFirst(own, image) : own;
    // Both biases of a recurrent module are added: a second one that has no place here goes to the first.
    if (name.endsWith(".bias_hh_l0") && map.data.every((place) => place < FIRST) && before)
      second.push({ at: before.data, data: theirs.data });
    filled.put(map.data, theirs.data);
    before = map;
  });
  for (const { at, data } of second) filled.add(at, data);
  return (
    filled.weights() ??
    refuse("weights that layers here have", "those worked out of them, as distances to centroids are")
  );
}

/** Kinds of tensors in the order in which a module of PyTorch has them. */
const KINDS = ["in_proj_weight", "in_proj_bias", "weight", "weight_ih", "weight_hh", "bias", "bias_ih", "bias_hh"];

/** Tensors that a file has in another order, as safetensors have: by their modules' names, numbers by their size, and in a module as
 *  PyTorch has them. */
export function inModuleOrder(state: Readonly<Record<string, NamedArray>>): Readonly<Record<string, NamedArray>> {
  const parts = (name: string): readonly [module: string, kind: number] => {
    const at = name.lastIndexOf(".");
    const kind = KINDS.indexOf(name.slice(at + 1).replace(/_l\d+(_reverse)?$/, ""));
    return [name.slice(0, Math.max(at, 0)), kind < 0 ? KINDS.length : kind];
  };
  return Object.fromEntries(
    Object.entries(state).toSorted(([a], [b]) => {
      const [[module, kind], [other, second]] = [parts(a), parts(b)];
      return module.localeCompare(other, "en", { numeric: true }) || kind - second || (a < b ? -1 : 1);
    }),
  );
}
