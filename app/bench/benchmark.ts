/** The whole benchmark of this machine: which contenders meet in which workload, one workload after the other. Draws
 *  nothing. */
import * as Comlink from "comlink";
import { measureWorkload, workerSeat } from "../../bench/conduct";
import { noiseDigits } from "../../bench/entrant";
import type { Contender, Finding } from "../../bench/protocol";
import { sampleCount, type WorkloadId, workloadIds } from "../../bench/workloads";
import { contendersFor } from "../../bench/conduct";
import type { Survey } from "./worker";

/** As `npm run bench` takes. */
const samples = 7;

/** The GPU that the browser gives, in words, and whether it is a software adapter. */
export type Gpu = Awaited<ReturnType<Survey["findGpu"]>>;

/** A line of the table: who is to be measured, or was. */
export interface Entry extends Contender {
  readonly workload: WorkloadId;
  readonly finding?: Finding;
}

const startWorker = (name: string) => new Worker(new URL("./worker.ts", import.meta.url), { type: "module", name });

/** Looks for a GPU where it would be used: in a worker. */
export async function findGpu(): Promise<Gpu> {
  const worker = startWorker("survey");
  try {
    const broken = new Promise<null>((resolve) => worker.addEventListener("error", () => resolve(null)));
    return await Promise.race([Comlink.wrap<Survey>(worker).findGpu(), broken]);
  } finally {
    worker.terminate();
  }
}

/** Every line of the table, in order. The CPU comes first: the GPU must agree with it. */
export function planEntries(hasGpu: boolean): Entry[] {
  const contenders: Contender[] = [{ library: "descent", backend: "cpu" }];
  if (hasGpu) contenders.push({ library: "descent", backend: "webgpu" });
  return workloadIds.flatMap((workload) =>
    contendersFor(workload, contenders).map((contender) => ({ ...contender, workload })),
  );
}

/** Measures all that is planned.
 *  @param onFindings hears what was found on a workload  @param report hears what is being done
 *  @throws the signal's reason when cancelled */
export async function runBenchmark(
  entries: readonly Entry[],
  onFindings: (findings: readonly Finding[]) => void,
  report: (text: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const digits = noiseDigits(sampleCount);
  const openSeat = (name: string) => workerSeat(startWorker(name));
  for (const workload of new Set(entries.map((entry) => entry.workload))) {
    const contenders = entries
      .filter((entry) => entry.workload === workload)
      .map(({ library, backend }) => ({ library, backend }));
    onFindings(await measureWorkload({ workload, contenders, samples, digits, openSeat, report, signal }));
  }
}
