/** Layers that are made of a graph's ops, in Keras's words, and what each of its values is: a tensor whose every number is known to be a
 *  certain one of those that a layer gives here. Axes in another order, numbers laid flat, parts, and heads are all told by that. */
import { type Shape, sizeOf } from "../../shape";
import type { Node } from "../keras/tree";
import type { NamedArray } from "../safetensors";
import { counted, type Grid, regrouped, sameGrid, turned } from "./grid";
import { MAX_PLACES, type Op } from "./nodes";
import { refuse } from "./read";

/** What a layer gives, as a tensor of the file has it. */
export class Given {
  readonly kind = "given";
  #places: Grid | null;

  /** @param shape of a sample, as the layer gives it here
   *  @param view which of its axes each of the tensor's is, 0 for that of samples; or the place of each number
   *  @param scale what its numbers are multiplied by */
  constructor(
    readonly layer: string,
    readonly shape: Shape,
    readonly batch: number,
    readonly view: readonly number[] | Grid,
    readonly scale = 1,
  ) {
    this.#places = "data" in view ? view : null;
  }

  get axes(): readonly number[] | null {
    return "data" in this.view ? null : this.view;
  }

  get dims(): Shape {
    const all = [this.batch, ...this.shape];
    return "data" in this.view ? this.view.dims : this.view.map((axis) => all[axis] ?? 1);
  }

  get places(): Grid {
    return (this.#places ??= placesOf(this.batch, this.shape, this.axes ?? []));
  }

  /** Whether its axes are these. */
  isLaid(axes: readonly number[]): boolean {
    if (this.axes) return this.axes.length === axes.length && this.axes.every((axis, k) => axis === axes[k]);
    return axes.length === this.shape.length + 1 && sameGrid(this.places, placesOf(this.batch, this.shape, axes));
  }

  /** The same numbers of a layer that gives as many, in the same order. */
  of(layer: string): Given {
    return new Given(layer, this.shape, this.batch, this.view, this.scale);
  }

  moved(places: Grid): Given {
    return new Given(this.layer, this.shape, this.batch, places, this.scale);
  }

  scaled(factor: number): Given {
    return new Given(this.layer, this.shape, this.batch, this.view, this.scale * factor);
  }
}

/** Places of a layer's numbers, its axes in this order. */
export function placesOf(batch: number, shape: Shape, axes: readonly number[]): Grid {
  if (batch * sizeOf(shape) > MAX_PLACES) refuse(`tensors of at most ${MAX_PLACES} numbers`, shape.join(" x "));
  return turned(counted([batch, ...shape]), axes);
}

/** In order, samples first. */
export const inOrder = (shape: Shape): readonly number[] => [0, ...shape.map((_, k) => k + 1)];

/** A value of the graph: what a layer gives, what the file holds, or what is on the way to a layer. */
export type Value =
  | Given
  | { readonly kind: "constant"; readonly grid: Grid }
  /** `query · key`, and its softmax. */
  | {
      readonly kind: "scores";
      readonly query: Given;
      readonly key: Given;
      readonly scale: number;
      readonly causal: boolean;
      readonly isSoft: boolean;
    }
  /** Values one after the other, of which some are picked. */
  | { readonly kind: "joined"; readonly parts: readonly Given[] }
  /** `times (erf(of) + plus)`. */
  | { readonly kind: "erf"; readonly of: Given; readonly times: number; readonly plus: number }
  /** On the way to a normalization: over the tensor's axes. */
  | {
      readonly kind: "mean" | "centred" | "square" | "moment" | "root" | "inverse";
      readonly of: Given;
      readonly axes: readonly number[];
      readonly isCentred: boolean;
      readonly epsilon: number;
      readonly keeps: boolean;
    };

/** A layer that was made. */
export interface Made {
  /** What it is called, where no other is. */
  readonly stem: string;
  readonly type: string;
  readonly config: Node["config"];
  readonly from: readonly string[];
  readonly arrays: readonly NamedArray[];
}

const RECURRENT = new Set(["LSTM", "GRU", "SimpleRNN"]);
/** More than this in all is no network that somebody trains in a page. */
const MAX_WORK = 2 ** 27;

/** Makes layers of ops. */
export class LayerReader {
  readonly layers = new Map<string, Made>();
  readonly values = new Map<string, Value>();
  #work = 0;

