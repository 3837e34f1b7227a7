/** Checks that several shape rules share. */
import { ArgumentError, ShapeError } from "../errors";
import { isPacked, type TensorType } from "../graph/type";
import type { FourAxes, Shape } from "../shape";
import { hasFourAxes, showShape, sizeOf } from "../shape";

/** Throws unless all operands are f32: kernels of matrix products, reductions and the like read nothing else.
 *  @throws ArgumentError naming all the types that came */
export function checkFloats(where: string, operands: readonly TensorType[]): void {
  if (operands.every(({ dtype }) => dtype === "f32")) return;
  const came = operands.map(({ dtype }) => dtype).join(" and ");
  const advice = operands.some(({ dtype }) => isPacked(dtype)) ? " Gather the rows first, which makes them f32." : "";
  throw new ArgumentError(`${where}: expected f32 operands, got ${came}.${advice}`);
}

/** The axes of images: how many samples, their height and width, and channels.
 *  @throws ShapeError unless there are four axes, `[N, H, W, C]` */
export function imageAxes(where: string, shape: Shape): FourAxes {
  if (hasFourAxes(shape)) return shape;
  throw new ShapeError(`${where}: expected images [N, H, W, C], got ${showShape(shape)}. Reshape to four axes first.`);
}

/** Throws unless random numbers can be told apart by these: counters of one u32 each, and a stream of 32 bits.
 *  @throws ArgumentError for the stream  @throws ShapeError for a counter */
export function checkCounters(where: string, seed: TensorType, step: TensorType, stream: number): void {
  if (!Number.isInteger(stream) || stream < 0 || stream >= 2 ** 32) {
    throw new ArgumentError(`${where}: expected a stream number that fits 32 bits, got ${stream}.`);
  }
  for (const [name, counter] of Object.entries({ seed, step })) {
    if (counter.dtype !== "u32" || sizeOf(counter.shape) !== 1) {
      throw new ShapeError(
        `${where}: expected ${name} to be a u32 scalar, got ${counter.dtype} ${showShape(counter.shape)}.`,
      );
    }
  }
}
