/** What batch normalization needs of a batch: the moments of every channel, and, going back, the sums that its gradient is made of.
 *  The rest is element-wise, and fuses with what is around it. */
import momentsText from "../../shaders/batch_moments.wgsl?raw";
import momentsGradText from "../../shaders/batch_moments_grad.wgsl?raw";
import channelTotalText from "../../shaders/lib/channel_total.wgsl?raw";
import { ArgumentError, ShapeError } from "../errors";
import type { NumericArray, ShaderPart, WgslArgs, WgslProgram } from "../graph/kernel";
import type { Attrs } from "../graph/type";
import type { Node, Op } from "../graph/node";
import { apply } from "../graph/node";
import { dimensionOf, sameShape, showShape, sizeOf } from "../shape";
import { checkFloats } from "./checks";
import { customGradient, reshape } from "./layout";
import { add, div, mul, sqrt, sub } from "./pointwise";
import { rowsOf } from "./softmax";
import { slice } from "./strided";
import { f32Literal, part, WORKGROUP_SIZE } from "./wgsl";

/** Which samples of a batch count: `mask` `[N]` f32 is 1 for them and 0 for others, `count` `[]` f32 how many they are. */
export interface Counted {
  readonly mask: Node;
  readonly count: Node;
}

type NoAttrs = Record<string, never>;
type GradAttrs = { readonly epsilon: number };

const momentsOp: Op<NoAttrs, ["x", ...counted: string[]]> = {
  name: "batchMoments",
  type([x, mask, count]) {
    checkFloats("batchMoments", [x]);
    const samples = x.shape[0];
    if (x.shape.length === 0 || !samples) {
      throw new ShapeError(`batchMoments: expected samples of channels [N, .., C], got ${showShape(x.shape)}.`);
    }
    if (mask && (mask.dtype !== "f32" || !sameShape(mask.shape, [samples]))) {
      const came = `${mask.dtype} ${showShape(mask.shape)}`;
      throw new ShapeError(`batchMoments: expected a mask of f32 [${samples}], one number a sample, got ${came}.`);
    }
    if (mask && (count?.dtype !== "f32" || sizeOf(count.shape) !== 1)) {
      const came = count ? `${count.dtype} ${showShape(count.shape)}` : "none";
      throw new ShapeError(`batchMoments: expected the count of samples to be an f32 scalar, got ${came}.`);
    }
    return { shape: [2, rowsOf(x.shape).columns], dtype: "f32" };
  },
  // d mean / dx = w / n, and d variance / dx = 2 w (x - mean) / n, since the differences from the mean add up to 0.
  gradient(node, dy) {
    const [x, ...counted] = node.inputs;
    const [mask, count] = counted;
    const weight = weightOf(x, mask && count && { mask, count });
    const differences = sub(x, channels(node, 0));
    const dx = mul(weight, add(channels(dy, 0), mul(mul(differences, 2), channels(dy, 1))));
    return [dx, ...counted.map(() => null)];
  },
  cost: ([x]) => ({ flops: 5 * sizeOf(x.shape) }),
  cpu({ inputs: [x, mask, count], outputs: [moments], inputTypes }) {
    const { rows, columns } = rowsOf(inputTypes[0].shape);
    const places = rows / dimensionOf(inputTypes[0].shape, 0);
    return () => {
      const counted = count ? count[0]! * places : rows;
      for (let c = 0; c < columns; c++) {
        const mean = weighted(rows, places, mask, (r) => x[r * columns + c]!) / counted;
        moments[c] = mean;
        moments[columns + c] = weighted(rows, places, mask, (r) => (x[r * columns + c]! - mean) ** 2) / counted;
      }
    };
  },
  wgsl(args) {
    const [x, mask] = args.inputTypes;
    const { rows } = rowsOf(x.shape);
    const places = rows / dimensionOf(x.shape, 0);
    const text = mask
      ? `fn weight(r: u32) -> f32 { return mask(r / ${places}u); }\n` +
        `fn counted() -> f32 { return count(0u) * ${f32Literal(places)}; }\n`
      : `fn weight(r: u32) -> f32 { return 1.0; }\nfn counted() -> f32 { return ${f32Literal(rows)}; }\n`;
    return channelProgram(args, {
      inputs: [{ name: "x" }, ...(mask ? [{ name: "mask" }, { name: "count" }] : [])],
      outputs: [{ name: "moments" }],
      parts: [part("(generated weights)", text), part("batch_moments.wgsl", momentsText)],
    });
  },
};