  /** @param batch how many samples there are while it is read */
  constructor(readonly batch: number) {}

  /** @returns the name of the layer */
  add(stem: string, type: string, config: Node["config"], from: readonly string[], arrays: readonly NamedArray[] = []) {
    let name = stem;
    for (let i = 2; this.layers.has(name); i++) name = `${stem} (${i})`;
    this.layers.set(name, { stem, type, config, from, arrays });
    return name;
  }

  made(layer: string): Made {
    return this.layers.get(layer) ?? refuse("layers that there are", layer);
  }

  set(name: string, value: Value): void {
    this.#work += value.kind === "constant" ? value.grid.data.length : value.kind === "given" ? sizeOf(value.dims) : 0;
    if (this.#work > MAX_WORK) refuse(`tensors of at most ${MAX_WORK} numbers in all`, "more");
    if (name !== "") this.values.set(name, value);
  }

  value(op: Op, place: number): Value {
    const name = op.inputs[place] ?? "";
    return this.values.get(name) ?? refuse("ops that read what others give", `"${op.name}" of "${name.slice(0, 60)}"`);
  }

  /** What the file holds, or is worked out from that alone. */
  constant(op: Op, place: number): Grid | undefined {
    const value = this.values.get(op.inputs[place] ?? "");
    return value?.kind === "constant" ? value.grid : undefined;
  }

  weights(op: Op, place: number): NamedArray {
    return arrayOf(this.constant(op, place) ?? refuse(`weights of "${op.name}" in the file`, "none"));
  }

  /** What a layer gives, whole. */
  given(op: Op, place = 0): Given {
    let value = this.value(op, place);
    if (value.kind === "mean") value = this.pooled(`${op.name} mean`, value.of, value.axes, value.keeps, "Average");
    if (value.kind !== "given") return refuse(`"${op.name}" of what a layer gives`, `a part of one (${value.kind})`);
    if (Math.abs(value.scale - 1) > 1e-6) return refuse(`"${op.name}" of numbers as they are`, "scaled ones");
    return this.#whole(op, value);
  }

  /** Another layer of as many numbers, in the same order. */
  same(op: Op, x: Given, type: string, config: Node["config"] = {}, arrays: readonly NamedArray[] = []): Given {
    return x.of(this.add(op.name, type, config, [x.layer], arrays));
  }

  /** The same layer with other settings or weights, beside it: the one that nothing reads is left out in the end. */
  instead(x: Given, config: Node["config"], arrays: readonly NamedArray[]): Given {
    const made = this.made(x.layer);
    return x.of(this.add(made.stem, made.type, { ...made.config, ...config }, made.from, arrays));
  }

  /** All that a value's layer gives, its axes in this order. */
  laid({ layer, shape, batch }: Given, axes: readonly number[]): Given {
    return new Given(layer, shape, batch, axes);
  }

  /** The same for each place by itself, where a tensor's last axis is that of all channels: what a layer of so many more gives.
   *  @returns null where it is another axis, or a part of one */
  rows(x: Given, width = x.shape.at(-1) ?? 1): ((layer: string) => Given) | null {
    const shape = [...x.shape.slice(0, -1), width];
    const channels = x.shape.at(-1) ?? 1;
    if (x.axes) {
      const { axes } = x;
      return axes.at(-1) === x.shape.length ? (layer) => new Given(layer, shape, x.batch, axes) : null;
    }
    const { dims, data } = x.places;
    if (dims.at(-1) !== channels) return null;
    if (
      !data.every(
        (place, i) => place % channels === i % channels && place - (i % channels) === data[i - (i % channels)],
      )
    )
      return null;
    const places = Float64Array.from({ length: (data.length / channels) * width }, (_, i) => {
      const place = (data[Math.floor(i / width) * channels] ?? 0) / channels;
      return place * width + (i % width);
    });
    return (layer) => new Given(layer, shape, x.batch, { dims: [...dims.slice(0, -1), width], data: places });
  }

  /** Numbers in one row. @returns the layer that gives them, and which of them each of the tensor's is */
  flat(name: string, x: Given): { readonly layer: string; readonly order: readonly number[] } {
    const size = sizeOf(x.shape);
    const { dims, data } = x.places;
    const isRow = dims.length === 2 && dims[0] === x.batch && dims[1] === size;
    const order = Array.from(data.subarray(0, size));
    if (
      !isRow ||
      new Set(order).size < size ||
      !data.every((place, i) => place === Math.floor(i / size) * size + (order[i % size] ?? 0))
    )
      return refuse(`"${name}" of all numbers of a sample in a row`, `${dims.join(" x ")} of ${x.shape.join(" x ")}`);
    return { layer: x.shape.length === 1 ? x.layer : this.add(`${name} flat`, "Flatten", {}, [x.layer]), order };
  }

  /** Numbers that stand at each step of a series. */
  repeated(name: string, x: Given): Given {
    const [channels = 1] = x.shape;
    const { dims, data } = x.places;
    if (data.length === x.batch * channels) return x;
    const isSteps = x.shape.length === 1 && dims.length === 3 && dims[0] === x.batch && dims[2] === channels;
    const times = dims[1] ?? 1;
    if (!isSteps || !data.every((place, i) => place === Math.floor(i / (times * channels)) * channels + (i % channels)))
      return refuse(`"${name}" of numbers to each step`, dims.join(" x "));
    return new Given(this.add(name, "RepeatVector", { n: times }, [x.layer]), [times, channels], x.batch, [0, 1, 2]);
  }

  /** What pools all of an image or a series into one number for each channel. */
  pooled(name: string, x: Given, axes: readonly number[], keeps: boolean, how: "Average" | "Max"): Given {
    const whole = this.entering(name, x, x.axes ?? inOrder(x.shape));
    const reduced = new Set(axes.map((axis) => (axis < 0 ? axis + x.dims.length : axis)));
    const rest = (whole.axes ?? []).filter((_, k) => !reduced.has(k));
    const rank = whole.shape.length;
    if (rank < 2 || rank > 3 || rest.length !== 2 || rest[0] !== 0 || rest[1] !== rank)
      return refuse(`"${name}" over all but samples and channels`, `over axes ${axes.join(", ")}`);
    const layer = this.add(name, `Global${how}Pooling${rank - 1}D`, {}, [whole.layer]);
    const channels = whole.shape.at(-1) ?? 1;
    const plain = new Given(layer, [channels], x.batch, [0, 1]);
    if (!keeps) return plain;
    const dims = whole.dims.map((dim, k) => (reduced.has(k) ? 1 : dim));
    return plain.moved(regrouped(plain.places, dims));
  }

  /** The same numbers, its axes in this order: with what moves them before it, where that is needed. */
  entering(name: string, x: Given, axes: readonly number[]): Given {
    if (x.isLaid(axes)) return new Given(x.layer, x.shape, x.batch, axes, x.scale);
    const { dims } = x;
    const shape = axes.map((_, k) => dims[axes.indexOf(k)] ?? 1).slice(1);
    const size = sizeOf(x.shape);
    const order = turned(
      x.places,
      axes.map((_, k) => axes.indexOf(k)),
    ).data;
    const fits = dims.length === axes.length && dims[axes.indexOf(0)] === x.batch && sizeOf(shape) === size;
    const tried = [inOrder(x.shape), ...ordersOf(x.shape.length)];
    const found = !fits
      ? undefined
      : tried.find((each) => {
          const wanted = placesOf(x.batch, x.shape, each).data;
          return wanted.every((place, i) => place === order[i]);
        });
    if (!found) return refuse(`"${name.slice(0, 60)}" of numbers in the order of axes`, "others");
    let { layer } = x;
    const permuted = found.slice(1).map((axis) => x.shape[axis - 1] ?? 1);
    if (found.some((axis, k) => axis !== k))
      layer = this.add(`${name} turned`, "Permute", { dims: found.slice(1) }, [layer]);
    if (permuted.length !== shape.length || permuted.some((dim, k) => dim !== shape[k])) {
      const type = shape.length === 1 ? "Flatten" : "Reshape";
      layer = this.add(`${name} shape`, type, shape.length === 1 ? {} : { target_shape: shape }, [layer]);
    }
    return new Given(layer, shape, x.batch, axes, x.scale);
  }

  /** The last step of a recurrent layer is what it gives alone; other parts are cut out. */
  #whole(op: Op, x: Given): Given {
    const size = sizeOf(x.shape);
    if (x.axes) return x;
    const { data, dims } = x.places;
    if (data.length >= x.batch * size) return x;
    const [steps = 1] = x.shape;
    const width = size / steps;
    const { stem, type, config, from, arrays } = this.made(x.layer);
    const last = size - width;
    if (RECURRENT.has(type) && data.length === x.batch * width && data.every((place) => place % size >= last)) {
      const layer = this.add(stem, type, { ...config, return_sequences: false }, from, arrays);
      const moved = data.map((place) => Math.floor(place / size) * width + (place % size) - last);
      return new Given(layer, [width], x.batch, { dims, data: moved });
    }
    return this.#cut(op, x);
  }

