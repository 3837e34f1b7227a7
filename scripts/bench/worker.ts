// The worker that a contender lives in for one workload, with the library that it is asked for and no other.
import * as Comlink from "comlink";
import type { Entrant } from "../../bench/entrant";
import { createMeasurer } from "../../bench/measurer";
import type { Job, LibraryId } from "../../bench/protocol";
import { pretendCpus } from "./peers";

const libraries: Record<LibraryId, (job: Job) => Promise<Entrant>> = {
  descent: async (job) => (await import("../../bench/descent")).openDescent(job),
  tfjs: async (job) => (await import("./tensorFlow")).openTensorFlow(job),
  "jax-js": async (job) => {
    // It starts as many workers as the machine has threads, has no setting for it, and looks as soon as it is loaded.
    if (job.threads !== undefined) pretendCpus(job.threads);
    return (await import("./jax")).openJax(job);
  },
};

Comlink.expose(createMeasurer((job) => libraries[job.library](job)));
