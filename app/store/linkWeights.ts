/** Trained weights in links: kernels and embeddings rounded to few bits, with one factor for each, everything else in f32. Which
 *  weights there are, and how large, follows from the model, so that only their values travel. Pure. */
import { isRoundable, type Said, say, type Shape, sizeOf, type StartWeights } from "../../src/engine";

/** What weights are rounded to, in bits with their sign; the first that fits is taken. */
export const WEIGHT_BITS = [8, 6, 5, 4] as const;
/** More than any link has room for, however little they say. */
export const MAX_WEIGHT_BYTES = 64_000;

type Shapes = ReadonlyMap<string, Shape>;

/** The largest whole number that has a negative of the same size. */
const mostOf = (bits: number): number => 2 ** (bits - 1) - 1;

/** Bytes of weights of these shapes: one for the bits, then for each a factor in f32 and a byte a number, or f32 alone. */
function lengthOf(shapes: Shapes): number {
  let length = 1;
  for (const shape of shapes.values()) length += isRoundable(shape) ? 4 + sizeOf(shape) : 4 * sizeOf(shape);
  return length;
}

/** Writes weights in the order of the shapes. Numbers of few bits take a byte each, which deflating makes as small as they are.
 *  @returns null where they are not those of the shapes, not finite, or too many */
export function packWeights(weights: StartWeights, shapes: Shapes, bits: number): Uint8Array<ArrayBuffer> | null {
  const length = lengthOf(shapes);
  if (length > MAX_WEIGHT_BYTES) return null;
  const bytes = new Uint8Array(length);
  const view = new DataView(bytes.buffer);
  const most = mostOf(bits);
  let at = 0;
  view.setUint8(at++, bits);
  for (const [name, shape] of shapes) {
    const data = weights[name]?.data;
    if (data?.length !== sizeOf(shape) || !data.every(Number.isFinite)) return null;
    const isRounded = isRoundable(shape);
    const scale = Math.fround(data.reduce((high, value) => Math.max(high, Math.abs(value)), 0) / most);
    if (isRounded) {
      view.setFloat32(at, scale, true);
      at += 4;
    }
    for (const value of data) {
      if (isRounded) view.setInt8(at++, scale === 0 ? 0 : Math.max(-most, Math.min(most, Math.round(value / scale))));
      else {
        view.setFloat32(at, value, true);
        at += 4;
      }
    }
  }
  return bytes;
}

/** Weights out of a link. */
export interface LinkedWeights {
  /** What they were rounded to. */
  readonly bits: number;
  readonly weights: StartWeights;
}

/** Reads weights of a model with these shapes. Nothing is made of bytes that are not as many as such a model takes.
 *  @returns them, or what is wrong with them */
export function unpackWeights(bytes: Uint8Array, shapes: Shapes): LinkedWeights | Said {
  const expected = lengthOf(shapes);
  if (bytes.length !== expected) return say("share.otherWeights", { expected, got: bytes.length });
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  const bits = view.getUint8(at++);
  if (!WEIGHT_BITS.some((known) => known === bits)) return say("share.badWeights");
  const next = (): number => {
    at += 4;
    return view.getFloat32(at - 4, true);
  };
  const weights: Record<string, StartWeights[string]> = {};
  for (const [name, shape] of shapes) {
    const data = new Float32Array(sizeOf(shape));
    const scale = isRoundable(shape) ? next() : null;
    for (let i = 0; i < data.length; i++) data[i] = scale === null ? next() : scale * view.getInt8(at++);
    if (!data.every(Number.isFinite)) return say("share.badWeights");
    Object.defineProperty(weights, name, { value: { shape, data }, enumerable: true });
  }
  return { bits, weights };
}
