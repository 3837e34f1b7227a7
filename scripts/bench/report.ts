// What the script prints and writes, beyond what the page shows too. Prints nothing itself.
import { cpus, loadavg, platform, release } from "node:os";
import type { Finding } from "../../bench/protocol";
import {
  type Column,
  columns,
  findMeasurement,
  gflops,
  measurementOf,
  medianMs,
  numbers,
  show,
  toText,
} from "../../bench/report";
import { workloads } from "../../bench/workloads";

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
    const last = found.taken.at(-1);
    const counted =
      backend === "webgpu" && last ? { dispatchesPerStep: last.dispatches, submitsPerStep: last.submits } : {};
    const speed = { medianMs: medianMs(found), samples: found.taken.length, gflops: gflops(found) };
    return [{ workload, library, backend, ...speed, ...counted }];
  });
  return { machine, adapter, results };
}

const whatIsFirst = { training: "first loss", product: "first element", peak: "sum" } as const;

/** One line for a finding as it comes in. */
export function describeFinding(finding: Finding): string {
  const who = `${finding.workload.padEnd(12)} ${finding.library.padEnd(8)} ${finding.backend.padEnd(7)}`;
  const { answer, workload } = finding;
  if (answer.kind !== "done") return `${who} ${answer.kind}: ${answer.message}`;
  const { taken, stepsPerSample, difference, first, adapter } = answer.value;
  const times = taken.map(({ ms }) => ms);
  const few = taken.length < 7 ? " (few)" : "";
  return (
    `${who} ${show(medianMs(answer.value)).padStart(7)} ms (${show(Math.min(...times))} to ${show(Math.max(...times))}), ` +
    `${taken.length} samples${few} of ${stepsPerSample}; ${whatIsFirst[workloads[workload].kind]} ${first.toFixed(5)}, ` +
    `${finding.library === "descent" ? "the reference" : `off by ${difference.toExponential(1)}`}; ${adapter}`
  );
}

/** This project's speed as a multiple of each of the others'. */
const ratio: Column = numbers("ofBest", "Descent is", (found, { workload, library, backend }, all) => {
  const own = findMeasurement(all, workload, { library: "descent", backend: backend === "webgpu" ? "webgpu" : "cpu" });
  return library === "descent" || !own ? "" : `${show(medianMs(found) / medianMs(own))}x as fast`;
});

/** The table, one row for each measurement. */
export function toTable(kind: "cpu" | "webgpu", findings: readonly Finding[]): string {
  const { workload, library, backend, ms, gflops: speed, share, dispatches, submits } = columns;
  const ofGpu = kind === "webgpu" ? [share, dispatches, submits] : [];
  return toText([workload, library, backend, ms, speed, ...ofGpu, ratio], findings);
}
