/** Says what a plan does, launch by launch: for people who ask where a launch's time and memory go. Plain data and text; it
 *  measures nothing. */
import type { KernelCost } from "../graph/kernel";
import type { Node } from "../graph/node";
import { elementBytes, type TensorType } from "../graph/type";
import { leafName } from "../ops/leaf";
import { operationNames } from "../ops/program";
import { formatShape, sizeOf } from "../shape";
import { owner } from "./memory";
import type { Plan, Launch } from "./plan";
import { english, type EngineKey, type Said, say } from "../words/said";

/** How a backend runs one launch. */
export interface LaunchDetail {
  /** Which of its kernels: the shader's name, or `WebAssembly` or `JavaScript`. */
  readonly variant: string;
  /** Workgroups on a GPU. */
  readonly workgroups?: number;
}

/** One launch. */
export interface LaunchExplanation extends KernelCost {
  /** Its place in the plan, from 0. */
  readonly index: number;
  /** The layer it works for, after `grad` on the way back; empty where it works for no layer. */
  readonly label: string;
  /** The ops it computes, in order; what is fused into one launch is listed one by one. */
  readonly operations: readonly string[];
  /** The same in a few words. */
  readonly summary: Said<EngineKey>;
  /** Each once, however often it is read. */
  readonly inputs: readonly TensorType[];
  readonly outputs: readonly TensorType[];
  /** Known once a backend has prepared the plan. */
  readonly detail?: LaunchDetail;
}

/** A whole plan. The cost is that of one run, the sum of its launches'. */
export interface PlanExplanation extends KernelCost {
  readonly launches: readonly LaunchExplanation[];
  /** What is bound from outside: parameters, state, data. */
  readonly leaves: readonly (TensorType & { readonly name: string; readonly byteLength: number })[];
  /** Working memory, arena by arena. */
  readonly arenaBytes: readonly number[];
}

/** Explains a plan. Costs are what the computation needs, not what a machine does with it: every operation of an
 *  element-wise program counts one, a multiply-add two, padding counts as if it were data, every value that a launch reads
 *  or writes is moved once, and a merged launch costs the sum of its members. What pooling throws away of a convolution
 *  counts only where it is computed.
 *  @param details how a backend runs each launch, in the plan's order */
export function explainPlan(plan: Plan, details: readonly LaunchDetail[] = []): PlanExplanation {
  const launches = plan.launches.map((launch, index): LaunchExplanation => {
    const operations = operationsOf(launch);
    const detail = details[index];
    return {
      index,
      label: launch.label,
      operations,
      summary: summarize(operations),
      inputs: [...new Set(launch.inputs)].map(typeOf),
      outputs: launch.outputs.map(typeOf),
      ...costOf(launch),
      ...(detail && { detail }),
    };
  });
  return {
    launches,
    ...sumCosts(launches),
    leaves: plan.leaves.map((leaf) => ({ name: leafName(leaf), ...typeOf(leaf), byteLength: bytesOf(leaf) })),
    arenaBytes: plan.arenas.map((elements) => elements * 4),
  };
}

/** What one launch costs: the sum of the launches it is made of, or what its kernel says, or what follows from the form and
 *  the sizes of what it computes. */
export function costOf(launch: Launch): KernelCost {
  const { kernel, attrs, inputs, outputs, members, fuses } = launch;
  if (fuses) return { ...fusedCost(launch, fuses), ...ownCost(launch) };
  if (members) return sumCosts(members.map(costOf));
  return {
    flops: formFlops(launch),
    bytesRead: sumBytes([...new Set(inputs)]),
    bytesWritten: sumBytes(outputs),
    ...kernel.cost?.(inputs, outputs, attrs),
  };
}

/** What is computed by a launch that does in one kernel what others did in several, where its kernel knows: it may leave out
 *  what nobody reads, as a pooled convolution does with what no window covers. */
function ownCost(launch: Launch): Partial<KernelCost> {
  const { kernel, attrs, inputs, outputs } = launch;
  return { ...(kernel.form && { flops: formFlops(launch) }), ...kernel.cost?.(inputs, outputs, attrs) };
}

/** The sum of the launches, less what they make and read among themselves. */
function fusedCost({ inputs, outputs }: Launch, parts: readonly Launch[]): KernelCost {
  const { flops, bytesRead, bytesWritten } = sumCosts(parts.map(costOf));
  const made = new Set(parts.flatMap((part) => part.outputs));
  const read = new Set(inputs.map((input) => owner(input).base));
  const isMade = ({ op, inputs: packed }: Node): boolean =>
    op.storage === "pack" && packed.every((input) => made.has(owner(input).base));
  const isInside = (input: Node): boolean => {
    const { base } = owner(input);
    return (made.has(base) || isMade(base)) && !read.has(base);
  };
  const passed = parts.flatMap((part) => [...new Set(part.inputs.filter(isInside))]);
  const kept = [...made].filter((value) => !outputs.includes(value));
  return {
    flops,
    bytesRead: bytesRead - sumBytes(passed),
    bytesWritten: bytesWritten - sumBytes(kept),
  };
}

