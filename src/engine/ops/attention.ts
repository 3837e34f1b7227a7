/** Attention as an op: one kernel each way, in which no weight of one step for another is ever stored. What is kept for the way back is
 *  one number for each row of weights, from which they are made again. */
import attentionText from "../../shaders/attention.wgsl?raw";
import gradText from "../../shaders/attention_grad.wgsl?raw";
import { ArgumentError, ShapeError } from "../errors";
import type { Binding, NumericArray, WgslArgs, WgslProgram } from "../graph/kernel";
import type { Node, Op } from "../graph/node";
import type { TensorType } from "../graph/type";
import { apply } from "../graph/node";
import { sameShape, showShape, sizeOf } from "../shape";
import { checkFloats } from "./checks";
import { customGradient, segment } from "./layout";
import { elementsOf } from "./strided";
import { shiftedExpPart } from "./softmax";
import { f32Literal, nanPart, part, workgroupsFor } from "./wgsl";

/** How steps look at each other. */
export type AttentionOptions = {
  /** How many heads share the channels equally. */
  readonly heads: number;
  /** Whether no step sees a later one. */
  readonly causal: boolean;
  /** What logits are multiplied by. */
  readonly scale: number;
};

/** The widest head: a thread holds several rows of one. */
export const MAX_HEAD_WIDTH = 128;

interface Sizes {
  readonly samples: number;
  readonly steps: number;
  readonly width: number;
  /** Numbers of a head. */
  readonly depth: number;
  /** Elements of the result, behind which the rows' logarithms are. */
  readonly read: number;
}

function sizesOf({ shape: [samples = 1, steps = 1, width = 1] }: TensorType, { heads }: AttentionOptions): Sizes {
  return { samples, steps, width, depth: width / heads, read: samples * steps * width };
}

const logsOf = ({ samples, steps }: Sizes, { heads }: AttentionOptions): number => samples * heads * steps;

function check(where: string, operands: readonly TensorType[], { heads, scale }: AttentionOptions): void {
  checkFloats(where, operands);
  const [first] = operands as [TensorType];
  const width = first.shape[2] ?? 0;
  if (first.shape.length !== 3 || !operands.every(({ shape }) => sameShape(shape, first.shape))) {
    const came = operands.map(({ shape }) => showShape(shape)).join(", ");
    throw new ShapeError(`${where}: expected queries, keys and values [N, T, channels] of one shape, got ${came}.`);
  }
  if (!Number.isInteger(heads) || heads < 1 || width % heads !== 0 || width / heads > MAX_HEAD_WIDTH) {
    throw new ArgumentError(
      `${where}: expected heads that share ${width} channels, at most ${MAX_HEAD_WIDTH} each, got ${heads}.`,
    );
  }
  if (!Number.isFinite(scale)) throw new ArgumentError(`${where}: expected a finite scale, got ${scale}.`);
}

/** Calls `visit` for every head of every sample, with where its first number is and where its first logarithm is. */
function eachHead(sizes: Sizes, options: AttentionOptions, visit: (from: number, log: number) => void): void {
  const { samples, steps, width, depth, read } = sizes;
  for (let n = 0; n < samples; n++) {
    for (let h = 0; h < options.heads; h++) {
      visit(n * steps * width + h * depth, read + (n * options.heads + h) * steps);
    }
  }
}

function dot(a: NumericArray, at: number, b: NumericArray, from: number, length: number): number {
  let sum = 0;
  for (let d = 0; d < length; d++) sum += a[at + d]! * b[from + d]!;
  return sum;
}

type AttentionInputs = ["query", "key", "value"];

