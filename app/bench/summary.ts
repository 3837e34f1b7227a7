/** The benchmark's result as text: the table's columns, and the whole as Markdown. */
import type { Gpu } from "./benchmark";
import type { Contender, Finding } from "../../bench/protocol";
import type { BenchmarkState } from "./useBenchmark";
import {
  type Column,
  columns,
  findMeasurement,
  measurementOf,
  medianMs,
  numbers,
  show,
  toMarkdown,
} from "../../bench/report";
import { englishLanguage, type Said, say, write as writeIn } from "../../src/engine";

const inEnglish = (said: Said): string => writeIn(said, englishLanguage);

/** How many times as fast the GPU is as the CPU. */
const versusCpu = numbers("versusCpu", "vs CPU", (found, { workload, backend }, all) => {
  const cpu = findMeasurement(all, workload, { library: "descent", backend: "cpu" });
  return backend === "webgpu" && cpu ? `${show(medianMs(cpu) / medianMs(found))}×` : "";
});

const { workload, backend, ms, gflops, share, dispatches, submits, samples } = columns;

/** What to show of each measurement: less where there is no GPU. */
export const figuresFor = (contenders: readonly Contender[]): readonly Column[] =>
  contenders.some((contender) => contender.backend === "webgpu")
    ? [ms, gflops, versusCpu, share, dispatches, submits]
    : [ms, gflops];

/** What the CPU backend says it is, once it has been measured. */
export const cpuName = (findings: readonly Finding[]): string | undefined =>
  findings
    .filter((finding) => finding.backend === "cpu")
    .map(measurementOf)
    .find(Boolean)?.adapter;

/** `Apple M4 (software)`, or that there is none. */
export function gpuName(gpu: Gpu, write: (said: Said) => string = inEnglish): string {
  if (!gpu) return write(say("bench.noGpu"));
  return gpu.software ? write(say("bench.software", { gpu: gpu.description })) : gpu.description;
}

/** How much of the table there is: a part of it is not a benchmark. */
function describeExtent({ phase, entries }: BenchmarkState, findings: readonly Finding[]): string {
  if (phase === "done") return `complete, ${entries.length} lines`;
  return `${findings.length} of ${entries.length} lines, ${phase === "running" ? "still running" : phase}`;
}

/** Everything that was found, to paste elsewhere; in English, like what it is compared with. */
export function toReport(state: BenchmarkState): string {
  const { hardwareConcurrency, userAgent } = navigator;
  const { gpu, entries } = state;
  const findings = entries.flatMap(({ finding }) => finding ?? []);
  return [
    "## Descent benchmark\n",
    `- Result: ${describeExtent(state, findings)}`,
    `- GPU: ${gpuName(gpu)}`,
    `- CPU: ${cpuName(findings) ?? "not measured"}; ${hardwareConcurrency} logical CPUs`,
    `- Browser: ${userAgent}`,
    `- Date: ${new Date().toISOString().slice(0, 10)}\n`,
    toMarkdown([workload, backend, ...figuresFor(findings), samples], findings),
    "",
  ].join("\n");
}
