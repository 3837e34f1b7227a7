/** What one block gives for many test samples, as places in a plane: which samples are alike to the model there. */
import * as v from "valibot";
import { readyOf } from "../data/dataset";
import { ArgumentError } from "../errors";
import { sizeOf } from "../shape";
import { tasks } from "../tasks";
import { defineInquiry, wholeSchema } from "./inquiry";
import { principalOf, Projection } from "./principal";
import { fillBatch, Side, sideGraph } from "./side";

/** Samples that are computed at a time. */
const BATCH = 50;
const MAX_SAMPLES = 5000;
/** Numbers of one batch's output at most. */
const MAX_NUMBERS = 4_000_000;

/** A block whose output can be looked at. */
export interface Embeddable {
  readonly network: string;
  readonly block: string;
  /** Numbers of one sample. */
  readonly size: number;
}

/** A block's outputs for the first test samples. */
export interface Embedding extends Embeddable {
  readonly step: number;
  readonly count: number;
  /** All that could be asked about, in the order in which they are computed. */
  readonly blocks: readonly Embeddable[];
  /** Numbers of each sample that places and neighbours follow from: its size, or fewer where it was projected. */
  readonly width: number;
  /** `[count, width]` */
  readonly values: Float32Array<ArrayBuffer>;
  /** By the first two principal components, `[count, 2]`, and the share of the variance along each. */
  readonly places: Float32Array<ArrayBuffer>;
  readonly shares: readonly [number, number];
  /** The class that each sample is taken for, `[count]`; null where the model tells none. */
  readonly said: Uint32Array<ArrayBuffer> | null;
}

/** @param question `block`: as network and name; the last but one, which mostly holds what classes are told by, when null */
export const embedding = defineInquiry({
  question: v.object({
    block: v.nullable(v.object({ network: v.string(), block: v.string() })),
    count: wholeSchema(1, MAX_SAMPLES),
  }),
  answer: async (subject, { block, count }, flow): Promise<Embedding> => {
    const { model, dataset, snapshot } = subject;
    const ready = Math.min(count, readyOf(dataset.test));
    if (ready === 0) throw new ArgumentError("Embedding: expected test samples, got none yet. Ask again later.");
    const side = sideGraph(subject, BATCH);
    const told = Object.values(tasks[model.description.task.type].show(side.graph)).find(
      ({ kind }) => kind === "class",
    );
    const outputs = Object.entries(side.networks).flatMap(([network, own]) =>
      own.outputs.flatMap(({ name, node }) => {
        // What has no sample in each row is no output of a sample.
        const fits = node.shape[0] === BATCH && node.dtype === "f32" && sizeOf(node.shape) <= MAX_NUMBERS;
        return fits ? [{ network, block: name, size: sizeOf(node.shape.slice(1)), node }] : [];
      }),
    );
    const asked = block
      ? outputs.find((each) => each.network === block.network && each.block === block.block)
      : outputs.at(-2);
    const chosen = asked ?? outputs.at(-1);
    if (!chosen) throw new ArgumentError("Embedding: expected a model with a layer, got none. Add one.");
    const nodes = told ? [chosen.node, told.node] : [chosen.node];
    const opened = await Side.open(subject, { outputs: [...new Set(nodes)] }, side.columns.values());
    const projection = new Projection(chosen.size);
    const values = new Float32Array(ready * projection.width);
    const said = told ? new Uint32Array(ready) : null;
    try {
      for (let from = 0; from < ready; from += BATCH) {
        const taken = Math.min(BATCH, ready - from);
        fillBatch(subject, opened, side.columns, BATCH, from, "test");
        opened.run();
        const found = await opened.read(chosen.node);
        for (let n = 0; n < taken; n++) projection.project(found, n, values, from + n);
        if (told && said) said.set(classesOf(await opened.read(told.node), taken, told.node.shape[1] ?? 1), from);
        await flow.pause(from + taken, ready);
      }
    } finally {
      opened.dispose();
    }
    return {
      step: snapshot.step,
      network: chosen.network,
      block: chosen.block,
      size: chosen.size,
      count: ready,
      blocks: outputs.map(({ network, block: name, size }) => ({ network, block: name, size })),
      width: projection.width,
      values,
      ...principalOf(values, projection.width),
      said,
    };
  },
});

/** The class with the largest output of each sample; of a single unit, whether it says more than a half. */
function classesOf(outputs: ArrayLike<number>, count: number, width: number): number[] {
  return Array.from({ length: count }, (_, n) => {
    if (width === 1) return Number((outputs[n] ?? 0) > 0.5);
    let best = 0;
    for (let c = 1; c < width; c++) if ((outputs[n * width + c] ?? 0) > (outputs[n * width + best] ?? 0)) best = c;
    return best;
  });
}