const attentionOp: Op<AttentionOptions, AttentionInputs> = {
  name: "attention",
  rereads: true,
  type(inputs, attrs) {
    check("attention", inputs, attrs);
    const sizes = sizesOf(inputs[0], attrs);
    return { shape: [sizes.read + logsOf(sizes, attrs)], dtype: "f32" };
  },
  /** Of what was read only: the logarithms are for the way back. */
  gradient: (node, dy) => gradientsOf(node, segment(dy, 0, node.inputs[0].shape)),
  cost: ([query]) => ({ flops: 4 * sizeOf(query.shape) * (query.shape[1] ?? 1) }),
  cpu({ inputs: [query, key, value], outputs: [trace], inputTypes: [type], attrs, scratch }) {
    const sizes = sizesOf(type, attrs);
    const { steps, width, depth, read } = sizes;
    const weights = scratch(steps);
    return () => {
      trace.fill(0, 0, read);
      eachHead(sizes, attrs, (from, log) => {
        for (let t = 0; t < steps; t++) {
          const row = from + t * width;
          const seen = attrs.causal ? t + 1 : steps;
          let top = -Infinity;
          for (let s = 0; s < seen; s++) {
            weights[s] = attrs.scale * dot(query, row, key, from + s * width, depth);
            if (weights[s]! > top) top = weights[s]!;
          }
          let total = 0;
          for (let s = 0; s < seen; s++) total += Math.exp(weights[s]! - top);
          trace[log + t] = top + Math.log(total);
          for (let s = 0; s < seen; s++) {
            const weight = Math.exp(weights[s]! - top) / total;
            for (let d = 0; d < depth; d++) trace[row + d]! += weight * value[from + s * width + d]!;
          }
        }
      });
    };
  },
  wgsl: (args) =>
    headsProgram(args, sizesOf(args.inputTypes[0], args.attrs), {
      loads: ["query", "key", "value"],
      stores: "trace",
      rows: 1,
      text: part("attention.wgsl", attentionText),
    }),
};

const attentionGradOp: Op<AttentionOptions, ["dy", "trace", ...AttentionInputs]> = {
  name: "attentionGrad",
  rereads: true,
  type([dy, trace, ...inputs], attrs) {
    check("attentionGrad", [dy, ...inputs], attrs);
    const sizes = sizesOf(dy, attrs);
    const size = sizes.read + logsOf(sizes, attrs);
    if (!sameShape(trace.shape, [size])) {
      throw new ShapeError(`attentionGrad: expected what attention gave, [${size}], got ${showShape(trace.shape)}.`);
    }
    return { shape: [3 * sizes.read], dtype: "f32" };
  },
  gradient: "none",
  cost: ([dy]) => ({ flops: 10 * sizeOf(dy.shape) * (dy.shape[1] ?? 1) }),
  cpu({ inputs: [dy, trace, query, key, value], outputs: [slopes], inputTypes: [type], attrs }) {
    const sizes = sizesOf(type, attrs);
    const { steps, width, depth, read } = sizes;
    return () => {
      slopes.fill(0);
      eachHead(sizes, attrs, (from, log) => {
        for (let t = 0; t < steps; t++) {
          const row = from + t * width;
          const own = dot(dy, row, trace, row, depth);
          for (let s = 0; s < (attrs.causal ? t + 1 : steps); s++) {
            const other = from + s * width;
            const weight = Math.exp(attrs.scale * dot(query, row, key, other, depth) - trace[log + t]!);
            const slope = attrs.scale * weight * (dot(dy, row, value, other, depth) - own);
            for (let d = 0; d < depth; d++) {
              slopes[row + d]! += slope * key[other + d]!;
              slopes[read + other + d]! += slope * query[row + d]!;
              slopes[2 * read + other + d]! += weight * dy[row + d]!;
            }
          }
        }
      });
    };
  },
  wgsl: (args) =>
    headsProgram(args, sizesOf(args.inputTypes[0], args.attrs), {
      loads: ["dy", "trace", "query", "key", "value"],
      stores: "slopes",
      rows: 2,
      text: part("attention_grad.wgsl", gradText),
    }),
};

/** A shader with so many threads for each row of every head, which reads and writes rows four numbers at a time where it can.
 *  @param loads names of inputs, of which `NAME_at(i)` reads the numbers from i */
