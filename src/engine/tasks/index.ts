/** The registry of tasks: one line each. */
import { adversarial } from "./adversarial";
import { adversarialAutoencoder } from "./adversarialAutoencoder";
import { classification } from "./classification";
import { clustering } from "./clustering";
import { language } from "./language";
import { masked } from "./masked";
import { policyGradient } from "./policyGradient";
import { qLearning } from "./qLearning";
import { reconstruction } from "./reconstruction";
import { regression } from "./regression";
import { rotation } from "./rotation";
import type { TaskDef } from "./task";
import { variational } from "./variational";

const registry = {
  classification,
  regression,
  language,
  reconstruction,
  masked,
  rotation,
  variational,
  clustering,
  adversarial,
  adversarialAutoencoder,
  policyGradient,
  qLearning,
} satisfies Record<string, unknown>;

/** The registry as it stands, of which another language has the words. */
export type TaskRegistry = typeof registry;

/** The name of a task. */
export type TaskType = keyof typeof registry;

/** All tasks, in the order to offer them. */
export const tasks: Readonly<Record<TaskType, TaskDef>> = registry;
