/** The gradient of a recurrent kernel: one product over all samples and steps, of the states of a walk and the slopes of its way back,
 *  each read where it lies. */
import foursText from "../../shaders/lib/gemm_matrix_fours.wgsl?raw";
import kernelGradText from "../../shaders/lib/gemm_recurrent.wgsl?raw";
import { ShapeError } from "../errors";
import type { Op } from "../graph/node";
import { sameShape, showShape } from "../shape";
import { checkFloats } from "./checks";
import { gemmKernel, steps } from "./gemm";
import type { GemmSpec } from "./gemmSpec";
import { foursOfBPart } from "./gemmShader";
import { type GradAttrs, type Walk, walkOf } from "./recurrentWalk";
import { part } from "./wgsl";

/** Columns of slopes that belong to gates of the state: rows of `width` numbers from element `at`, of which the first `count`. */
export type Columns = { readonly at: number; readonly width: number; readonly count: number };

/** Where the slopes of the state's sums are, gate by gate: where the input's are, but for a last one of its own. */
export function columnsOf({ samples, steps: stepCount, units, cell }: Walk): readonly Columns[] {
  const width = cell.gates * units;
  if (cell.slopes === cell.gates) return [{ at: 0, width, count: width }];
  return [
    { at: 0, width, count: width - units },
    { at: samples * stepCount * width, width: units, count: units },
  ];
}

type KernelGradAttrs = GradAttrs & Columns & { readonly units: number };

export const recurrentKernelGradOp: Op<KernelGradAttrs, ["trace", "slopes"]> = {
  ...gemmKernel<KernelGradAttrs>("recurrentKernelGrad", (_, attrs) => kernelGradSpec(attrs)),
  type([trace, slopes], attrs) {
    checkFloats("recurrentKernelGrad", [trace, slopes]);
    const { traceSize, slopesSize, steps: count } = walkOf(attrs, attrs.samples, attrs.steps, attrs.units);
    if (!sameShape(trace.shape, [traceSize]) || !sameShape(slopes.shape, [slopesSize]) || count < 2) {
      const came = `${showShape(trace.shape)} and ${showShape(slopes.shape)} of ${count} steps`;
      throw new ShapeError(
        `recurrentKernelGrad: expected what walks of two steps and more gave, [${traceSize}] and [${slopesSize}], got ${came}.`,
      );
    }
    return { shape: [attrs.units, attrs.count], dtype: "f32" };
  },
  gradient: "none",
};

const foursOfAPart = part("lib/gemm_matrix_fours.wgsl", foursText);

/** `dU = sum_{n, t} h[n, t - 1] slopes[n, t]`, of which the first step of a sample has no part: it follows zeros. */
function kernelGradSpec(attrs: KernelGradAttrs): GemmSpec {
  const { samples, steps: stepCount, units, at, width, count, reverse } = attrs;
  const { statesAt } = walkOf(attrs, samples, stepCount, units);
  const earlier = stepCount - 1;
  const k = samples * earlier;
  const shift = reverse ? 1 : 0;
  const rowOf = (i: number): number => i + Math.floor(i / earlier);
  const isFour = (...numbers: readonly number[]): boolean => numbers.every((number) => number % 4 === 0);
  return {
    size: { batch: 1, m: units, n: count, k },
    cpu: () => ({
      a: {
        batches: Uint32Array.of(statesAt),
        rows: steps(units, 1),
        columns: Uint32Array.from({ length: k }, (_, i) => (rowOf(i) + shift) * units),
      },
      b: {
        batches: Uint32Array.of(at),
        rows: Uint32Array.from({ length: k }, (_, i) => (rowOf(i) + 1 - shift) * width),
        columns: steps(count, 1),
      },
    }),
    wgsl: {
      loaders: [part("lib/gemm_recurrent.wgsl", kernelGradText)],
      constants: {
        ...{ EARLIER: earlier, A_AT: statesAt, A_SHIFT: shift, A_WIDTH: units },
        ...{ B_AT: at, B_WIDTH: width },
      },
      ...(isFour(units, statesAt) && { foursOfA: { along: "lines", loader: foursOfAPart } }),
      ...(isFour(count, at, width) && { foursOfB: { along: "lines", loader: foursOfBPart } }),
    },
  };
}
