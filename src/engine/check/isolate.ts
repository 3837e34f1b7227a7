/** Takes a plan apart: each kernel by itself, on the values it would meet in training or on noise, so that a fault is found
 *  where it is made and not where it ends up. */
import type { TensorData } from "../backend/backend";
import { createCpuBackend } from "../backend/cpu/cpuBackend";
import { compile } from "../compile/compile";
import type { Placement, Plan, Launch } from "../compile/plan";
import { MAX_BINDINGS } from "../compile/plan";
import type { ChooseGemm, NumericArray } from "../graph/kernel";
import type { Kernel, Node } from "../graph/node";
import { arrayTypes, isPacked, type DType } from "../graph/type";
import { gemmCandidates } from "../ops/gemmShader";
import { SEGMENT_ALIGNMENT } from "../ops/packing";
import { isStepScalar, state } from "../ops/leaf";
import { hashText, uniform } from "../random";
import { formatShape, sizeOf } from "../shape";
import { judge, judgeAll, judgePlaces, scaleOf, TOLERANCE, toleranceOfSum, type Verdict } from "./compare";
import { runTrial, type Trial, typed } from "./trial";

/** A kernel's part in a plan of isolated kernels. */
export interface Part {
  readonly kernel: string;
  /** The layer it works for. */
  readonly label: string;
  /** `[4, 784], [784, 128] -> [4, 128]`. */
  readonly shapes: string;
  /** Its results in the plan of isolated kernels. */
  readonly outputs: readonly PartOutput[];
}

/** A result, and what sets its tolerance. */
export interface PartOutput {
  readonly node: Node;
  /** How many terms are added up for an element. */
  readonly terms: number;
  /** Whether elements say where the largest of some sums are. */
  readonly isPlaces: boolean;
  /** Whether small elements are no more exact than large ones. */
  readonly isAbsolute: boolean;
}

/** A plan whose steps read nothing of each other. */
export interface IsolatedKernels {
  readonly trial: Trial;
  readonly parts: readonly Part[];
}

/** What a step runs, whatever its shapes: the kernel's name and a hash of its shader's text without the numbers in it.
 *  @param choose how products are computed. When left out, they are of one kind if every adapter computes them in the same
 *  variant by itself; then any variant will do for the text. */
export function kindOf({ kernel, inputs, outputs, attrs }: Launch, choose?: ChooseGemm): string {
  const variants: string[] = [];
  const gemm: ChooseGemm = (product) => {
    const variant = choose?.(product) ?? "registers";
    if (choose) variants.push(variant);
    else for (const software of [false, true]) variants.push(...gemmCandidates(product, { software, quads: true }));
    return variant;
  };
  const { parts } = kernel.wgsl({ inputTypes: inputs, outputTypes: outputs, attrs, gemm });
  const texts = parts.map((part) => part.text.replaceAll(/\d+/g, "0"));
  return `${kernel.name} ${hashText([...texts, ...variants].join(""))}`;
}

/** The plan with its launches of several as the steps they are made of, where a launch that has memory of its own would
 *  take more bindings than the device has. Nothing else can be isolated, or asked for by kind. */
export function takeApart(plan: Plan, bindings = MAX_BINDINGS): Plan {
  const fitting = (step: Launch): readonly Launch[] => {
    // What fused steps pass on has no place.
    const isWhole = !step.members || step.fuses || layOut(plan, step, bindings).leaves.size <= bindings;
    return isWhole ? [step] : (step.members ?? []).flatMap(fitting);
  };
  return { ...plan, launches: plan.launches.flatMap(fitting) };
}

/** What each of some steps of a trial reads, input by input. */
export type Meet = (
  trial: Trial,
  wanted: readonly Launch[],
) => Promise<ReadonlyMap<Launch, readonly ArrayLike<number>[]>>;

/** Gives each of the wanted steps memory of its own with what it reads. What a step finds in one buffer stays in one, as far
 *  apart as it was, because shaders depend on that; what it is to write starts out as NaN, so that an element which is not
 *  written shows.
 *  @param meet what they read: {@link recordInputs} when left out, or {@link drawInputs} */
