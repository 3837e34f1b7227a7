/** Lets a product pass each of its results through an element-wise launch that reads them, as it stores them: dropout, and
 *  whatever else is no program that `fuse.ts` could make an epilogue. */
import type { Kernel, Node } from "../graph/node";
import type { TensorType } from "../graph/type";
import { sizeOf } from "../shape";
import { argsOf, labelOf, passingStores, readInStep, threadOf } from "./combine";
import { Dependencies, runInOrder } from "./dependencies";
import { owner, storedBy } from "./memory";
import type { Computation, Launch } from "./plan";
import { resultOf } from "./plan";

/** The same launches with every such pair as one. @param fits whether a launch may bind so many buffers */
export function storeThrough(
  computation: Computation,
  launches: readonly Launch[],
  fits: (launch: Launch) => boolean,
): Launch[] {
  const kept = storedBy(computation);
  let current = [...launches];
  for (const last of launches.filter(isElementwise)) {
    // It may read two products, of which it must wait for the later one.
    const products = current.filter((launch) => isGemm(launch) && indexOfResult(launch, last) !== undefined);
    for (const product of products.toReversed()) {
      const index = indexOfResult(product, last)!;
      const result = owner(last.inputs[index]!).base;
      const others = current.filter((launch) => launch !== last).flatMap(({ inputs }) => inputs);
      const isStored = kept.has(result) || others.some((input) => owner(input).base === result);
      const joined = throughStep(product, last, index, isStored);
      const graph = new Dependencies(current);
      if (!fits(joined) || !graph.tryJoin([product, last])) continue;
      current = graph.groups().flatMap((group) => (group.includes(last) ? [joined] : group));
      break;
    }
  }
  return current;
}

/** A matrix product, or one with what was fused to it. */
const isGemm = ({ kernel, fuses }: Launch): boolean => kernel.rereads === true || fuses !== undefined;

/** One result that can be computed element by element, or a program of several. */
const isElementwise = ({ kernel, inputs, attrs, outputs }: Launch): boolean =>
  kernel.inPlace === "elementwise" &&
  (outputs.length === 1 ? kernel.element !== undefined : kernel.form?.(inputs, attrs)?.kind === "program");

/** Which input of the last launch is a result of the product, element for element, if that is all it reads of it. */
function indexOfResult(product: Launch, last: Launch): number | undefined {
  const read = last.inputs.filter((input) => product.outputs.includes(owner(input).base));
  const [input] = read;
  if (!input || read.length > 1) return undefined;
  const { base } = owner(input);
  const size = sizeOf(base.shape);
  return base.dtype === "f32" && size === sizeOf(input.shape) && size === sizeOf(resultOf(last).shape)
    ? last.inputs.indexOf(input)
    : undefined;
}

function throughStep(product: Launch, last: Launch, index: number, isStored: boolean): Launch {
  const result = owner(last.inputs[index]!).base;
  const without = <T>(list: readonly T[], at: number): T[] => list.filter((_, i) => i !== at);
  const at = product.outputs.indexOf(result);
  const inputs = [...product.inputs, ...without(last.inputs, index)];
  const outputs: readonly Node[] = [...without(product.outputs, at), ...(isStored ? [result] : []), ...last.outputs];
  const { walksRows } = product.kernel;
  const kernel: Kernel = {
    name: `${product.kernel.name} > ${last.kernel.name}`,
    ...(product.kernel.rereads && { rereads: true }),
    ...(walksRows && {
      walksRows: (types: readonly TensorType[]) => {
        const { rows, inRows } = walksRows(types.slice(0, product.inputs.length), product.attrs);
        return { rows, inRows: [...inRows, ...without(readInStep(last), index)] };
      },
    }),
    cpu: runInOrder([product, last], inputs, outputs),
    wgsl: (args) => {
      const making = product.kernel.wgsl(argsOf(product, args));
      const first = isStored ? "set_stored(i, value);\n  " : "";
      const stored = isStored ? [{ name: "stored" }] : [];
      const own = argsOf(last, args);
      const isOne = last.outputs.length === 1;
      const passing = isOne ? last.kernel.element!(own) : last.kernel.wgsl(own);
      const store = isOne ? "set_last(i, then_element(i));" : `then_run(${threadOf("i")});`;
      const program = passingStores(making, passing, index, new Map([[at, first + store]]));
      const made = program.outputs.slice(0, making.outputs.length - 1);
      const passed = isOne ? [{ name: "last" }] : program.outputs.slice(made.length);
      return { ...program, outputs: [...made, ...stored, ...passed] };
    },
  };
  return { kernel, attrs: {}, inputs, outputs, label: labelOf([product, last]), fuses: [product, last] };
}
