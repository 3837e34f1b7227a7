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

/** The first network as a classifier of what the data have classes of: a last layer of outputs gets as many as there are classes, and where
 *  another network went on from it, such a layer is added.
 *  @param isFrozen whether only that layer learns */
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
  const network: NetworkDescription = { ...first, blocks: [...blocks, { id, type: layerFor.outputs, config }] };
  return {
    ...model,
    task: { type: task, config: {} },
    networks: { [name]: network },
    training: { ...model.training, batchSize: 20, epochs: isFrozen ? 200 : 60, validationCount: 1000, samples: LABELS },
  };
}
