/** Recurrence as an op: one kernel walks all steps of a sequence, however many there are, and one walks them back. What the input
 *  adds to every step is a product before it, and the gradients of weights are products after it: nothing is unrolled. */
import gradText from "../../shaders/recurrent_grad.wgsl?raw";
import recurrentText from "../../shaders/recurrent.wgsl?raw";
import { ArgumentError, ShapeError } from "../errors";
import type { NumericArray, ShaderPart, WgslArgs, WgslProgram } from "../graph/kernel";
import type { Node, Op } from "../graph/node";
import { apply } from "../graph/node";
import { sameShape, showShape, sizeOf } from "../shape";
import { sum } from "./broadcast";
import { checkFloats } from "./checks";
import { constant } from "./constant";
import { customGradient, segment } from "./layout";
import { mathParts } from "./program";
import { cells } from "./recurrentCells";
import { type Columns, columnsOf, recurrentKernelGradOp } from "./recurrentProduct";
import { type GradAttrs, MAX_RECURRENT_UNITS, type RecurrentOptions, timeOf, type Walk, walkOf } from "./recurrentWalk";
import { concat, elementsOf, slice, transpose } from "./strided";
import { part } from "./wgsl";

/** A bias may follow. */
type WalkInputs = ["x", "kernel", ...bias: string[]];

const recurrentOp: Op<RecurrentOptions, WalkInputs> = {
  name: "recurrent",
  rereads: true,
  type([x, kernel, bias], attrs) {
    checkFloats("recurrent", bias ? [x, kernel, bias] : [x, kernel]);
    const { gates } = cells[attrs.cell];
    const [samples, stepCount, width] = x.shape;
    const units = kernel.shape[0];
    if (x.shape.length !== 3 || !samples || !stepCount || !units || !sameShape(kernel.shape, [units, width ?? 0])) {
      const came = `${showShape(x.shape)} and ${showShape(kernel.shape)}`;
      throw new ShapeError(
        `recurrent: expected sums [N, T, ${gates} units] and a kernel [units, ${gates} units], got ${came}.`,
      );
    }
    if (width !== gates * units || (bias && !sameShape(bias.shape, [width]))) {
      const came = `${showShape(kernel.shape)}${bias ? ` and a bias ${showShape(bias.shape)}` : ""}`;
      throw new ShapeError(
        `recurrent: expected ${gates} numbers a unit for ${attrs.cell}, got a kernel ${came}. Make it [units, ${gates} units].`,
      );
    }
    if (units > MAX_RECURRENT_UNITS) {
      throw new ArgumentError(
        `recurrent: expected at most ${MAX_RECURRENT_UNITS} units, got ${units}. Use several layers instead.`,
      );
    }
    return { shape: [walkOf(attrs, samples, stepCount, units).traceSize], dtype: "f32" };
  },
  /** Of the states only: what is kept is for the way back. */
  gradient(node, dy) {
    const [samples = 1, stepCount = 1] = node.inputs[0].shape;
    const units = node.inputs[1].shape[0] ?? 1;
    const shape = node.attrs.sequences ? [samples, stepCount, units] : [samples, units];
    return [...gradientsOf(node, segment(dy, 0, shape))];
  },
  cost: ([x, kernel]) => ({ flops: 2 * sizeOf(x.shape) * (kernel.shape[0] ?? 1) }),
  cpu({ inputs: [x, kernel, bias], outputs: [trace], inputTypes, attrs }) {
    const [samples = 1, stepCount = 1, columns = 1] = inputTypes[0].shape;
    const walk = walkOf(attrs, samples, stepCount, inputTypes[1].shape[0] ?? 1);
    const { cell, units, statesAt, keptAt, squash } = walk;
    const unit = {
      x: new Float64Array(cell.gates),
      z: new Float64Array(cell.gates),
      kept: new Float64Array(cell.kept),
    };
    return () => {
      for (let n = 0; n < samples; n++) {
        for (let s = 0; s < stepCount; s++) {
          const place = n * stepCount + timeOf(walk, s, attrs.reverse);
          const earlier = n * stepCount + timeOf(walk, s - 1, attrs.reverse);
          for (let j = 0; j < units; j++) {
            for (let g = 0; g < cell.gates; g++) {
              const column = g * units + j;
              unit.x[g] = x[place * columns + column]!;
              let z = bias?.[column] ?? 0;
              const depth = s > 0 ? units : 0;
              for (let k = 0; k < depth; k++) {
                z += trace[statesAt + earlier * units + k]! * kernel[k * columns + column]!;
              }
              unit.z[g] = z;
            }
            const state = cell.step({ ...unit, ...leftBy(walk, trace, s > 0 ? earlier : -1, j) }, squash);
            trace[statesAt + place * units + j] = state;
            for (let q = 0; q < cell.kept; q++) trace[keptAt + (place * cell.kept + q) * units + j] = unit.kept[q]!;
            if (!attrs.sequences && s === stepCount - 1) trace[n * units + j] = state;
          }
        }
      }
    };
  },
  wgsl(args) {
    const { inputTypes, attrs } = args;
    const [samples = 1, stepCount = 1] = inputTypes[0].shape;
    const walk = walkOf(attrs, samples, stepCount, inputTypes[1].shape[0] ?? 1);
    const hasBias = inputTypes.length > 2;
    const text =
      `fn recurrent_bias(i: u32) -> f32 { return ${hasBias ? "bias(i)" : "0.0"}; }\n` +
      `fn set_last(i: u32, value: f32) { ${attrs.sequences ? "" : "set_trace(i, value);"} }\n`;
    return walkProgram(args, walk, {
      inputs: [{ name: "x" }, { name: "kernel" }, ...(hasBias ? [{ name: "bias" }] : [])],
      outputs: [{ name: "trace" }],
      shared: walk.units,
      parts: [part("(generated ends)", text), part("recurrent.wgsl", recurrentText)],
    });
  },
};