  /** Rows and columns of an image, or steps of a series. */
  #cut(op: Op, x: Given): Given {
    const size = sizeOf(x.shape);
    const [rows = 1, columns = 1, channels = 1] =
      x.shape.length === 2 ? [x.shape[0] ?? 1, 1, x.shape[1] ?? 1] : x.shape;
    if (x.shape.length < 2 || x.shape.length > 3) return x;
    const { data, dims } = x.places;
    const [rowAt, columnAt] = [
      (place: number): number => Math.floor((place % size) / (columns * channels)),
      (place: number): number => Math.floor((place % size) / channels) % columns,
    ];
    const ends = (at: (place: number) => number): readonly [number, number] => {
      let [least, most] = [Infinity, 0];
      for (const place of data) [least, most] = [Math.min(least, at(place)), Math.max(most, at(place))];
      return [least, most];
    };
    const [[top, bottom], [left, right]] = [ends(rowAt), ends(columnAt)];
    const [height, width] = [bottom - top + 1, right - left + 1];
    if (data.length !== x.batch * height * width * channels) return x;
    const isSeries = x.shape.length === 2;
    const image = isSeries
      ? this.add(`${op.name} rows`, "Reshape", { target_shape: [rows, 1, channels] }, [x.layer])
      : x.layer;
    const cropping = [
      [top, rows - 1 - bottom],
      [left, columns - 1 - right],
    ];
    const cut = this.add(`${op.name} cut`, "Cropping2D", { cropping }, [image]);
    const steps = height === 1 ? [channels] : [height, channels];
    const shape = isSeries ? steps : [height, width, channels];
    const layer = isSeries ? this.add(`${op.name} steps`, "Reshape", { target_shape: shape }, [cut]) : cut;
    const moved = data.map((place) => {
      const at = (rowAt(place) - top) * width + columnAt(place) - left;
      return (Math.floor(place / size) * height * width + at) * channels + (place % channels);
    });
    return new Given(layer, shape, x.batch, { dims, data: moved });
  }
}

/** Axes of a sample in every other order. */
function ordersOf(rank: number): readonly (readonly number[])[] {
  const all = (rest: readonly number[]): readonly (readonly number[])[] =>
    rest.length === 0
      ? [[]]
      : rest.flatMap((axis) => all(rest.filter((each) => each !== axis)).map((others) => [axis, ...others]));
  return rank > 4 ? [] : all(Array.from({ length: rank }, (_, k) => k + 1)).map((order) => [0, ...order]);
}

/** Numbers of the file as a layer has them. */
export const arrayOf = ({ dims, data }: Grid): NamedArray => ({ shape: dims, data: Float32Array.from(data) });
