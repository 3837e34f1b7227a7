/** Checks that several shape rules share. */
import { ArgumentError } from "../errors";
import type { TensorType } from "../graph/node";

/** Throws unless all operands are f32: kernels of matrix products, reductions and the like read nothing else.
 *  @throws ArgumentError naming all the types that came */
export function checkFloats(where: string, operands: readonly TensorType[]): void {
  if (operands.every(({ dtype }) => dtype === "f32")) return;
  const came = operands.map(({ dtype }) => dtype).join(" and ");
  const advice = operands.some(({ dtype }) => dtype === "u8") ? " Gather the rows first, which makes them f32." : "";
  throw new ArgumentError(`${where}: expected f32 operands, got ${came}.${advice}`);
}