/** What a unit was at a step, or zeros where that is -1. */
function leftBy(walk: Walk, trace: NumericArray, place: number, j: number): { before: number; memory: number } {
  const { cell, units, statesAt, keptAt } = walk;
  if (place < 0) return { before: 0, memory: 0 };
  const memory = cell.kept > 0 ? trace[keptAt + ((place + 1) * cell.kept - 1) * units + j]! : 0;
  return { before: trace[statesAt + place * units + j]!, memory };
}

const recurrentGradOp: Op<GradAttrs, ["dy", "trace", "transposed"]> = {
  name: "recurrentGrad",
  rereads: true,
  type([dy, trace, transposed], attrs) {
    checkFloats("recurrentGrad", [dy, trace, transposed]);
    const [columns = 0, units = 0] = transposed.shape;
    const { samples, steps: stepCount, sequences } = attrs;
    const walk = walkOf(attrs, samples, stepCount, units);
    const told = sequences ? [samples, stepCount, units] : [samples, units];
    const fits = sameShape(dy.shape, told) && sameShape(trace.shape, [walk.traceSize]);
    if (!fits || columns !== walk.cell.gates * units) {
      const came = [dy, trace, transposed].map(({ shape }) => showShape(shape)).join(", ");
      throw new ShapeError(
        `recurrentGrad: expected dy ${showShape(told)}, what the walk gave, [${walk.traceSize}], ` +
          `and its kernel transposed, got ${came}.`,
      );
    }
    return { shape: [walk.slopesSize], dtype: "f32" };
  },
  gradient: "none",
  cost: (_, [slopes], attrs) => {
    const { gates, slopes: each } = cells[attrs.cell];
    const units = sizeOf(slopes.shape) / (each * attrs.samples * attrs.steps);
    return { flops: 2 * attrs.samples * attrs.steps * gates * units * units };
  },
  cpu({ inputs: [dy, trace, transposed], outputs: [out], inputTypes, attrs }) {
    const walk = walkOf(attrs, attrs.samples, attrs.steps, inputTypes[2].shape[1] ?? 1);
    const { samples, steps: stepCount, units, cell, statesAt, keptAt, squash } = walk;
    const { gates } = cell;
    const unit = { kept: new Float64Array(cell.kept), slopes: new Float64Array(cell.slopes) };
    const passed = new Float64Array(units);
    const memories = new Float64Array(units);
    const shared = new Float64Array(gates * units);
    return () => {
      for (let n = 0; n < samples; n++) {
        passed.fill(0);
        memories.fill(0);
        for (let s = stepCount - 1; s >= 0; s--) {
          const place = n * stepCount + timeOf(walk, s, attrs.reverse);
          const earlier = s > 0 ? n * stepCount + timeOf(walk, s - 1, attrs.reverse) : -1;
          for (let j = 0; j < units; j++) {
            for (let q = 0; q < cell.kept; q++) unit.kept[q] = trace[keptAt + (place * cell.kept + q) * units + j]!;
            const told = attrs.sequences ? dy[place * units + j]! : s === stepCount - 1 ? dy[n * units + j]! : 0;
            const [state, memory] = cell.back(
              {
                ...unit,
                ...leftBy(walk, trace, earlier, j),
                state: trace[statesAt + place * units + j]!,
                dState: told + passed[j]!,
                dMemory: memories[j]!,
              },
              squash,
            );
            passed[j] = state;
            memories[j] = memory;
            cell.recurrent.forEach((slope, g) => (shared[g * units + j] = unit.slopes[slope]!));
            for (let g = 0; g < cell.slopes; g++) out[slopeAt(walk, place, g, j)] = unit.slopes[g]!;
          }
          for (let j = 0; j < units; j++) {
            for (let k = 0; k < gates * units; k++) passed[j]! += shared[k]! * transposed[k * units + j]!;
          }
        }
      }
    };
  },
  wgsl(args) {
    const { inputTypes, attrs } = args;
    const walk = walkOf(attrs, attrs.samples, attrs.steps, inputTypes[2].shape[1] ?? 1);
    const { cell, units } = walk;
    const together = Math.min(cell.gates, Math.floor(MAX_RECURRENT_UNITS / units));
    const slopes = cell.recurrent.map((slope) => `${slope}u`).join(", ");
    const memory = cell.kept > 0 ? "trace(KEPT_AT + ((place + 1u) * KEPT - 1u) * UNITS + column)" : "0.0";
    const told = attrs.sequences
      ? "dy((n * STEPS + t) * UNITS + column)"
      : "select(0.0, dy(n * UNITS + column), s + 1u == STEPS)";
    const text =
      `fn recurrent_slope(gate: u32) -> u32 {\n` +
      `  var all = array<u32, GATES>(${slopes});\n  return all[gate];\n}\n` +
      `fn memory_at(place: u32, column: u32) -> f32 { return ${memory}; }\n` +
      `fn told(n: u32, t: u32, s: u32, column: u32) -> f32 { return ${told}; }\n` +
      `fn store(place: u32, slope: u32, unit: u32, value: f32) {\n` +
      `  let own = (place * GATES + slope) * UNITS + unit;\n` +
      `  set_slopes(select(own, SAMPLES * STEPS * GATES * UNITS + place * UNITS + unit, slope == GATES), value);\n}\n`;
    return walkProgram(args, walk, {
      inputs: [{ name: "dy" }, { name: "trace" }, { name: "transposed" }],
      outputs: [{ name: "slopes" }],
      constants: { TOGETHER: together, SLOPES: cell.slopes, SOME_KEPT: Math.max(1, cell.kept) },
      shared: together * units,
      parts: [part("(generated ends)", text), part("recurrent_grad.wgsl", gradText)],
    });
  },
};

