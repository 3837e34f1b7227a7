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
 *  @returns the sizes of those images by the layer's name */
function flattened(network: ExportedNetwork): ReadonlyMap<string, readonly [places: number, channels: number]> {
  const { input, steps } = lowerNetwork(network);
  const shapes = new Map([[0, input.shape], ...steps.map(({ to, shape }) => [to, shape] as const)]);
  const images = new Map<number, readonly [number, number]>();
  const turned = new Set<number>();
  const found = new Map<string, readonly [number, number]>();
  for (const step of steps) {
    const [from = 0] = step.from;
    const shape = shapes.get(from) ?? [];
    if (step.op === "transpose") turned.add(step.to);
    else if (step.op === "reshape" && step.shape.length === 1 && shape.length === 3 && !turned.has(from)) {
      images.set(step.to, [(shape[0] ?? 1) * (shape[1] ?? 1), shape[2] ?? 1]);
    } else if ((step.op === "training" || step.op === "activation") && images.has(from)) {
      images.set(step.to, images.get(from) ?? [1, 1]);
    } else if (step.op === "dense" && images.has(from)) found.set(step.name, images.get(from) ?? [1, 1]);
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

/** The only network of a model, with places and with zeros for its weights. */
function pairOf(model: ExportedModel): readonly [placed: ExportedNetwork, zeros: ExportedNetwork] {
  const [network, ...others] = model.networks;
  if (!network || others.length > 0) return refuse("a model of one network", `one of ${model.networks.length}`);
  const zeros = Object.entries(model.weights).map(([name, { shape }]): [string, NamedArray] => [
    name,
    { shape, data: new Float32Array(sizeOf(shape)) },
  ]);
  const blank = exportedModel(model.description, model.data, Object.fromEntries(zeros));
  return [withPlaces(model).networks[0] ?? network, blank.networks[0] ?? network];
}

/** Puts numbers where their places are. */
class Filled {
  readonly #all: Float32Array;
  readonly #model: ExportedModel;

  constructor(model: ExportedModel) {
    this.#model = model;
    this.#all = new Float32Array(
      FIRST + Object.values(model.weights).reduce((sum, { shape }) => sum + sizeOf(shape), 0),
    );
  }

  put(places: Float32Array, data: Float32Array): void {
    places.forEach((place, k) => {
      if (place >= FIRST) this.#all[place] = data[k] ?? NaN;
    });
  }

  add(places: Float32Array, data: Float32Array): void {
    places.forEach((place, k) => (this.#all[place] = (this.#all[place] ?? 0) + (data[k] ?? 0)));
  }

  weights(): Readonly<Record<string, NamedArray>> {
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

/** The weights of a model out of a file of this page's own export, by the names that it gives them; null where those are others.
 *  @param write the export  @param held what the file has */
export function fittedOwn(
  model: ExportedModel,
  held: Readonly<Record<string, NamedArray>>,
  write: Written,
): Readonly<Record<string, NamedArray>> | null {
  const [placed, zeros] = pairOf(model);
  const blank = write(zeros);
  // What is the same with any weights is none.
  const places = Object.entries(write(placed)).filter(([name, { data }]) =>
    data.some((place, k) => place !== blank[name]?.data[k]),
  );
  const filled = new Filled(model);
  for (const [name, { shape, data }] of places) {
    const theirs = Object.hasOwn(held, name) ? held[name] : undefined;
    if (!theirs || !sameShape(theirs.shape, shape)) return null;
    filled.put(data, theirs.data);
  }
  return filled.weights();
}

/** The weights of a model out of a state dict: by the names of `model.py`, or else in the order in which modules stand.
 *  @throws ArgumentError naming the first tensor that is missing, over, or of another shape */
export function fittedState(
  model: ExportedModel,
  state: Readonly<Record<string, NamedArray>>,
): Readonly<Record<string, NamedArray>> {
  const [placed] = pairOf(model);
  const places = Object.entries(asTorch(placed));
  const isOwn = places.every(([name]) => Object.hasOwn(state, name));
  const given = Object.entries(state);
  if (given.length !== places.length) refuse(`${places.length} tensors, as this model has`, String(given.length));
  const images = isOwn ? new Map<string, readonly [number, number]>() : flattened(placed);
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
    const image = images.get(name.replace(/\.weight$/, ""));
    const map = image && own.shape.length === 2 ? channelsFirst(own, image) : own;
    // Both biases of a recurrent module are added: a second one that has no place here goes to the first.
    if (name.endsWith(".bias_hh_l0") && map.data.every((place) => place < FIRST) && before)
      second.push({ at: before.data, data: theirs.data });
    filled.put(map.data, theirs.data);
    before = map;
  });
  for (const { at, data } of second) filled.add(at, data);
  return filled.weights();
}
