/** The worker that one backend is measured in, for one workload; it also tells which GPU there is. */
import * as Comlink from "comlink";
import { describeAdapter, findAdapter } from "../../src/engine";
import { openDescent } from "../../bench/descent";
import { createMeasurer } from "../../bench/measurer";

/** Some drivers never answer. */
const patienceMs = 5000;

const survey = {
  /** Names the GPU, or gives null where the browser offers none. */
  async findGpu() {
    const adapter = await findAdapter(navigator.gpu, patienceMs);
    return adapter === "none" || adapter === "late" ? null : await describeAdapter(adapter);
  },
};

/** What the worker can be asked beyond measuring. */
export type Survey = typeof survey;

Comlink.expose({ ...createMeasurer(openDescent), ...survey });