function headsProgram(
  { attrs }: Pick<WgslArgs<AttentionOptions>, "attrs">,
  sizes: Sizes,
  { loads, stores, rows, text }: { loads: string[]; stores: string; rows: number; text: WgslProgram["parts"][number] },
): WgslProgram {
  const { samples, steps, width, depth, read } = sizes;
  const isInFours = depth % 4 === 0;
  const lanes = isInFours ? 4 : 1;
  const four = (name: string): string => [0, 1, 2, 3].map((k) => `${name}(i + ${k}u)`).join(", ");
  // What was read is followed by logarithms, whose number need not be one of fours.
  const load = (name: string): string =>
    !isInFours ? `${name}(i)` : name === "trace" ? `vec4<f32>(${four(name)})` : `${name}_four(i)`;
  const store = isInFours
    ? [0, 1, 2, 3].map((k) => `set_${stores}(i + ${k}u, value[${k}]);`).join(" ")
    : `set_${stores}(i, value);`;
  const generated =
    `alias Numbers = ${isInFours ? "vec4<f32>" : "f32"};\n` +
    `fn product(a: Numbers, b: Numbers) -> f32 { return ${isInFours ? "dot(a, b)" : "a * b"}; }\n` +
    `fn put(i: u32, value: Numbers) { ${store} }\n` +
    loads.map((name) => `fn ${name}_at(i: u32) -> Numbers { return ${load(name)}; }\n`).join("");
  const binding = (name: string): Binding => ({ name, ...(isInFours && name !== "trace" && { vector: true }) });
  return {
    inputs: loads.map(binding),
    outputs: [{ name: stores }],
    constants: {
      ...{ HEADS: attrs.heads, STEPS: steps, WIDTH: width, DEPTH: depth, READ: read },
      ...{ ROWS: samples * attrs.heads * steps, LANES: lanes, PIECES: depth / lanes },
      ...{ CAUSAL: attrs.causal ? 1 : 0, SCALE: f32Literal(attrs.scale) },
    },
    parts: [nanPart, shiftedExpPart, part("(generated numbers)", generated), text],
    workgroups: workgroupsFor(rows * samples * attrs.heads * steps),
  };
}

function gradientsOf(trace: Node<AttentionOptions, AttentionInputs>, dy: Node): [Node, Node, Node] {
  const slopes = apply(attentionGradOp, [dy, trace as Node, ...trace.inputs], trace.attrs);
  const size = sizeOf(dy.shape);
  const of = (index: number): Node => elementsOf(slopes, index * size, dy.shape);
  return [of(0), of(1), of(2)];
}

/** For every head, which has an equal share of the channels: `softmax(scale q k^T) v`, where with `causal` step t sees steps up to t
 *  alone. Rows of weights are found from left to right, what was added up being scaled down whenever a larger logit comes, and made
 *  again from the logarithm of their sum on the way back.
 *  @param query `[N, T, channels]` f32  @param key and @param value alike  @returns the same shape
 *  @throws ShapeError where these differ  @throws ArgumentError where heads do not share the channels, or are wider than
 *  {@link MAX_HEAD_WIDTH}
 *  Sources: Vaswani et al. 2017, "Attention is all you need", section 3.2; Milakov and Gimelshein 2018, "Online normalizer calculation
 *  for softmax"; Dao 2023, "FlashAttention-2". */
export function attention(query: Node, key: Node, value: Node, options: AttentionOptions): Node {
  const inputs = [query, key, value] as const;
  const trace = apply(attentionOp, inputs, options);
  const read = segment(trace, 0, query.shape);
  return customGradient(read, inputs, (dy) => gradientsOf(trace as Node<AttentionOptions, AttentionInputs> & Node, dy));
}

/** The records behind this file's functions. */
export const attentionOps = { attention: attentionOp, attentionGrad: attentionGradOp };
