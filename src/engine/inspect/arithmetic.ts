/** How one number of a layer's output is computed from what the layer is given: what is multiplied with what, in double precision. */
import * as v from "valibot";
import { createCpuBackend } from "../backend/cpu/cpuBackend";
import { ArgumentError } from "../errors";
import type { TensorData } from "../backend/backend";
import type { Node } from "../graph/node";
import { isContainer, type LayerBlock } from "../model/blocks";
import { BoundNetwork } from "../model/build";
import { sum } from "../ops/broadcast";
import { gradients } from "../ops/gradients";
import type { Part } from "../nn/layer";
import { input } from "../ops/leaf";
import { mul } from "../ops/pointwise";
import { type Shape, sizeOf } from "../shape";
import { tasks } from "../tasks";
import type { EngineKey, Said } from "../words/said";
import { columnsSchema, defineInquiry, type Subject, wholeSchema } from "./inquiry";
import { blockOf, givenColumn, Side, sideGraph } from "./side";

/** The layer is given the sample, zeros, and half of the sample: from these follows whether it adds up weighted inputs. Then numbers that
 *  rise from the first to the last, and that fall: of those that a maximum is taken of, the last wins, and then the first. */
const ROWS = 5;
/** How far a sum may be off by rounding, of its size. */
const ROUNDING = 1e-9;

/** One number of an output, taken apart. */
export interface Arithmetic {
  readonly network: string;
  readonly block: string;
  /** Which number of the output, and of the output's shape. */
  readonly unit: number;
  readonly shape: Shape;
  /** Of what the layer is given. */
  readonly inputShape: Shape;
  /** The inputs that count, by their place, with how much the number before the activation changes with each: for a sum of
   *  products, the weights. */
  readonly places: Uint32Array<ArrayBuffer>;
  readonly values: Float64Array<ArrayBuffer>;
  readonly weights: Float64Array<ArrayBuffer>;
  /** Where the number is the largest of some inputs: all of those, row by row, so many in a row. */
  readonly among: { readonly values: Float64Array<ArrayBuffer>; readonly across: number } | null;
  /** Whether the number is the sum of `values * weights` and of the constant. */
  readonly isSum: boolean;
  /** What the layer gives for zeros: a bias, or what a normalization adds. */
  readonly constant: number;
  /** Before the activation; along the last axis all of them, which a softmax divides by. */
  readonly before: number;
  readonly row: Float64Array<ArrayBuffer>;
  /** Undefined where the layer has none. */
  readonly activation: string | undefined;
  readonly output: number;
  /** The steps to it, first things first, of a layer that says so; empty of others. */
  readonly parts: readonly { readonly said: Said<EngineKey>; readonly values: Float64Array<ArrayBuffer> }[];
}

/** @returns null where the block is no layer, but holds layers, or does not read numbers */
export const arithmetic = defineInquiry({
  question: v.object({
    columns: columnsSchema,
    network: v.string(),
    block: v.string(),
    unit: wholeSchema(0, 2 ** 31),
  }),
  answer: async (subject, { columns, network, block: name, unit }): Promise<Arithmetic | null> => {
    const found = blockOf(subject, network, name);
    if (!found || isContainer(found)) return null;
    const given = await givenTo(subject, columns, network, name);
    if (!given) return null;
    const x = input("side/given", [ROWS, ...given.shape]);
    const { node: before, parts } = applied(subject, network, withoutActivation(found), x);
    const { node: after } = applied(subject, network, found, x);
    const shape = before.shape.slice(1);
    const size = sizeOf(shape);
    if (unit >= size) throw new ArgumentError(`Arithmetic: expected a number below ${size}, got ${unit}.`);
    const pick = input("side/pick", before.shape);
    const [slopes] = gradients(sum(mul(before, pick)), [x]);
    if (!slopes) throw new Error("Arithmetic: expected a gradient, got none.");
    const outputs = [...new Set([before, after, slopes, ...parts.map(({ node }) => node)])];
    const opened = await Side.open(subject, { outputs }, [x, pick], createCpuBackend("float64"));
    try {
      // Leaves take single precision: what is multiplied is what was written.
      const sample = Float64Array.from(Float32Array.from(given.data));
      const picked = new Float32Array(ROWS * size);
      for (const row of [0, 3, 4]) picked[row * size + unit] = 1;
      const rising = sample.map((_, i) => (i + 1) / sample.length);
      const rows = [sample, sample.map(() => 0), sample.map((value) => value / 2), rising, rising.toReversed()];
      opened.write(x, Float32Array.from(rows.flatMap((row) => [...row])));
      opened.write(pick, picked);
      opened.run();
      const sums = Float64Array.from(await opened.read(before));
      const slopesOf = Float64Array.from(await opened.read(slopes));
      const all = slopesOf.slice(0, sample.length);
      const [own = NaN, constant = NaN, half = NaN] = [sums[unit], sums[size + unit], sums[2 * size + unit]];
      const places = Uint32Array.from([...all.keys()].filter((i) => all[i] !== 0));
      const values = Float64Array.from(places, (i) => sample[i] ?? NaN);
      const weights = Float64Array.from(places, (i) => all[i] ?? NaN);
      const total = values.reduce((partial, value, i) => partial + value * weights[i]!, constant);
      const scale = values.reduce(
        (partial, value, i) => partial + Math.abs(value * weights[i]!),
        Math.abs(constant) + 1e-12,
      );
      const width = shape.at(-1) ?? 1;
      const from = unit - (unit % width);
      return {
        network,
        block: name,
        unit,
        shape,
        inputShape: given.shape,
        places,
        values,
        weights,
        among: amongOf(
          sample,
          own,
          given.shape,
          [4, 3].map((row) => winnerOf(slopesOf, row * sample.length, sample.length)),
        ),
        isSum: Math.abs(total - own) <= ROUNDING * scale && Math.abs(half - (own + constant) / 2) <= ROUNDING * scale,
        constant,
        before: own,
        row: sums.slice(from, from + width),
        activation: activationOf(found),
        output: (await opened.read(after))[unit] ?? NaN,
        parts: await Promise.all(
          parts.map(async (part) => ({
            said: part.said,
            values: numbersFor(unit, before.shape, await opened.read(part.node), part),
          })),
        ),
      };
    } finally {
      opened.dispose();
    }
  },
});

