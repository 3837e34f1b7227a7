// Measures contenders on a workload, each in a seat of its own. In a browser a seat is a worker: nothing that one contender
// leaves behind slows what comes later.
import * as Comlink from "comlink";
import type { Answer, Contender, Finding, Job, Measurement, Measurer, Reference, Settings } from "./protocol";
import { type WorkloadId, workloads } from "./workloads";

/** Who of these can take part: the peak is a GPU's, and no library's. */
export function contendersFor<T extends Contender>(workload: WorkloadId, contenders: readonly T[]): readonly T[] {
  if (workloads[workload].kind !== "peak") return contenders;
  return contenders.filter(({ library, backend }) => library === "descent" && backend === "webgpu");
}

/** Who takes part in what, and who wants to know. */
export interface Heat extends Settings {
  readonly workload: WorkloadId;
  /** The first is the reference: the others start from its weights, and must agree with it. */
  readonly contenders: readonly Contender[];
  /** Makes a place for a contender. */
  readonly openSeat: (name: string) => Seat;
  /** Hears what is being done. */
  readonly report: (text: string) => void;
  /** Ends the work at once. */
  readonly signal?: AbortSignal;
}

/** The place that a contender is measured in. */
export interface Seat {
  readonly measurer: Measurer;
  /** Rejects with what no call to the measurer would say. */
  readonly broken: Promise<never>;
  readonly close: () => void;
}

/** Gets all contenders ready, then takes a sample of each in turn, and again: what else the machine does in the meantime
 *  then weighs on all alike. A contender that fails does not end the heat, unless it is the reference.
 *  @throws the signal's reason when cancelled */
export async function measureWorkload(heat: Heat): Promise<Finding[]> {
  const { workload, contenders, report, signal } = heat;
  const seats: Seat[] = [];
  const cancelled = new Promise<never>((_, reject) => {
    signal?.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
  cancelled.catch(() => {});
  const orBroken = <T>({ broken }: Seat, work: Promise<T>) => Promise.race([work, broken, cancelled]);
  const findings: Finding[] = [];
  let reference: Reference | undefined;
  try {
    for (const contender of contenders) {
      signal?.throwIfAborted();
      const who = `${workload} · ${nameOf(contender)}`;
      report(who);
      const seat = heat.openSeat(nameOf(contender));
      seats.push(seat);
      const answer = await answerOf(async (): Promise<Measurement> => {
        const heard = (text: string) => report(`${who}: ${text}`);
        const made = await orBroken(seat, seat.measurer.prepare(jobOf(heat, contender, reference), heard));
        reference ??= made.reference;
        return { ...made.preparation, taken: [] };
      });
      findings.push({ ...contender, workload, answer });
      signal?.throwIfAborted();
      if (reference === undefined) return findings;
    }
    await takeSamples(findings, report, (index) => {
      signal?.throwIfAborted();
      const seat = seats[index];
      if (seat === undefined) throw new Error(`heat: expected a contender ${index}, got ${seats.length} in all.`);
      return orBroken(seat, seat.measurer.sample());
    });
    signal?.throwIfAborted();
    return findings;
  } finally {
    for (const { close } of seats) close();
  }
}

/** Fills the findings with their samples, in rounds. */
async function takeSamples(
  findings: Finding[],
  report: Heat["report"],
  sample: (index: number) => Promise<Measurement["taken"][number]>,
): Promise<void> {
  const rounds = Math.max(...findings.map(({ answer }) => (answer.kind === "done" ? answer.value.samples : 0)));
  for (let round = 0; round < rounds; round++) {
    for (const [index, finding] of findings.entries()) {
      const { answer, workload } = finding;
      if (answer.kind !== "done" || round >= answer.value.samples) continue;
      report(`${workload} · ${nameOf(finding)}: sample ${round + 1} of ${answer.value.samples}`);
      const taken = await answerOf(() => sample(index));
      const { value } = answer;
      findings[index] = {
        ...finding,
        answer:
          taken.kind === "done" ? { ...answer, value: { ...value, taken: [...value.taken, taken.value] } } : taken,
      };
    }
  }
}

/** `jax-js on webgpu`. */
export const nameOf = ({ library, backend }: Contender) => `${library} on ${backend}`;

const jobOf = (
  { workload, samples, digits, threads }: Heat,
  contender: Contender,
  reference: Reference | undefined,
): Job => ({
  ...contender,
  workload,
  samples,
  digits,
  ...(threads !== undefined && { threads }),
  ...(reference && { reference }),
});

/** A seat in a worker that exposes a `Measurer`. */
export function workerSeat(worker: Worker): Seat {
  const broken = new Promise<never>((_, reject) => {
    worker.addEventListener("error", (event) => reject(new Error(event.message || "its script could not be loaded")));
    worker.addEventListener("messageerror", () => reject(new Error("a message could not be read")));
  });
  broken.catch(() => {});
  const remote = Comlink.wrap<Measurer>(worker);
  return {
    measurer: {
      prepare: (job, report) => remote.prepare(job, Comlink.proxy(report)),
      sample: () => remote.sample(),
    },
    broken,
    close: () => worker.terminate(),
  };
}

async function answerOf<T>(work: () => Promise<T>): Promise<Answer<T>> {
  try {
    return { kind: "done", value: await work() };
  } catch (error) {
    // Errors lose their class on the way out of a worker, but not their name.
    const { name, message } = error instanceof Error ? error : new Error(String(error));
    return { kind: name === "UnsupportedError" ? "unsupported" : "failed", message };
  }
}
