// What measurements say: speeds, the rows of the tables, and both ways to write a table down. Prints nothing itself.
import type { Contender, Finding, Measurement } from "./protocol";
import { median } from "./statistics";
import { type WorkloadId, workloads } from "./workloads";

/** The measurement of a finding, if there is one. */
export const measurementOf = ({ answer }: Finding): Measurement | undefined =>
  answer.kind === "done" ? answer.value : undefined;

/** The median of the samples, in milliseconds a step. */
export const medianMs = ({ taken }: Measurement): number => median(taken.map(({ ms }) => ms));

/** Billions of floating-point operations a second. */
export const gflops = (found: Measurement): number => found.flopsPerStep / medianMs(found) / 1e6;

/** Finds what a contender did on a workload. */
export function findMeasurement(
  findings: readonly Finding[],
  workload: WorkloadId,
  { library, backend }: Contender,
): Measurement | undefined {
  const finding = findings.find(
    (one) => one.workload === workload && one.library === library && one.backend === backend,
  );
  return finding && measurementOf(finding);
}

/** What a contender reached of the peak of the GPU that it ran on, the highest that was measured. */
export function shareOfPeak(findings: readonly Finding[], { backend, ...finding }: Finding): number | undefined {
  const peaks = findings.filter(({ workload }) => workloads[workload].kind === "peak").map(measurementOf);
  const peak = Math.max(...peaks.filter((found) => found !== undefined).map(gflops));
  const found = measurementOf({ backend, ...finding });
  return peak > 0 && found && backend === "webgpu" ? gflops(found) / peak : undefined;
}

/** A number with about three digits that count. */
export function show(value: number): string {
  if (value >= 100) return Math.round(value).toLocaleString("en-US");
  return value.toFixed(value >= 10 ? 1 : value >= 1 ? 2 : 3);
}

export const showPercent = (share: number | undefined): string =>
  share === undefined ? "" : `${(100 * share).toFixed(share < 0.1 ? 1 : 0)}%`;

/** Calls per step: a whole number, or what reading the result once in a while makes of it. */
const showCalls = (calls: number): string => String(Number(calls.toFixed(2)));

/** A column of a table of findings. */
export interface Column {
  /** In English: tables written down are compared with others'. The page has its own words for columns, by `id`. */
  readonly title: string;
  readonly id: ColumnId;
  readonly isNumber: boolean;
  /** The text of a cell, empty where there is nothing to say. */
  readonly cell: (finding: Finding, all: readonly Finding[]) => string;
}

/** What columns tell. */
export type ColumnId =
  | "workload"
  | "library"
  | "backend"
  | "ms"
  | "gflops"
  | "versusCpu"
  | "ofBest"
  | "share"
  | "dispatches"
  | "submits"
  | "samples";

const text = (id: ColumnId, title: string, cell: Column["cell"]): Column => ({ id, title, isNumber: false, cell });

/** A column of numbers; empty where nothing was measured. */
export const numbers = (
  id: ColumnId,
  title: string,
  cell: (found: Measurement, finding: Finding, all: readonly Finding[]) => string,
): Column => ({
  id,
  title,
  isNumber: true,
  cell: (finding, all) => {
    const found = measurementOf(finding);
    return found ? cell(found, finding, all) : "";
  },
});

/** The last sample's, because the first may still have made something. */
const calls = (found: Measurement, backend: Finding["backend"], kind: "dispatches" | "submits"): string => {
  const last = found.taken.at(-1);
  return backend === "webgpu" && last ? showCalls(last[kind]) : "";
};

/** The columns of every table. */
export const columns = {
  workload: text("workload", "workload", ({ workload }) => workload),
  library: text("library", "library", ({ library }) => library),
  backend: text("backend", "backend", ({ backend }) => backend),
  ms: {
    ...numbers("ms", "ms per step", (found) => show(medianMs(found))),
    cell: (finding) => {
      const found = measurementOf(finding);
      return found ? show(medianMs(found)) : finding.answer.kind;
    },
  },
  gflops: numbers("gflops", "GFLOP/s", (found) => show(gflops(found))),
  share: numbers("share", "of peak", (_found, finding, all) => showPercent(shareOfPeak(all, finding))),
  dispatches: numbers("dispatches", "dispatches", (found, { backend }) => calls(found, backend, "dispatches")),
  submits: numbers("submits", "submits", (found, { backend }) => calls(found, backend, "submits")),
  samples: numbers("samples", "samples", (found) => String(found.taken.length)),
} as const satisfies Record<string, Column>;

/** A table as a terminal shows it, a blank line between workloads. */
export function toText(shown: readonly Column[], findings: readonly Finding[]): string {
  const rows = findings.map((finding) => shown.map(({ cell }) => cell(finding, findings)));
  const header = shown.map(({ title }) => title);
  const widths = header.map((_, column) => Math.max(...[header, ...rows].map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]) =>
    row.map((cell, i) => (shown[i]?.isNumber ? cell.padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0))).join("  ");
  const separator = widths.map((width) => "-".repeat(width)).join("  ");
  const lines = findings.flatMap(({ workload }, i) => {
    const isFirst = i > 0 && workload !== findings[i - 1]?.workload;
    return [...(isFirst ? [""] : []), line(rows[i] ?? [])];
  });
  return [line(header), separator, ...lines].join("\n");
}

/** A table as Markdown. */
export function toMarkdown(shown: readonly Column[], findings: readonly Finding[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [
    line(shown.map(({ title }) => title)),
    line(shown.map(({ isNumber }) => (isNumber ? "--:" : "---"))),
    ...findings.map((finding) => line(shown.map(({ cell }) => cell(finding, findings)))),
  ].join("\n");
}
