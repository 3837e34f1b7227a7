/** What follows on learning without labels: the same layers under a new head, with a hundred labels to learn from. Pure. */
import {
  layerFor,
  mapBlocks,
  type ModelDescription,
  type NetworkDescription,
  requireDataset,
  taskFor,
  tasks,
} from "../../src/engine";

/** How many samples have labels. */
const LABELS = 100;
/** Units of the head's hidden layer, where there is one. */
const HIDDEN = 128;

/** The first network as a classifier of what the data have classes of: a last layer of outputs gets as many as there are classes, and where
 *  another network went on from it, a hidden layer and such a layer are added.
 *  @param isFrozen whether only these layers learn */
export function withFewLabels(model: ModelDescription, isFrozen: boolean): ModelDescription {
  const data = requireDataset(model.dataset);
  const task = taskFor(data) ?? model.task.type;
  const [name = ""] = Object.keys(tasks[task].networks);
  const [first, ...others] = Object.values(model.networks);
  if (!first) return model;
  const classes = Object.values(data.columns).find(({ kind }) => kind === "class")?.names?.length ?? 2;
  const config = { units: classes, activation: "softmax" };
  const body = others.length > 0 ? first.blocks : first.blocks.slice(0, -1);
  const id = others.length > 0 ? "head" : (first.blocks.at(-1)?.id ?? "head");
  const blocks = mapBlocks(body, (block) => {
    const { frozen: _, ...thawed } = block;
    return isFrozen ? { ...thawed, frozen: true } : thawed;
  });
  const hidden = { id: "head-hidden", type: layerFor.outputs, config: { units: HIDDEN, activation: "relu" } };
  const head = [...(others.length > 0 ? [hidden] : []), { id, type: layerFor.outputs, config }];
  // A schedule of many steps is none for a few.
  const schedule = { type: "constant", config: {} } as const;
  const network: NetworkDescription = { ...first, schedule, blocks: [...blocks, ...head] };
  return {
    ...model,
    task: { type: task, config: {} },
    networks: { [name]: network },
    training: { ...model.training, batchSize: 20, epochs: 60, validationCount: 1000, samples: LABELS },
  };
}