export async function isolateKernels(
  trial: Trial,
  isWanted: (step: Launch) => boolean,
  bindings = MAX_BINDINGS,
  meet: Meet = recordInputs,
): Promise<IsolatedKernels> {
  const wanted = trial.plan.launches.filter(isWanted);
  const met = await meet(trial, wanted);
  const feeds = new Map<Node, TensorData>();
  const placements = new Map<Node, Placement>();
  const steps: Launch[] = [];
  const parts = wanted.map((step): Part => {
    const homes = makeHomes(trial.plan, step, bindings);
    const move = (node: Node, values: ArrayLike<number> = []): Node => {
      const place = trial.plan.placements.get(node);
      const home = place && homes.get(homeName(place, node));
      // Step scalars have no place.
      if (!place || !home) return node;
      const copy: Node = { ...node };
      const offset = place.offset + home.shift;
      placements.set(copy, { kind: "leaf", leaf: home.leaf, offset });
      home.data.set(values, offset);
      return copy;
    };
    const outputs = step.outputs.map((output) => move(output));
    // What a step of several makes for itself is not given to it.
    const inputs = step.inputs.map((input, i) => move(input, step.outputs.includes(input) ? [] : met.get(step)?.[i]));
    for (const { leaf, data } of homes.values()) feeds.set(leaf, data);
    steps.push({ ...step, inputs, outputs });
    return {
      kernel: step.kernel.name,
      label: step.label,
      shapes: `${listShapes(step.inputs)} -> ${listShapes(step.outputs)}`,
      outputs: step.outputs.map((output, i): PartOutput => {
        const makers = (step.members ?? [step]).filter((part) => part.outputs.includes(output));
        const isPlaces = output.dtype !== "f32" && makers.some(multiplies);
        return { node: outputs[i]!, terms: termsOf(step), isPlaces, isAbsolute: makers.some(appliesFunction) };
      }),
    };
  });
  const { scalars } = trial.plan;
  const outputs = parts.flatMap((part) => part.outputs.map(({ node }) => node));
  return {
    trial: {
      plan: { launches: steps, leaves: [...feeds.keys()], scalars, placements, arenas: [], outputs },
      feeds,
      rows: trial.rows.slice(-1),
    },
    parts,
  };
}

/** What small results of functions are measured by, so that 1e-5 is allowed, as it is where such ops are tested alone. */
const FUNCTION_FLOOR = 1e-5 / TOLERANCE;

/** By how much of itself {@link nudge} changes a number: a few roundings in single precision. */
const NUDGE = 2 ** -22;
/** How many such changes the roundings within a kernel may amount to, that of its inputs being one. */
const ROUNDINGS = 8;

/** The same trial with every float that it starts from changed a little, at random. How far that moves a result says how much
 *  rounding may: far, where sums cancel, as those of gradients before a normalization do, or where such a sum is divided by its
 *  own size, as Adam does. Source: Higham 2002, "Accuracy and Stability of Numerical Algorithms", section 1.6. */
export function nudge({ trial }: IsolatedKernels): Trial {
  const moved = [...trial.feeds].map(([leaf, data], stream) => {
    if (!(data instanceof Float32Array)) return [leaf, data] as const;
    return [leaf, Float64Array.from(data, (x, i) => x * (1 + NUDGE * (2 * uniform(0, 0, stream, i) - 1)))] as const;
  });
  return { ...trial, feeds: new Map<Node, TensorData>(moved) };
}

/** Holds what a backend gave in two runs of a plan of isolated kernels against the reference, kernel by kernel.
 *  @param nudged what the reference gives for the trial {@link nudge}d, to allow for how far rounding may move a result */
export function judgeParts(
  { parts }: IsolatedKernels,
  reference: readonly TensorData[],
  [first, second]: readonly [readonly TensorData[], readonly TensorData[]],
  nudged?: readonly TensorData[],
): Verdict[] {
  let next = 0;
  return parts.map(({ outputs }) =>
    judgeAll(
      outputs.map(({ terms, isPlaces, isAbsolute }) => {
        const place = next++;
        const expected = reference[place] ?? new Float64Array();
        const runs = [first[place] ?? new Float32Array(), second[place] ?? new Float32Array()] as const;
        if (isPlaces) return judgePlaces(expected, runs);
        const tolerance = toleranceOfSum(terms);
        const moved = nudged ? furthest(nudged[place], expected) : 0;
        const floor = Math.max(scaleOf(expected), isAbsolute ? FUNCTION_FLOOR : 0, (ROUNDINGS * moved) / tolerance);
        return judge(expected, runs, tolerance, floor);
      }),
    ),
  );
}

