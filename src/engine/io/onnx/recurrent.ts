/** LSTM, GRU and RNN of ONNX in Keras's words. Source: onnx.ai, "ONNX Operators"; gates of ONNX: LSTM i o f c, GRU z r h. */
import type { Shape } from "../../shape";
import { gatesReordered, reshaped, transposed } from "../arrange";
import { BOTH_WAYS } from "../keras/read";
import type { NamedArray } from "../safetensors";
import { type Grid, sameGrid, sliced, turned } from "./grid";
import type { Op } from "./nodes";
import { Given, inOrder, type LayerReader, placesOf } from "./reader";
import { refuse } from "./read";

/** Keras's gates among ONNX's. */
const cells = {
  LSTM: { type: "LSTM", order: [0, 2, 3, 1], squashes: ["sigmoid", "tanh", "tanh"] },
  GRU: { type: "GRU", order: [0, 1, 2], squashes: ["sigmoid", "tanh"] },
  RNN: { type: "SimpleRNN", order: [0], squashes: ["tanh"] },
} as const;

export const isCell = (type: string): type is keyof typeof cells => Object.hasOwn(cells, type);

const known: Readonly<Record<string, string>> = { tanh: "tanh", sigmoid: "sigmoid", relu: "relu", affine: "linear" };

/** What its states pass through, gates first. */
function squashesOf(op: Op, way: number, initial: readonly string[]): readonly string[] {
  const all = op.texts("activations");
  const own = all.slice(way * initial.length, (way + 1) * initial.length);
  if (own.length === 0) return initial;
  return own.map((name) => {
    const squash = name.toLowerCase();
    return Object.hasOwn(known, squash)
      ? (known[squash] ?? "")
      : refuse(`"${op.name}" with Tanh, Sigmoid or Relu`, name.slice(0, 40));
  });
}

/** Weights of one way, in Keras's order of gates. */
function arraysOf(op: Op, reader: LayerReader, way: number, order: readonly number[], units: number): NamedArray[] {
  const width = order.length * units;
  const part = (place: number): NamedArray => {
    const { shape, data } = reader.weights(op, place);
    const [ways = 1, ...rest] = shape;
    const size = data.length / ways;
    return { shape: rest, data: data.subarray(way * size, (way + 1) * size) };
  };
  const kernels = [1, 2].map((place) => {
    const rows = part(place);
    if (rows.shape.length !== 2 || rows.shape[0] !== width)
      refuse(`${width} rows of "${op.name}"`, rows.shape.join(" x "));
    return transposed(gatesReordered(rows, units, order), [1, 0]);
  });
  if (!reader.constant(op, 3)) return kernels;
  const { data } = part(3);
  if (data.length !== 2 * width) refuse(`${2 * width} offsets of "${op.name}"`, String(data.length));
  const [own, hidden] = [0, width].map((from) =>
    gatesReordered(reshaped({ shape: [], data: data.subarray(from, from + width) }, [width]), units, order),
  );
  if (!own || !hidden) return kernels;
  // Keras's GRU has both, the others their sum.
  const bias: NamedArray =
    op.type === "GRU"
      ? { shape: [2, width], data: Float32Array.from([...own.data, ...hidden.data]) }
      : { shape: [width], data: own.data.map((value, i) => value + (hidden.data[i] ?? 0)) };
  return [...kernels, bias];
}

/** Steps in the other order. */
const reversed = ({ places }: Given, axis: number): Grid => {
  const steps = places.dims[axis] ?? 1;
  return sliced(places, axis, steps - 1, steps, -1);
};

