// The worker that a contender lives in for one workload: nothing it leaves behind slows what comes later.
import * as Comlink from "comlink";
import { type Entrant, pretendCpus } from "./entrant";
import { countDispatches } from "./gpuDispatches";
import { prepare, time } from "./measure";
import type { Job, LibraryId, Measurer } from "./protocol";

/** Loaded when needed, so that a worker holds one library only. */
const libraries: Record<LibraryId, (job: Job) => Promise<Entrant>> = {
  descent: async (job) => (await import("./descent")).openDescent(job),
  tfjs: async (job) => (await import("./tensorFlow")).openTensorFlow(job),
  "jax-js": async (job) => {
    // It starts as many workers as the machine has threads, has no setting for it, and looks as soon as it is loaded.
    pretendCpus(job.threads);
    return (await import("./jax")).openJax(job);
  },
};

let entrant: Entrant | undefined;
let stepsPerSample = 1;

const measurer: Measurer = {
  async prepare(job, report) {
    report("loading");
    const dispatches = job.backend === "webgpu" ? countDispatches() : undefined;
    entrant = await libraries[job.library](job);
    const { preparation, outcomes } = await prepare(entrant, job, report, dispatches);
    stepsPerSample = preparation.stepsPerSample;
    return { preparation, reference: { weights: entrant.weights ?? [], outcomes } };
  },
  async sample() {
    if (!entrant) throw new Error("worker: expected to be prepared before a sample, got none.");
    return (await time(entrant, stepsPerSample)) / stepsPerSample;
  },
};

Comlink.expose(measurer);
