/** Self-attention that is spelt out in products: which numbers of which dense layer are queries, keys and values of which head is told
 *  by their places. */
import type { NamedArray } from "../safetensors";
import { filled } from "../arrange";
import { type Grid, turned } from "./grid";
import type { Op } from "./nodes";
import { Given, type LayerReader, type Value } from "./reader";
import { refuse } from "./read";

/** What heads read, before it is projected: no layer by itself. */
export const HEADS = "(heads)";

type Scores = Extract<Value, { kind: "scores" }>;

const swapped = (grid: Grid): Grid => {
  const rank = grid.dims.length;
  return turned(
    grid,
    grid.dims.map((_, k) => (k === rank - 1 ? rank - 2 : k === rank - 2 ? rank - 1 : k)),
  );
};

/** `query · key` of what layers give. */
export const scoresOf = (query: Given, key: Given): Scores => ({
  kind: "scores",
  query: query.scaled(1 / query.scale),
  key: key.scaled(1 / key.scale).moved(swapped(key.places)),
  scale: query.scale * key.scale,
  causal: false,
  isSoft: false,
});

/** Whether numbers that are added keep steps from later ones. */
export function masked(op: Op, scores: Scores, mask: Grid): Scores {
  const steps = scores.query.shape[0] ?? 1;
  const isSquare = mask.data.length % steps ** 2 === 0 && mask.dims.at(-1) === steps && mask.dims.at(-2) === steps;
  const isLater = (i: number): boolean => i % steps > Math.floor(i / steps) % steps;
  if (mask.data.every((value) => value === 0)) return scores;
  if (!isSquare || !mask.data.every((value, i) => (isLater(i) ? value < -1e4 : value === 0)))
    return refuse(`"${op.name}" to hide later steps`, "another mask");
  return { ...scores, causal: true };
}

/** Of which sample, and of which columns of its layer, each head is. */
function headsOf(
  op: Op,
  x: Given,
): { readonly samples: readonly number[]; readonly columns: readonly (readonly number[])[] } {
  const { dims, data } = x.places;
  const [steps = 1, width = 1] = [dims.at(-2), dims.at(-1)];
  const [layerSteps, layerWidth = 1] = x.shape;
  if (x.shape.length !== 2 || layerSteps !== steps) refuse(`"${op.name}" of heads of a series`, x.shape.join(" x "));
  const size = steps * layerWidth;
  const [samples, columns]: [number[], number[][]] = [[], []];
  for (let at = 0; at < data.length; at += steps * width) {
    const sample = Math.floor((data[at] ?? 0) / size);
    const own = Array.from(data.subarray(at, at + width), (place) => place % layerWidth);
    for (let i = 0; i < steps * width; i++) {
      const wanted = sample * size + Math.floor(i / width) * layerWidth + (own[i % width] ?? 0);
      if (data[at + i] !== wanted) refuse(`"${op.name}" of heads of a series`, "numbers of several steps");
    }
    samples.push(sample);
    columns.push(own);
  }
  return { samples, columns };
}

/** Softmaxed scores times values: heads that have read. */
export function readFrom(op: Op, reader: LayerReader, scores: Scores, value: Given): Given {
  const { query, key } = scores;
  const parts = [query, key, value].map((part) => ({ part, made: reader.made(part.layer), heads: headsOf(op, part) }));
  const [first] = parts;
  if (!first || !scores.isSoft) return refuse(`"${op.name}" of a softmax`, "other products");
  const { samples } = first.heads;
  // Which of its sample's heads each is.
  const counts = new Map<number, number>();
  const turns = samples.map((sample) => {
    const turn = counts.get(sample) ?? 0;
    counts.set(sample, turn + 1);
    return turn;
  });
  const own = samples.flatMap((sample, k) => (sample === 0 ? [k] : []));
  const size = query.places.dims.at(-1) ?? 1;
  const isOne = parts.every(
    ({ made, heads }) =>
      made.type === "Dense" &&
      made.from[0] === first.made.from[0] &&
      heads.samples.every((sample, k) => sample === samples[k]) &&
      heads.columns.every(
        (columns, k) =>
          columns.length === size &&
          columns.every((column, d) => column === heads.columns[own[turns[k] ?? 0] ?? 0]?.[d]),
      ),
  );
  if (!isOne) return refuse(`"${op.name}" of dense layers that read the same, as self-attention has`, "others");
  const [steps = 1] = query.shape;
  // What the scale is more or less than usual goes into the queries.
  const factor = scores.scale * Math.sqrt(size);
  const hasBias = parts.some(({ made }) => made.arrays.length > 1);
  const arrays = parts.flatMap(
    (
      {
        made: {
          arrays: [kernel, bias],
        },
        heads,
      },
      k,
    ): NamedArray[] => {
      const columns = own.flatMap((head) => heads.columns[head] ?? []);
      const rows = kernel?.shape[0] ?? 1;
      const width = kernel?.shape[1] ?? 1;
      const times = k === 0 && Math.abs(factor - 1) > 1e-6 ? factor : 1;
      const data = Float32Array.from({ length: rows * columns.length }, (_, i) => {
        const at = Math.floor(i / columns.length) * width + (columns[i % columns.length] ?? 0);
        return times * (kernel?.data[at] ?? 0);
      });
      const offsets = Float32Array.from(columns, (column) => times * (bias?.data[column] ?? 0));
      const shape = [own.length, size];
      return [{ shape: [rows, ...shape], data }, ...(hasBias ? [{ shape, data: offsets }] : [])];
    },
  );
  const config = { num_heads: own.length, key_dim: size, use_bias: hasBias, causal: scores.causal };
  const layer = reader.add(op.name, HEADS, config, first.made.from, arrays);
  const width = own.length * size;
  const data = Float64Array.from({ length: samples.length * steps * size }, (_, i) => {
    const [k, step, d] = [Math.floor(i / (steps * size)), Math.floor(i / size) % steps, i % size];
    return ((samples[k] ?? 0) * steps + step) * width + (turns[k] ?? 0) * size + d;
  });
  const dims = [...query.places.dims.slice(0, -2), steps, size];
  return new Given(layer, [steps, width], query.batch, { dims, data });
}

/** What heads have read, times a matrix: a layer of attention. @param x of {@link HEADS} */
export function projected(op: Op, reader: LayerReader, x: Given, kernel: NamedArray): string {
  const { config, from, arrays } = reader.made(x.layer);
  const [rows = 1, channels = 1] = kernel.shape;
  const [heads, size] = [Number(config["num_heads"]), Number(config["key_dim"])];
  if (rows !== heads * size || arrays[0]?.shape[0] !== channels)
    refuse(`"${op.name}" to give as many channels as attention reads`, String(channels));
  const output = { shape: [heads, size, channels], data: kernel.data };
  const offsets = config["use_bias"] === true ? [filled(channels, 0)] : [];
  return reader.add(op.name, "MultiHeadAttention", config, from, [...arrays, output, ...offsets]);
}

/** The same with an offset of what it gives. */
export function offsetAttention(arrays: readonly NamedArray[], bias: NamedArray): readonly NamedArray[] {
  if (arrays.length === 8) return [...arrays.slice(0, 7), bias];
  return arrays.flatMap((kernel, k) => {
    if (k === 3) return [kernel, bias];
    const [, ...shape] = kernel.shape;
    return [kernel, { shape, data: new Float32Array(shape.reduce((a, b) => a * b, 1)) }];
  });
}