/** `sum_r w[r] value(r)`, where all rows of a sample have its weight. */
function weighted(
  rows: number,
  places: number,
  mask: NumericArray | undefined,
  value: (row: number) => number,
): number {
  let total = 0;
  for (let r = 0; r < rows; r++) total += mask ? mask[Math.floor(r / places)]! * value(r) : value(r);
  return total;
}

const momentsGradOp: Op<GradAttrs, ["dy", "x", "moments"]> = {
  name: "batchMomentsGrad",
  readsOnce: true,
  type([dy, x, moments], { epsilon }) {
    checkFloats("batchMomentsGrad", [dy, x, moments]);
    const { columns } = rowsOf(x.shape);
    if (!sameShape(dy.shape, x.shape) || !sameShape(moments.shape, [2, columns])) {
      const came = `${showShape(dy.shape)} and ${showShape(moments.shape)}`;
      throw new ShapeError(
        `batchMomentsGrad: expected dy ${showShape(x.shape)} like x and moments [2, ${columns}], got ${came}.`,
      );
    }
    if (!(epsilon > 0)) throw new ArgumentError(`batchMomentsGrad: expected epsilon above 0, got ${epsilon}.`);
    return { shape: [2, columns], dtype: "f32" };
  },
  gradient: "none",
  cost: ([dy]) => ({ flops: 4 * sizeOf(dy.shape) }),
  cpu({ inputs: [dy, x, moments], outputs: [sums], inputTypes, attrs: { epsilon } }) {
    const { rows, columns } = rowsOf(inputTypes[0].shape);
    return () => {
      for (let c = 0; c < columns; c++) {
        const mean = moments[c]!;
        let [total, product] = [0, 0];
        for (let i = c; i < rows * columns; i += columns) {
          total += dy[i]!;
          product += dy[i]! * (x[i]! - mean);
        }
        sums[c] = total;
        sums[columns + c] = product / Math.sqrt(moments[columns + c]! + epsilon);
      }
    };
  },
  wgsl: (args) =>
    channelProgram(args, {
      inputs: [{ name: "dy" }, { name: "x" }, { name: "moments" }],
      outputs: [{ name: "sums" }],
      constants: { EPSILON: f32Literal(args.attrs.epsilon) },
      parts: [part("batch_moments_grad.wgsl", momentsGradText)],
    }),
};

/** A thread does so many channels' sums by itself where sharing them costs more. */
const ALONE: ShaderPart = part(
  "(generated total)",
  "fn channel_total(lane: u32, value: f32) -> f32 { return value; }\n",
);

/** Workgroups that are enough to keep a card busy: from there on they have several channels, whose elements are neighbours in
 *  memory, up to a cache line of them. */
const ENOUGH_WORKGROUPS = 32;
const NEIGHBOURS = 16;
const MAX_THREADS = 256;

