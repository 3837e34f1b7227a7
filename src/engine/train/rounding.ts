/** Rounding weights to few bits, as they would be stored on a small device. Pure functions of numbers; what such a model is worth,
 *  `trainer/rounded.ts` measures. */
import { type Shape, sizeOf } from "../shape";
import type { Weight } from "./snapshot";

/** How weights are rounded. */
export interface Rounding {
  /** Of a stored weight, its sign included: 2 to 16. */
  readonly bits: number;
  /** Whether each output channel, the last axis, has a scale of its own, or the whole tensor one. */
  readonly each: "channel" | "tensor";
  /** The names of the weights that are rounded; all that can be when left out. */
  readonly only?: readonly string[];
}

/** Whether a weight is rounded at all: kernels and embeddings are. Biases and the like are few, and their errors add up. */
export const isRoundable = (shape: Shape): boolean => shape.length >= 2;

/** Symmetric uniform quantization: `s · clamp(round(w / s), -m, m)` with `m = 2^(bits-1) - 1` and `s = max|w| / m`, over the whole
 *  tensor or over each of its last axis. Zeros stay zeros, and the largest weight stays what it is.
 *  @param weight `[..., C]` f32  @returns the same shape: what the stored integers stand for
 *  Source: Nagel et al. 2021, "A White Paper on Neural Network Quantization", section 2.2. */
export function roundWeight({ shape, data }: Weight, { bits, each }: Rounding): Weight {
  const channels = each === "channel" ? (shape.at(-1) ?? 1) : 1;
  const most = 2 ** (bits - 1) - 1;
  const scales = new Float64Array(channels);
  for (let i = 0; i < data.length; i++) {
    const c = i % channels;
    scales[c] = Math.max(scales[c] ?? 0, Math.abs(data[i] ?? 0) / most);
  }
  const rounded = data.map((value, i) => {
    const scale = scales[i % channels] ?? 0;
    return scale === 0 ? 0 : scale * Math.max(-most, Math.min(most, Math.round(value / scale)));
  });
  return { shape, data: rounded };
}

/** Bytes of weights stored so: rounded ones packed, a scale in f32 for each tensor or channel, everything else in f32.
 *  @param rounding null: everything in f32 */
export function storedBytes(weights: Readonly<Record<string, Shape>>, rounding: Rounding | null): number {
  return Object.entries(weights).reduce((total, [name, shape]) => {
    const isRounded = rounding && isRoundable(shape) && (rounding.only?.includes(name) ?? true);
    if (!isRounded) return total + 4 * sizeOf(shape);
    const scales = rounding.each === "channel" ? (shape.at(-1) ?? 1) : 1;
    return total + Math.ceil((rounding.bits * sizeOf(shape)) / 8) + 4 * scales;
  }, 0);
}