function formFlops({ kernel, attrs, inputs, outputs }: Launch): number {
  const form = kernel.form?.(inputs, attrs);
  const elements = sizeOf(outputs[0]?.shape ?? []);
  switch (form?.kind) {
    case "gemm": {
      const { batch, m, n, k } = form.size;
      return 2 * batch * m * n * k + (form.epilogue ? operationNames(form.epilogue).length * elements : 0);
    }
    case "program":
      return operationNames(form.program).length * elements;
    case "reduction":
      return sizeOf(inputs[0]?.shape ?? []);
    case "copy":
      return 0;
    case undefined:
      return elements;
  }
}

function operationsOf({ kernel, attrs, inputs, members, fuses }: Launch): string[] {
  const parts = members ?? fuses;
  if (parts) return parts.flatMap(operationsOf);
  const form = kernel.form?.(inputs, attrs);
  if (form?.kind === "gemm") return [kernel.name, ...(form.epilogue ? operationNames(form.epilogue) : [])];
  if (form?.kind === "program" && operationNames(form.program).length > 0) return operationNames(form.program);
  return [kernel.name];
}

/** Operations named before the rest is only counted. */
const MAX_NAMED = 3;

function summarize(operations: readonly string[]): Said<EngineKey> {
  if (operations.length <= MAX_NAMED) return say("summary.operations", { operations });
  const named = operations.slice(0, MAX_NAMED - 1);
  return say("summary.someOperations", { operations: named, more: operations.length - named.length });
}

const typeOf = ({ shape, dtype }: TensorType): TensorType => ({ shape, dtype });
const bytesOf = ({ shape, dtype }: TensorType): number => sizeOf(shape) * elementBytes(dtype);

const sumBytes = (types: readonly TensorType[]): number => types.reduce((total, type) => total + bytesOf(type), 0);

function sumCosts(costs: readonly KernelCost[]): KernelCost {
  const total = (of: keyof KernelCost): number => costs.reduce((sum, cost) => sum + cost[of], 0);
  return { flops: total("flops"), bytesRead: total("bytesRead"), bytesWritten: total("bytesWritten") };
}

/** A table of the plan for a terminal: a line for each launch, then totals and memory. */
export function showPlan(plan: PlanExplanation): string {
  const header = ["#", "layer", "operations", "inputs", "output", "kernel", "groups", "MFLOP", "kB read", "kB written"];
  const rows = plan.launches.map(({ index, label, summary, inputs, outputs, detail, ...cost }) => [
    String(index),
    label || "-",
    english(summary),
    inputs.map(showType).join(" "),
    outputs.map(showType).join(" "),
    detail?.variant ?? "",
    detail?.workgroups === undefined ? "" : String(detail.workgroups),
    ...costCells(cost),
  ]);
  const total = ["", "total", `${rows.length} launches`, "", "", "", "", ...costCells(plan)];
  const leaves = plan.leaves.map(({ name, byteLength, ...type }) => ["", name, showType(type), kilo(byteLength)]);
  const arenas = plan.arenaBytes.map((bytes, i) => ["", `arena ${i}`, "", kilo(bytes)]);
  return [
    ...alignColumns([header, ...rows, total], header.length - 4),
    "",
    "memory (kB)",
    ...alignColumns([...leaves, ...arenas], 3),
  ].join("\n");
}

const showType = ({ shape, dtype }: TensorType): string =>
  `${dtype === "f32" ? "" : dtype}[${shape.length === 0 ? "" : formatShape(shape)}]`;
const kilo = (bytes: number): string => (bytes / 1e3).toFixed(1);
const costCells = ({ flops, bytesRead, bytesWritten }: KernelCost): string[] => [
  (flops / 1e6).toFixed(3),
  kilo(bytesRead),
  kilo(bytesWritten),
];

/** Lines of cells of one width a column; from column `numbersFrom` on flush right. Empty columns go. */
function alignColumns(rows: readonly (readonly string[])[], numbersFrom: number): string[] {
  const body = rows.slice(1);
  const columns = (rows[0] ?? []).map((_, column) => column);
  const used = columns.filter((column) => column < 1 || body.some((row) => row[column]));
  const widths = columns.map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    used
      .map((column) => {
        const width = widths[column] ?? 0;
        return column >= numbersFrom ? (row[column] ?? "").padStart(width) : (row[column] ?? "").padEnd(width);
      })
      .join("  ")
      .trimEnd(),
  );
}
