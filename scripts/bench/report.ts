// Turns measurements into the table that people read and the JSON that programs read. Prints nothing itself.
import { cpus, loadavg, platform, release } from "node:os";
import type { Answer, Contender, Preparation } from "./protocol";
import { median } from "./statistics";
import { flopsPerStep, type WorkloadId, workloads } from "./workloads";

/** A contender ready, and the milliseconds a step took in each of its samples. */
export interface Measurement extends Preparation {
  readonly timesMs: readonly number[];
}

/** What became of one contender on one workload. */
export interface Finding extends Contender {
  readonly workload: WorkloadId;
  readonly answer: Answer<Measurement>;
}

const measurementOf = ({ answer }: Finding) => (answer.kind === "done" ? answer.value : undefined);

const gflops = (workload: WorkloadId, ms: number) => flopsPerStep(workloads[workload]) / ms / 1e6;

/** A number with about three digits that count. */
function show(value: number): string {
  if (value >= 100) return Math.round(value).toLocaleString("en-US");
  return value.toFixed(value >= 10 ? 1 : value >= 1 ? 2 : 3);
}

/** The machine in a line, with how busy it is: timings taken beside other work mean less. */
export function describeMachine(browserVersion: string): string {
  const [first] = cpus();
  const load = loadavg()[0] ?? 0;
  return (
    `${first?.model.trim() ?? "unknown CPU"}, ${cpus().length} logical CPUs, ${platform()} ${release()}, ` +
    `Node ${process.versions.node}, Chromium ${browserVersion}, load average ${load.toFixed(2)} at the start`
  );
}

/** The object that `--json` writes. */
export function toJson(machine: string, findings: readonly Finding[]) {
  const adapter = findings.map(measurementOf).find((found) => found !== undefined)?.adapter ?? "none";
  const results = findings.flatMap((finding) => {
    const found = measurementOf(finding);
    if (!found) return [];
    const { workload, library, backend } = finding;
    const { timesMs, dispatchesPerStep } = found;
    const medianMs = median(timesMs);
    const samples = timesMs.length;
    const counted = dispatchesPerStep === undefined ? {} : { dispatchesPerStep };
    return [{ workload, library, backend, medianMs, samples, gflops: gflops(workload, medianMs), ...counted }];
  });
  return { machine, adapter, results };
}

/** One line for a finding as it comes in. */
export function describeFinding(finding: Finding): string {
  const who = `${finding.workload.padEnd(12)} ${finding.library.padEnd(8)} ${finding.backend.padEnd(7)}`;
  const { answer, workload } = finding;
  if (answer.kind !== "done") return `${who} ${answer.kind}: ${answer.message}`;
  const { timesMs, stepsPerSample, difference, first, adapter } = answer.value;
  const few = timesMs.length < 7 ? " (few)" : "";
  const what = workloads[workload].kind === "training" ? "first loss" : "first element";
  return (
    `${who} ${show(median(timesMs)).padStart(7)} ms (${show(Math.min(...timesMs))} to ${show(Math.max(...timesMs))}), ` +
    `${timesMs.length} samples${few} of ${stepsPerSample}; ${what} ${first.toFixed(5)}, ` +
    `${finding.library === "descent" ? "the reference" : `off by ${difference.toExponential(1)}`}; ${adapter}`
  );
}

function ownMedianMs(findings: readonly Finding[], workload: WorkloadId): number | undefined {
  const own = findings.find((finding) => finding.workload === workload && finding.library === "descent");
  const found = own && measurementOf(own);
  return found && median(found.timesMs);
}

/** The table, one row for each measurement, and this project's ratio to each of the others. */
export function toTable(findings: readonly Finding[]): string {
  const header = ["workload", "library", "backend", "ms per step", "GFLOP/s", "dispatches", "Descent is"];
  const rows = findings.map((finding) => {
    const { workload, library, backend, answer } = finding;
    const found = measurementOf(finding);
    if (!found) return [workload, library, backend, answer.kind, "", "", ""];
    const ms = median(found.timesMs);
    const ownMs = ownMedianMs(findings, workload);
    const ratio = library === "descent" || ownMs === undefined ? "" : `${show(ms / ownMs)}x as fast`;
    const dispatches = String(found.dispatchesPerStep ?? "");
    return [workload, library, backend, show(ms), show(gflops(workload, ms)), dispatches, ratio];
  });
  const widths = header.map((_, column) => Math.max(...[header, ...rows].map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]) =>
    row.map((cell, i) => (i < 3 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join("  ");
  const separator = widths.map((width) => "-".repeat(width)).join("  ");
  const separated = rows.flatMap((row, i) => (i > 0 && row[0] !== rows[i - 1]?.[0] ? ["", line(row)] : [line(row)]));
  return [line(header), separator, ...separated].join("\n");
}

/** How much of what our own product reaches is left in training: the rest went into moving data. Nothing where either
 *  was not measured. */
export function describeShare(findings: readonly Finding[]): string | undefined {
  const speed = (workload: WorkloadId) => {
    const ms = ownMedianMs(findings, workload);
    return ms === undefined ? undefined : gflops(workload, ms);
  };
  const training = speed("cnn-b128");
  const product = speed("matmul-1024");
  if (training === undefined || product === undefined) return undefined;
  return (
    `Descent trains cnn-b128 at ${show(training)} GFLOP/s, ${(training / product).toFixed(2)} of the ` +
    `${show(product)} GFLOP/s of its own matmul-1024.`
  );
}