/** A shader that sums up over the rows of input 0, for every channel. */
function channelProgram<A extends Attrs>(
  { inputTypes, dearBarriers = false, mostThreads = MAX_THREADS }: WgslArgs<A, ["x", ...string[]]>,
  program: Pick<WgslProgram, "inputs" | "outputs" | "parts"> & Partial<Pick<WgslProgram, "constants">>,
): WgslProgram {
  const { rows, columns } = rowsOf(inputTypes[0].shape);
  const threads = dearBarriers ? WORKGROUP_SIZE : Math.min(MAX_THREADS, mostThreads);
  const beside = 2 ** Math.floor(Math.log2(Math.max(1, columns / ENOUGH_WORKGROUPS)));
  const own = dearBarriers ? WORKGROUP_SIZE : Math.min(NEIGHBOURS, beside);
  const lanes = threads / own;
  const block = Math.ceil(Math.sqrt(rows / lanes));
  return {
    ...program,
    constants: { ...program.constants, ROWS: rows, CHANNELS: columns, COLUMNS: own, LANES: lanes, BLOCK: block },
    parts: [dearBarriers ? ALONE : part("lib/channel_total.wgsl", channelTotalText), ...program.parts],
    workgroups: Math.ceil(columns / own),
    threads,
  };
}

/** Row 0 or 1 of what holds two numbers for each channel. `[2, C]` to `[C]` */
function channels(pairs: Node, row: 0 | 1): Node {
  const columns = dimensionOf(pairs.shape, 1);
  return reshape(slice(pairs, [row, 0], [1, columns]), [columns]);
}

/** The share that a sample of x has in a mean: 1/n, and 0 where it does not count. Stretches to x. */
function weightOf(x: Node, counted: Counted | undefined): Node | number {
  const samples = dimensionOf(x.shape, 0);
  const places = rowsOf(x.shape).rows / samples;
  if (!counted) return 1 / (samples * places);
  const mask = reshape(counted.mask, [samples, ...x.shape.slice(1).map(() => 1)]);
  return div(mask, mul(counted.count, places));
}

/** The mean and the biased variance of each channel over the samples that count and all their places, in two passes, so that a large
 *  mean costs no digits: `mean = sum_r w x / n`, `variance = sum_r w (x - mean)^2 / n`.
 *  @param x `[N, .., C]` f32  @param counted all samples, unless given
 *  @returns `[2, C]` f32: the means, then the variances
 *  @throws ShapeError for a mask or a count of another shape  @throws ArgumentError for other types */
export function batchMoments(x: Node, counted?: Counted): Node {
  return apply(momentsOp, counted ? [x, counted.mask, counted.count] : [x], {});
}

/** What {@link batchNormalize} gives, and what it found. `[C]` each */
export interface Normalized {
  readonly output: Node;
  readonly mean: Node;
  readonly variance: Node;
}

/** Batch normalization by the batch's own moments: `gamma (x - mean) / sqrt(variance + epsilon) + beta`.
 *
 *  With `x^ = (x - mean) / sqrt(variance + epsilon)`, the gradient is `dbeta = sum dy`, `dgamma = sum dy x^` over the rows of a
 *  channel, and `dx = gamma / sqrt(variance + epsilon) (dy - w (dbeta + x^ dgamma) / n)`, where w is 1 for rows that count.
 *  @param x `[N, .., C]` f32  @param gamma `[C]`  @param beta `[C]`  @param counted all samples, unless given
 *  @throws as {@link batchMoments}  Source: Ioffe and Szegedy 2015, algorithm 1 and section 3. */
export function batchNormalize(x: Node, gamma: Node, beta: Node, epsilon: number, counted?: Counted): Normalized {
  const moments = batchMoments(x, counted);
  const [mean, variance] = [channels(moments, 0), channels(moments, 1)];
  const normal = mul(sub(x, mean), div(1, sqrt(add(variance, epsilon))));
  const output = customGradient(add(mul(normal, gamma), beta), [x, gamma, beta], (dy) => {
    const sums = apply(momentsGradOp, [dy, x, moments], { epsilon });
    const [dBeta, dGamma] = [channels(sums, 0), channels(sums, 1)];
    const drift = mul(add(dBeta, mul(normal, dGamma)), weightOf(x, counted));
    return [mul(div(gamma, sqrt(add(variance, epsilon))), sub(dy, drift)), dGamma, dBeta];
  });
  return { output, mean, variance };
}

/** The records behind this file's functions. */
export const batchNormOps = { batchMoments: momentsOp, batchMomentsGrad: momentsGradOp };