/** How far the element that moved most has moved, as {@link scaleOf} measures. */
const furthest = (to: TensorData | undefined, from: TensorData): number =>
  scaleOf(Float64Array.from(from, (value, i) => (to?.[i] ?? value) - value));

/** What steps read in the last row: runs the plan in float64 with kernels that first copy what they are about to read. */
async function recordInputs(trial: Trial, wanted: readonly Launch[]): ReturnType<Meet> {
  const met = new Map<Launch, readonly NumericArray[]>();
  const steps = trial.plan.launches.map((step) =>
    wanted.includes(step) ? { ...step, kernel: watched(step.kernel, (inputs) => void met.set(step, inputs)) } : step,
  );
  await runTrial(createCpuBackend("float64"), { ...trial, plan: { ...trial.plan, launches: steps, outputs: [] } }, 1);
  return met;
}

/** Above the largest number that {@link drawInputs} draws: so small that sums of thousands of products stay ordinary. */
const DRAWN_BELOW = 1 / 16;

/** What steps may read, found without running those before them. Floats are seeded noise, positive since some are means of
 *  squares or probabilities. Whole numbers say where something is, so they come from the trial's data, or are computed from
 *  such noise by the op that makes them. */
export async function drawInputs({ plan, feeds, rows }: Trial, wanted: readonly Launch[]): ReturnType<Meet> {
  const draw = async (node: Node, stream: number): Promise<ArrayLike<number>> => {
    const size = sizeOf(node.shape);
    if (node.dtype === "f32")
      return Float32Array.from({ length: size }, (_, i) => uniform(0, 0, stream, i) * DRAWN_BELOW);
    const place = plan.placements.get(node);
    const data = place?.kind === "leaf" ? feeds.get(place.leaf) : undefined;
    if (data) return data.subarray(place?.offset, (place?.offset ?? 0) + size);
    const inputs = node.inputs.map((input, i) => {
      return isStepScalar(input) ? input : state(`drawn ${i}`, input.shape, input.dtype);
    });
    const drawn = await Promise.all(node.inputs.map(draw));
    const made: Node = { ...node, inputs };
    const [run] = await runTrial(
      createCpuBackend(),
      {
        plan: compile({ outputs: [made] }, { fuse: false }),
        feeds: new Map(
          inputs.flatMap((input, i) => (isStepScalar(input) ? [] : [[input, typed(input.dtype, drawn[i]!)]])),
        ),
        rows: rows.slice(-1),
      },
      1,
    );
    return run?.[0] ?? [];
  };
  const met = new Map<Launch, readonly ArrayLike<number>[]>();
  for (const step of wanted) {
    met.set(step, await Promise.all(step.inputs.map((input, i) => (isStepScalar(input) ? [] : draw(input, i)))));
  }
  return met;
}

function watched(kernel: Kernel, note: (inputs: readonly NumericArray[]) => void): Kernel {
  return {
    ...kernel,
    cpu(args) {
      const run = kernel.cpu(args);
      return () => {
        note(args.inputs.map((values) => values.slice()));
        run();
      };
    },
  };
}

/** A leaf in place of the stretch of a buffer that one step touches. */
interface Home {
  readonly leaf: Node;
  /** How much further back a value begins in the leaf than in the buffer, in elements. */
  readonly shift: number;
  readonly data: TensorData;
}

/** Where a step finds what it touches once it is taken out of its plan. */
interface Layout {
  /** By the name of a buffer and type: in which leaf its stretch lies, and how much further back. */
  readonly shifts: ReadonlyMap<string, { readonly leaf: string; readonly shift: number }>;
  /** Type and length of each leaf. */
  readonly leaves: ReadonlyMap<string, { readonly dtype: DType; readonly length: number }>;
}

/** One leaf for each buffer and type that a step touches. Where that is more than a launch may bind, words that are only read
 *  lie one behind the other, in a leaf for each type; bytes are read from where a buffer begins. Allocates nothing. */