/** What it gives at every step, and at the last. */
export function recurrent(op: Op, reader: LayerReader): readonly [all: Given, last: Given] {
  const { type, order, squashes } = cells[op.type as keyof typeof cells];
  const isBatchFirst = op.int("layout", 0) === 1;
  const way = op.texts("direction")[0] ?? "forward";
  const isBackwards = /^reverse$/.test(way);
  const units = op.int("hidden_size", 0);
  const zeros = [4, 5, 6, 7].every((place) => {
    const held = reader.constant(op, place);
    return (op.inputs[place] ?? "") === "" || (place > 4 && held?.data.every((value) => value === 0));
  });
  if (!zeros) refuse(`"${op.name}" from a state of zeros, over all steps`, "another state, or lengths");
  if (op.int("input_forget", 0) !== 0 || op.real("clip", 0) !== 0)
    refuse(`a plain "${op.name}"`, "clip or input_forget");
  if (op.type === "GRU" && op.int("linear_before_reset", 0) === 0)
    refuse(`"${op.name}" to reset after the product`, "linear_before_reset 0");
  const given = reader.given(op);
  const laid = isBatchFirst ? [0, 1, 2] : [1, 0, 2];
  const isTurned =
    given.shape.length === 2 && sameGrid(given.places, reversed(reader.laid(given, laid), laid.indexOf(1)));
  const x = isTurned ? given : reader.entering(op.name, given, laid);
  if (x.shape.length !== 2) return refuse(`"${op.name}" of a series`, x.shape.join(" x "));
  const [steps = 1] = x.shape;
  const layerOf = (k: number) => {
    const states = squashesOf(op, k, squashes);
    const [gate, activation = gate, other = activation] = states;
    if (activation !== other) refuse(`"${op.name}" with one activation`, states.join(", "));
    const arrays = arraysOf(op, reader, k, order, units);
    const config = {
      units,
      activation,
      ...(states.length > 1 && { recurrent_activation: gate }),
      use_bias: arrays.length === 3,
      ...(op.type === "GRU" && { reset_after: true }),
    };
    return { config, arrays };
  };
  const ways = way === "bidirectional" ? 2 : 1;
  const shape: Shape = [steps, ways * units];
  /** Axes of what ONNX gives: steps, ways, samples, units; or samples first. */
  const viewed = (layer: string, sequences: boolean): Given => {
    const own = sequences ? shape : shape.slice(1);
    const apart = sequences ? [x.batch, steps, ways, units] : [x.batch, ways, units];
    const all = { dims: apart, data: placesOf(x.batch, own, inOrder(own)).data };
    const axes = sequences ? (isBatchFirst ? [0, 1, 2, 3] : [1, 2, 0, 3]) : isBatchFirst ? [0, 1, 2] : [1, 0, 2];
    const made = new Given(layer, own, x.batch, turned(all, axes));
    return sequences && isBackwards ? made.moved(reversed(made, isBatchFirst ? 1 : 0)) : made;
  };
  const made = (sequences: boolean): Given => {
    const [first, second] = [layerOf(0), ways === 2 ? layerOf(1) : undefined];
    const config = { ...first.config, return_sequences: sequences };
    if (!second) {
      const backwards = isBackwards !== isTurned;
      return viewed(
        reader.add(op.name, type, { ...config, go_backwards: backwards }, [x.layer], first.arrays),
        sequences,
      );
    }
    if (isTurned) return refuse(`"${op.name}" of steps in their order`, "the other way round");
    return viewed(
      bothWays(reader, op.name, x.layer, "concat", [
        { type, config, arrays: first.arrays },
        { type, config: { ...second.config, return_sequences: sequences }, arrays: second.arrays },
      ]),
      sequences,
    );
  };
  return [made(true), made(false)];
}

interface Way {
  readonly type: string;
  readonly config: Readonly<Record<string, unknown>>;
  readonly arrays: readonly NamedArray[];
}

/** Two recurrent layers of which one reads backwards, as one. */
export function bothWays(
  reader: LayerReader,
  name: string,
  from: string,
  merge: string,
  [one, other]: readonly [Way, Way],
): string {
  const inner = ({ type, config }: Way, back: boolean) => ({
    class_name: type,
    config: { ...config, name: `${name}${back ? " back" : " forth"}`, go_backwards: back },
  });
  const config = { layer: inner(one, false), backward_layer: inner(other, true), merge_mode: merge };
  return reader.add(name, BOTH_WAYS, config, [from], [...one.arrays, ...other.arrays]);
}

/** What two recurrent layers give that read the same, one of them backwards, as one that reads both ways; null for others. */
export function joinedWays(reader: LayerReader, name: string, how: string, parts: readonly Given[]): Given | null {
  const [one, other, third] = parts;
  if (!one || !other || third) return null;
  const [a, b] = [reader.made(one.layer), reader.made(other.layer)];
  const isPair =
    Object.values(cells).some(({ type }) => type === a.type) &&
    a.type === b.type &&
    a.from[0] === b.from[0] &&
    a.arrays.length === b.arrays.length &&
    a.config["go_backwards"] === false &&
    b.config["go_backwards"] === true;
  const order = inOrder(one.shape);
  if (!isPair || one.shape.length !== other.shape.length || !one.isLaid(order)) return null;
  const back = order.length === 3 ? reversed(reader.laid(other, order), 1) : placesOf(one.batch, other.shape, order);
  if (!sameGrid(other.places, back)) return null;
  const layer = bothWays(reader, name, a.from[0] ?? "", how, [a, b]);
  const width = (one.shape.at(-1) ?? 1) + (how === "concat" ? (other.shape.at(-1) ?? 1) : 0);
  return new Given(layer, [...one.shape.slice(0, -1), width], one.batch, order);
}