/** Where a slope is in what the way back gives. */
function slopeAt({ samples, steps: stepCount, units, cell }: Walk, place: number, slope: number, unit: number): number {
  const { gates } = cell;
  if (slope < gates) return (place * gates + slope) * units + unit;
  return samples * stepCount * gates * units + place * units + unit;
}

/** Samples of a workgroup: their numbers of a unit are a vector. */
const GROUP = 4;

/** A shader that walks, with what both ways need. */
function walkProgram(
  { attrs, mostThreads = 256 }: Pick<WgslArgs<RecurrentOptions>, "attrs" | "mostThreads">,
  { samples, steps: stepCount, units, cell, statesAt, keptAt, squash: { tell, gate } }: Walk,
  program: Pick<WgslProgram, "inputs" | "outputs" | "parts"> & {
    readonly constants?: WgslProgram["constants"];
    /** Vectors that a workgroup shares. */
    readonly shared: number;
  },
): WgslProgram {
  const threads = Math.min(mostThreads, 64 * Math.ceil(units / 64), 256);
  const text =
    `var<workgroup> tile_memory: array<vec4<f32>, ${program.shared}>;\n` +
    `fn time_of(s: u32) -> u32 { return ${attrs.reverse ? "STEPS - 1u - s" : "s"}; }\n` +
    `fn tell(x: f32) -> f32 { return ${tell.wgsl}; }\n` +
    `fn tell_slope(y: f32) -> f32 { return ${tell.wgslSlope}; }\n` +
    `fn gate(x: f32) -> f32 { return ${gate.wgsl}; }\n` +
    `fn gate_slope(y: f32) -> f32 { return ${gate.wgslSlope}; }\n`;
  const parts: readonly ShaderPart[] = [...mathParts, part("(generated walk)", text), cell.wgsl, ...program.parts];
  return {
    inputs: program.inputs,
    outputs: program.outputs,
    constants: {
      ...{ SAMPLES: samples, STEPS: stepCount, UNITS: units, GATES: cell.gates, KEPT: cell.kept },
      ...{ STATES_AT: statesAt, KEPT_AT: keptAt, LANES: threads, OWN: Math.ceil(units / threads) },
      ...program.constants,
    },
    parts,
    workgroups: Math.ceil(samples / GROUP),
    threads,
  };
}