function layOut({ placements }: Plan, { inputs, outputs }: Launch, bindings: number): Layout {
  const stretches = new Map<string, { start: number; end: number; dtype: DType; isWritten: boolean }>();
  for (const node of [...outputs, ...inputs]) {
    const place = placements.get(node);
    if (!place) continue;
    const name = homeName(place, node);
    const known = stretches.get(name) ?? { start: Infinity, end: 0, isWritten: outputs.includes(node) };
    stretches.set(name, {
      start: Math.min(known.start, place.offset),
      end: Math.max(known.end, place.offset + sizeOf(node.shape)),
      dtype: node.dtype,
      isWritten: known.isWritten,
    });
  }
  const areMany = stretches.size > bindings;
  const shifts = new Map<string, { leaf: string; shift: number }>();
  const leaves = new Map<string, { dtype: DType; length: number }>();
  for (const [name, { start, end, dtype, isWritten }] of stretches) {
    const leaf = areMany && !isWritten && !isPacked(dtype) ? `read ${dtype}` : name;
    const from = Math.ceil((leaves.get(leaf)?.length ?? 0) / SEGMENT_ALIGNMENT) * SEGMENT_ALIGNMENT;
    leaves.set(leaf, { dtype, length: from + end - start });
    shifts.set(name, { leaf, shift: from - start });
  }
  return { shifts, leaves };
}

/** How many numbers a step that is taken out of its plan needs memory for. */
export function numbersTouched(plan: Plan, step: Launch, bindings = MAX_BINDINGS): number {
  return [...layOut(plan, step, bindings).leaves.values()].reduce((total, { length }) => total + length, 0);
}

/** Memory for a step of its own. */
function makeHomes(plan: Plan, step: Launch, bindings: number): ReadonlyMap<string, Home> {
  const { shifts, leaves } = layOut(plan, step, bindings);
  const made = new Map(
    [...leaves].map(([name, { dtype, length }]) => {
      return [name, { leaf: state("value", [length], dtype), data: blank(dtype, length) }];
    }),
  );
  return new Map([...shifts].map(([name, { leaf, shift }]) => [name, { ...made.get(leaf)!, shift }]));
}

function homeName(place: Placement, { dtype }: Node): string {
  return place.kind === "arena" ? `arena ${place.arena} ${dtype}` : `leaf ${place.leaf.id} ${dtype}`;
}

/** Memory that nothing was written to. In f32 whatever the precision of what it will hold, so that the backend under test
 *  and the reference start from the very same numbers. */
function blank(dtype: DType, length: number): TensorData {
  return dtype === "f32" ? new Float32Array(length).fill(NaN) : new arrayTypes[dtype](length).fill(0xffff_ffff);
}

/** How many terms are added up for an element: the depth of a product; otherwise as many as there are inputs for it. Steps
 *  made of several add up those of all. */
function termsOf({ kernel, inputs, outputs, attrs, members, fuses }: Launch): number {
  const parts = members ?? fuses;
  if (parts) return parts.reduce((total, part) => total + termsOf(part), 0);
  const form = kernel.form?.(inputs, attrs);
  if (form?.kind === "gemm") return form.size.k;
  return inputs.reduce((total, { shape }) => total + sizeOf(shape), 0) / sizeOf(outputs[0]?.shape ?? []);
}

/** Whether a step adds up products, and so rounds before it compares. What reads whole numbers only rounds nothing. */
const multiplies = ({ kernel, inputs, members = [], fuses = [] }: Launch): boolean =>
  (kernel.rereads === true && inputs.some(({ dtype }) => dtype === "f32")) || [...members, ...fuses].some(multiplies);

/** Whether a step applies an element-wise function whose small results are not exact. */
function appliesFunction({ kernel, inputs, attrs, members = [], fuses = [] }: Launch): boolean {
  const form = kernel.form?.(inputs, attrs);
  const program = form?.kind === "program" ? form.program : form?.kind === "gemm" ? form.epilogue : undefined;
  const isAbsolute = program?.instructions.some(({ rule }) => rule.isAbsolute) ?? false;
  return isAbsolute || [...members, ...fuses].some(appliesFunction);
}

const listShapes = (nodes: readonly Node[]): string => nodes.map(({ shape }) => formatShape(shape)).join(", ");
