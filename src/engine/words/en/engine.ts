/** English: every sentence of the engine that a visitor may meet, which is all that the worker needs. */
import { checkpoint, data, description, part } from "./files";
import { here } from "./here";
import { fit, memory, problem, setting, summary, task } from "./problems";
import { backend, fault, notice } from "./running";

/** The engine's rooms. */
export const engine = {
  backend,
  checkpoint,
  data,
  description,
  fault,
  fit,
  here,
  memory,
  notice,
  part,
  problem,
  setting,
  summary,
  task,
};