/** What a walk gave, as the node that it is. */
type Walked = Node<RecurrentOptions, WalkInputs>;

/** The gradients of a walk with respect to its inputs. @param dy of the states that are wanted */
function gradientsOf(trace: Walked, dy: Node): [Node, Node, ...Node[]] {
  const { attrs } = trace;
  const [x, kernel, ...bias] = trace.inputs;
  const [samples = 1, stepCount = 1] = x.shape;
  const [units = 1] = kernel.shape;
  const walk = walkOf(attrs, samples, stepCount, units);
  const own = { ...attrs, samples, steps: stepCount };
  const slopes = apply(recurrentGradOp, [dy, trace as Node, transpose(kernel, [1, 0])], own);
  const columns = columnsOf(walk);
  const dx = segment(slopes, 0, x.shape);
  const kernelPart = (one: Columns): Node =>
    apply(recurrentKernelGradOp, [trace as Node, slopes], { ...own, ...one, units });
  const dKernel = stepCount === 1 ? constant(0, kernel.shape) : joined(columns.map(kernelPart), 1);
  const biasPart = ({ at, width, count }: Columns): Node => {
    const sums = sum(elementsOf(slopes, at, [samples * stepCount, width]), [0]);
    return width === count ? sums : slice(sums, [0], [count]);
  };
  return [dx, dKernel, ...bias.map(() => joined(columns.map(biasPart), 0))];
}

/** Arrays joined along an axis. */
function joined(parts: readonly Node[], axis: number): Node {
  const [only] = parts;
  return only && parts.length === 1 ? only : concat(parts, axis);
}

/** Walks sequences by a recurrent cell: `state_t = cell(x_t, state_{t-1} · kernel + bias, state_{t-1})`, from zeros.
 *
 *  x holds what the input adds to every step, `input · W + b`, a product over all steps at once. Gates are side by side in it, as
 *  in Keras: i, f, c, o for `lstm`; z, r, h for `gru`, whose reset is applied after the product; one for `simple`.
 *  @param x `[N, T, gates units]` f32  @param kernel `[units, gates units]` f32
 *  @param bias `[gates units]` f32, added to the state's sums where there is one
 *  @returns the states `[N, T, units]`, or without `sequences` the last one taken, `[N, units]`
 *  @throws ShapeError where these do not fit each other  @throws ArgumentError for more than {@link MAX_RECURRENT_UNITS} units */
export function recurrent(x: Node, kernel: Node, options: RecurrentOptions, bias?: Node): Node {
  const inputs: readonly [Node, Node, ...Node[]] = bias ? [x, kernel, bias] : [x, kernel];
  const trace = apply(recurrentOp, inputs, options);
  const [samples = 1, stepCount = 1] = x.shape;
  const [units = 1] = kernel.shape;
  const states = segment(trace, 0, options.sequences ? [samples, stepCount, units] : [samples, units]);
  return customGradient(states, inputs, (dy) => gradientsOf(trace as Walked, dy));
}

/** The records behind this file's functions. */
export const recurrentOps = {
  recurrent: recurrentOp,
  recurrentGrad: recurrentGradOp,
  recurrentKernelGrad: recurrentKernelGradOp,
};
