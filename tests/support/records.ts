// The registries of records, for the rule that one more is a file and a line. Holds no rule itself.
import { datasets } from "../../src/engine/data";
import { presets } from "../../src/engine/model/presets";
import { containers } from "../../src/engine/nn/containers";
import { layers } from "../../src/engine/nn/layers";
import { losses } from "../../src/engine/nn/losses";
import { metrics } from "../../src/engine/nn/metrics";
import { optimizers } from "../../src/engine/optim/optimizers";
import { schedules } from "../../src/engine/optim/schedules";
import { tasks } from "../../src/engine/tasks";
import type { Registry } from "./registries";

/** Every registry, and who may name its records besides. */
export const registries: readonly Registry[] = [
  {
    kind: "layers",
    names: Object.keys(layers),
    index: "src/engine/nn/layers/index.ts",
    exports: /^export const \w+ = (define|pooling)Layer\(/m,
    // Lessons name what they teach; roles are what other files may ask for; translations to other libraries name their classes.
    namedBy: ["src/engine/nn/layers/roles.ts", "app/tour/", "src/engine/io/"],
  },
  {
    kind: "containers",
    names: Object.keys(containers),
    index: "src/engine/nn/containers/index.ts",
    exports: /^export const \w+ = defineContainer\(/m,
  },
  {
    kind: "tasks",
    names: Object.keys(tasks),
    index: "src/engine/tasks/index.ts",
    exports: /^export const \w+ = (defineTask|supervisedTask)\(/m,
  },
  {
    kind: "datasets",
    names: Object.keys(datasets),
    index: "src/engine/data/index.ts",
    exports: /^export const \w+: DatasetDef =/m,
    // Scores are kept in a ring, and columns have names.
    ambiguous: ["ring", "names", "add"],
    // Some are part of another one, and later stages of presets have data of their own.
    namedBy: [
      "src/engine/data/someDigits.ts",
      "src/engine/data/smallDigits.ts",
      "src/engine/data/clipsOfDigits.ts",
      "app/start/stages.ts",
    ],
  },
  // Tasks say which losses they offer, and which metrics they tell.
  {
    kind: "losses",
    names: Object.keys(losses),
    index: "src/engine/nn/losses.ts",
    namedBy: ["src/engine/nn/metrics.ts", "src/engine/tasks/"],
  },
  {
    kind: "metrics",
    names: Object.keys(metrics),
    index: "src/engine/nn/metrics.ts",
    namedBy: ["src/engine/nn/losses.ts", "src/engine/tasks/"],
  },
  {
    kind: "optimizers",
    names: Object.keys(optimizers),
    index: "src/engine/optim/optimizers.ts",
    // Keras calls some by another's name.
    namedBy: ["src/engine/io/keras/"],
  },
  {
    kind: "schedules",
    names: Object.keys(schedules),
    index: "src/engine/optim/schedules.ts",
    // Numbers that do not change, and steps of training.
    ambiguous: ["constant", "step"],
  },
  {
    kind: "formats for export",
    names: [],
    index: "src/engine/io/formats/index.ts",
    exports: /^export const \w+: ExportFormat =/m,
  },
  {
    kind: "questions about a model",
    names: [],
    index: "src/engine/inspect/index.ts",
    exports: /^export const \w+(: Inquiry<| = defineInquiry\()/m,
  },
  {
    kind: "presets",
    names: Object.keys(presets),
    index: "src/engine/model/presets/index.ts",
    // Stages of presets are by the name of the first.
    namedBy: ["app/tour/", "app/start/stages.ts"],
    // Kinds of blocks' fields and of recurrent cells.
    ambiguous: ["branches", "gru", "lstm"],
  },
  {
    kind: "result views",
    names: [],
    index: "app/inspect/views/index.ts",
    exports: /^export const \w+: ResultView =/m,
  },
  {
    kind: "inspections",
    names: [],
    index: "app/inspect/views/index.ts",
    exports: /^export const \w+: Inspection =/m,
  },
];
