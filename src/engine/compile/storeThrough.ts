/** Lets a product pass each of its results through an element-wise step that reads them, as it stores them: dropout, and
 *  whatever else is no program that `fuse.ts` could make an epilogue. */
import type { WgslArgs } from "../graph/kernel";
import type { Kernel, Node } from "../graph/node";
import { part } from "../ops/wgsl";
import { sizeOf } from "../shape";
import { renamed, withoutRepeats } from "./combine";
import { Dependencies, runInOrder } from "./dependencies";
import { owner, rootsOf } from "./memory";
import type { Computation, Step } from "./plan";

/** The same steps with every such pair as one. @param fits whether a launch may bind so many buffers */
export function storeThrough(computation: Computation, steps: readonly Step[], fits: (step: Step) => boolean): Step[] {
  const kept = rootsOf(computation);
  let current = [...steps];
  for (const last of steps.filter(isElementwise)) {
    // It may read two products, of which it must wait for the later one.
    const products = current.filter((step) => isProduct(step) && indexOfResult(step, last) !== undefined);
    for (const product of products.toReversed()) {
      const index = indexOfResult(product, last)!;
      const result = owner(last.inputs[index]!).base;
      const others = current.filter((step) => step !== last).flatMap(({ inputs }) => inputs);
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
const isProduct = ({ kernel, fuses }: Step): boolean => kernel.rereads === true || fuses !== undefined;

const isElementwise = ({ kernel, outputs }: Step): boolean =>
  kernel.inPlace === "elementwise" && kernel.element !== undefined && outputs.length === 1;

/** Which input of the last step is a result of the product, element for element, if that is all it reads of it. */
function indexOfResult(product: Step, { inputs, outputs }: Step): number | undefined {
  const found = inputs.flatMap((input, i) => (product.outputs.includes(owner(input).base) ? [i] : []));
  const [index] = found;
  if (index === undefined || found.length > 1) return undefined;
  const { base } = owner(inputs[index]!);
  const size = sizeOf(base.shape);
  return base.dtype === "f32" && size === sizeOf(inputs[index]!.shape) && size === sizeOf(outputs[0]!.shape)
    ? index
    : undefined;
}

function throughStep(product: Step, last: Step, index: number, isStored: boolean): Step {
  const result = owner(last.inputs[index]!).base;
  const without = <T>(list: readonly T[], at: number): T[] => list.filter((_, i) => i !== at);
  const at = product.outputs.indexOf(result);
  const inputs = [...product.inputs, ...without(last.inputs, index)];
  const outputs: readonly Node[] = [...(isStored ? product.outputs : without(product.outputs, at)), ...last.outputs];
  const kernel: Kernel = {
    name: `${product.kernel.name} > ${last.kernel.name}`,
    ...(product.kernel.rereads && { rereads: true }),
    cpu: runInOrder([product, last], inputs, outputs),
    wgsl: (args) => {
      const argsOf = ({ attrs, inputs: read, outputs: made }: Step): WgslArgs => {
        return { ...args, attrs, inputTypes: read, outputTypes: made };
      };
      const making = renamed(product.kernel.wgsl(argsOf(product)), "product_");
      const passing = renamed(last.kernel.element!(argsOf(last)), "last_");
      const [name, read] = [making.outputs[at]!.name, passing.inputs[index]!.name];
      const stored = `stored_${name}`;
      const text =
        `var<private> result: f32;\nfn ${read}(i: u32) -> f32 { return result; }\n` +
        `fn set_${name}(i: u32, value: f32) {\n` +
        `${isStored ? `  set_${stored}(i, value);\n` : ""}` +
        `  result = value;\n  set_last(i, last_element(i));\n}\n` +
        `fn run(workgroup: u32, lane: u32) {\n  product_run(workgroup, lane);\n}\n`;
      const own = making.outputs.map((output, i) => (i === at ? { ...output, name: stored } : output));
      return {
        ...making,
        inputs: [...making.inputs, ...without(passing.inputs, index)],
        outputs: [...(isStored ? own : without(own, at)), { name: "last" }],
        constants: { ...making.constants, ...passing.constants },
        parts: withoutRepeats([...passing.parts, part("(generated store)", text), ...making.parts]),
      };
    },
  };
  const label = [...new Set([product.label, last.label].filter((own) => own !== ""))].join(", ");
  return { kernel, attrs: {}, inputs, outputs, label, fuses: [product, last] };
}
