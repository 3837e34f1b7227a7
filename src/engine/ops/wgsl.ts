/** Small helpers for writing WGSL kernels as data. No kernel text lives here; that is in `src/shaders`. */
import mapText from "../../shaders/map.wgsl?raw";
import nanText from "../../shaders/lib/nan.wgsl?raw";
import type { ShaderPart, WgslArgs, WgslElement, WgslProgram } from "../graph/kernel";
import type { Attrs, Operands } from "../graph/type";
import type { Shape } from "../shape";
import { sizeOf } from "../shape";

/** Threads per workgroup of the plain kernels: one or two hardware waves on every GPU. */
export const WORKGROUP_SIZE = 64;

/** Texts of kernels by what ops know them by, in builds whose ops come without. */
const fetched = new Map<string, string>();

/** Takes in texts of kernels that came after the ops which name them. */
export function learnShaders(texts: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(texts)) fetched.set(name, text);
}

/** The text of a kernel, or of a part of one, as it was imported: itself, or what was fetched in its place. */
export const shaderText = (imported: string): string => fetched.get(imported) ?? imported;

/** Names a piece of shader text for compile messages. It is read when a shader is put together, and not before. */
export function part(file: string, text: string): ShaderPart {
  return {
    file,
    get text() {
      return shaderText(text);
    },
  };
}

/** Names a piece of shader text that is a library: it reads no constant and no operand of the kernel's. */
export function libraryPart(file: string, text: string): ShaderPart {
  return Object.assign(part(file, text), { shared: true });
}

/** `is_nan`, `keep_nan`, `larger` and `smaller`. */
export const nanPart = libraryPart("lib/nan.wgsl", nanText);

/** The WGSL half of a kernel that computes each element of its output on its own. */
export function mapKernel<A extends Attrs, In extends Operands = Operands>(
  element: (args: WgslArgs<A, In, ["result"]>) => WgslElement,
) {
  return {
    element,
    wgsl(args: WgslArgs<A, In, ["result"]>): WgslProgram {
      const size = sizeOf(args.outputTypes[0].shape);
      const { inputs, constants, parts } = element(args);
      return {
        inputs,
        outputs: [{ name: "result" }],
        constants: { ...constants, SIZE: size },
        parts: [...parts, part("map.wgsl", mapText)],
        workgroups: workgroupsFor(size),
      };
    },
  };
}

/** Workgroups for one thread per element. */
export function workgroupsFor(elements: number): number {
  return Math.ceil(elements / WORKGROUP_SIZE);
}

/** A finite f32 literal. WGSL refuses infinities and NaN, so those are clamped to the largest finite value. */
export function f32Literal(value: number): string {
  const finite = Math.max(-3.4028234e38, Math.min(3.4028234e38, Math.fround(value)));
  return `f32(${Number.isNaN(finite) ? 0 : finite})`;
}

/** WGSL for the flat offset of an element, given the index in `shape` as expression `index`: sums
 *  `coordinate * stride` over the axes, leaving out stretched ones. Constant divisions are the driver's to optimise. */
export function stridedIndex(index: string, shape: Shape, strides: readonly number[]): string {
  const terms: string[] = [];
  let below = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const dim = shape[axis] ?? 1;
    const stride = strides[axis] ?? 0;
    if (stride !== 0 && dim > 1) {
      const quotient = below === 1 ? index : `${index} / ${below}u`;
      const coordinate = axis === 0 ? `(${quotient})` : `((${quotient}) % ${dim}u)`;
      terms.push(stride === 1 ? coordinate : `${coordinate} * ${stride}u`);
    }
    below *= dim;
  }
  return terms.length === 0 ? "0u" : terms.join(" + ");
}
