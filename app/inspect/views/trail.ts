/** Samples as single pictures: images as they are, and clips as what moves through them leaves behind. Pure. */
import { type ColumnInfo, sizeOf } from "../../../src/engine";

interface Still {
  readonly values: Float32Array;
  /** `[H, W, C]` */
  readonly shape: readonly number[];
}

/** Whether a column holds clips, `[T, H, W, C]`. */
export const isClip = ({ kind, shape }: Pick<ColumnInfo, "kind" | "shape">): boolean =>
  kind === "series" && shape.length === 4;

/** The frames of a clip, the first of them first. */
export function framesOf(values: Float32Array, [frames = 1, ...shape]: readonly number[]): Still[] {
  const size = sizeOf(shape);
  return Array.from({ length: frames }, (_, i) => ({ values: values.subarray(i * size, (i + 1) * size), shape }));
}

/** One picture of a sample; undefined where it is none. Of a clip each pixel is as bright as in its brightest frame, and a frame the
 *  fainter the longer ago it was, so that what moves draws its own way: frame `t` of `T` counts `(t + 1) / T`. */
export function stillOf(info: Pick<ColumnInfo, "kind" | "shape">, values: Float32Array): Still | undefined {
  if (info.kind === "image") return { values, shape: info.shape };
  if (!isClip(info)) return undefined;
  const frames = framesOf(values, info.shape);
  const [, ...shape] = info.shape;
  const trail = new Float32Array(sizeOf(shape));
  for (const [i, frame] of frames.entries()) {
    const share = (i + 1) / frames.length;
    frame.values.forEach((value, at) => (trail[at] = Math.max(trail[at] ?? 0, value * share)));
  }
  return { values: trail, shape };
}