/** The only input that a number follows, one to one; -1 where it is another number. */
function winnerOf(slopes: Float64Array, from: number, size: number): number {
  const own = slopes.subarray(from, from + size);
  const first = own.findIndex((slope) => slope !== 0);
  return own[first] === 1 && own.lastIndexOf(1) === first && own.every((slope, i) => slope === 0 || i === first)
    ? first
    : -1;
}

/** What a number is the largest of: the inputs between the first and the last of them along all axes; null where it is no such number. */
function amongOf(
  sample: Float64Array,
  own: number,
  shape: Shape,
  [first = -1, last = -1]: readonly number[],
): Arithmetic["among"] {
  if (first < 0 || last <= first) return null;
  const places = (place: number): number[] =>
    shape.map((dim, axis) => Math.floor(place / sizeOf(shape.slice(axis + 1))) % dim);
  const [from, to] = [places(first), places(last)];
  const isBetween = (_: number, place: number): boolean =>
    places(place).every((at, axis) => at >= from[axis]! && at <= to[axis]!);
  const values = sample.filter(isBetween);
  const isLargest = values.reduce((most, value) => Math.max(most, value), -Infinity) === own;
  return isLargest ? { values, across: shape.length === 3 ? to[1]! - from[1]! + 1 : values.length } : null;
}

/** What a part has for a number of the first sample's output. */
function numbersFor(
  unit: number,
  output: Shape,
  values: TensorData,
  { node, areShares }: Part,
): Float64Array<ArrayBuffer> {
  const count = areShares ? (node.shape.at(-1) ?? 1) : 1;
  const shape = areShares ? node.shape.slice(0, -1) : node.shape;
  let [index, stride, rest] = [0, 1, unit];
  // From the last axis on: one of length 1 has the same for all.
  for (let i = 1; i <= shape.length && i < output.length; i++) {
    const [dim = 1, length = 1] = [shape.at(-i), output.at(-i)];
    if (dim > 1) index += (rest % length) * stride;
    stride *= dim;
    rest = Math.floor(rest / length);
  }
  return Float64Array.from(values.subarray(index * count, (index + 1) * count));
}

const activationOf = ({ config }: LayerBlock): string | undefined => {
  const { activation } = config;
  return typeof activation === "string" && activation !== "linear" ? activation : undefined;
};

const withoutActivation = (block: LayerBlock): LayerBlock =>
  activationOf(block) === undefined ? block : { ...block, config: { ...block.config, activation: "linear" } };

/** What a block is given for a sample; undefined where those are no numbers, such as a text's characters. */
async function givenTo(
  subject: Subject,
  columns: Parameters<typeof givenColumn>[1],
  network: string,
  name: string,
): Promise<{ readonly shape: Shape; readonly data: ArrayLike<number> } | undefined> {
  const side = sideGraph(subject, 1);
  tasks[subject.model.description.task.type].show(side.graph);
  const node = side.networks[network]?.outputs.find((each) => each.name === name)?.input;
  if (node?.dtype !== "f32") return undefined;
  const given = [...side.columns].map(([column, leaf]) => [leaf, givenColumn(subject, columns, column)] as const);
  const column = given.find(([leaf]) => leaf === node);
  if (column) return { shape: node.shape.slice(1), data: column[1] };
  const opened = await Side.open(subject, { outputs: [node] }, side.columns.values(), createCpuBackend("float64"));
  try {
    for (const [leaf, values] of given) opened.write(leaf, values);
    opened.run();
    return { shape: node.shape.slice(1), data: await opened.read(node) };
  } finally {
    opened.dispose();
  }
}

/** One layer of a network, with its own variables, over other samples, and how its numbers are computed where it says so. */
function applied(
  { model }: Subject,
  name: string,
  block: LayerBlock,
  x: Node,
): { readonly node: Node; readonly parts: readonly Part[] } {
  const { networks, seed, step } = model.state;
  const own = networks[name];
  if (!own) throw new ArgumentError(`Network: expected one of ${Object.keys(networks).join(", ")}, got "${name}".`);
  const { layout, trained, kept } = own;
  const context = { trained, kept, training: false, isFrozen: true, seed, step, mask: undefined, count: undefined };
  const bound = new BoundNetwork([block], layout, context);
  const node = bound.apply(x);
  return { node, parts: bound.outputs.flatMap((each) => bound.partsOf(each.name) ?? []) };
}
