/** What excites a unit: the test samples for which it gives most, and an image made for it, by climbing its gradient. */
import * as v from "valibot";
import { readyOf } from "../data/dataset";
import { ArgumentError } from "../errors";
import type { Node } from "../graph/node";
import { beforeActivation } from "../nn/source";
import { sum } from "../ops/broadcast";
import { gradients } from "../ops/gradients";
import { input } from "../ops/leaf";
import { mul } from "../ops/pointwise";
import { uniform } from "../random";
import { type Shape, sizeOf } from "../shape";
import { tasks } from "../tasks";
import { defineInquiry, type Flow, type Subject, wholeSchema } from "./inquiry";
import { blockOf, fillBatch, Side, sideGraph } from "./side";

/** Samples that are computed at a time. */
const BATCH = 50;
const MAX_SAMPLES = 2000;
/** Steps uphill, how far each goes where it is steepest, and the share of the light that fades meanwhile where nothing calls for it. */
const CLIMB = { steps: 48, length: 0.12, fading: 0.05 };

/** What a unit responds to. What it gives is before its activation, and of a map the largest of its numbers. */
export interface Excited {
  readonly step: number;
  /** Samples that were asked. */
  readonly count: number;
  /** Rows of the test set, those that excite it most first, and what it gives for each. */
  readonly rows: Uint32Array<ArrayBuffer>;
  readonly scores: Float32Array<ArrayBuffer>;
  /** The image that was made, from 0 to 1, `[H, W, C]`, and what it gives for that: of a map the number in the middle. */
  readonly image: Float32Array<ArrayBuffer>;
  readonly imageShape: Shape;
  readonly imageScore: number;
}

interface Asked {
  readonly leaf: Node;
  readonly columns: ReadonlyMap<string, Node>;
  /** `[units]`: which unit counts. */
  readonly pick: Node;
  /** What it gives: `[batch, ...places]` */
  readonly given: Node;
}

/** @returns null where the variable's units are not what its layer gives, or nothing of it follows from an image */
function unitOf(subject: Subject, name: string, batch: number): Asked | null {
  const { model } = subject;
  const side = sideGraph(subject, batch);
  tasks[model.description.task.type].show(side.graph);
  const image = [...side.columns].find(([column]) => model.data.columns[column]?.kind === "image");
  for (const [network, { layout }] of Object.entries(model.state.networks)) {
    const own = layout.entries.filter(({ spec }) => spec.shape.length > 1);
    const entry = own.find((each) => each.name === name);
    if (!entry) continue;
    // A layer's other kernels are for what it works out on the way.
    const isLast = own.findLast(({ layerId }) => layerId === entry.layerId) === entry;
    const found = side.networks[network]?.outputs.find(
      (output) => blockOf(subject, network, output.name)?.id === entry.layerId,
    );
    const units = entry.spec.shape.at(-1) ?? 0;
    if (!isLast || !image || found?.node.shape[0] !== batch || found.node.shape.at(-1) !== units) return null;
    const { node } = found;
    const before = (["softmax", "sigmoid", "relu"] as const).map((each) => beforeActivation(node, each));
    const pick = input("side/unit", [units]);
    const given = sum(mul(before.find((each) => each !== undefined) ?? node, pick), [-1]);
    return { leaf: image[1], columns: side.columns, pick, given };
  }
  throw new ArgumentError(`Unit: expected a variable of the model, got "${name}".`);
}

/** @param question `name`: of a variable; `unit`: of its units; `count`: test samples from the first; `most`: that are told of */
export const excite = defineInquiry({
  question: v.object({
    name: v.string(),
    unit: wholeSchema(0, 2 ** 31),
    count: wholeSchema(1, MAX_SAMPLES),
    most: wholeSchema(1, 100),
  }),
  answer: async (subject, { name, unit, count, most }, flow): Promise<Excited | null> => {
    const ready = Math.min(count, readyOf(subject.dataset.test));
    if (ready === 0) throw new ArgumentError("Unit: expected test samples, got none yet. Ask again later.");
    const [many, one] = [unitOf(subject, name, BATCH), unitOf(subject, name, 1)];
    if (!many || !one) return null;
    const units = sizeOf(many.pick.shape);
    if (unit >= units) throw new ArgumentError(`Unit: expected one below ${units}, got ${unit}.`);
    const picked = Float32Array.from({ length: units }, (_, i) => Number(i === unit));
    const all = await scoresOf(subject, many, picked, ready, flow);
    const rows = Uint32Array.from([...all.keys()].toSorted((a, b) => all[b]! - all[a]! || a - b).slice(0, most));
    return {
      step: subject.snapshot.step,
      count: ready,
      rows,
      scores: Float32Array.from(rows, (row) => all[row]!),
      ...(await climb(subject, one, picked, flow)),
      imageShape: one.leaf.shape.slice(1),
    };
  },
});

/** What it gives for the first test samples. */
async function scoresOf(
  subject: Subject,
  { columns, pick, given }: Asked,
  picked: Float32Array,
  count: number,
  flow: Flow,
): Promise<Float64Array> {
  const opened = await Side.open(subject, { outputs: [given] }, [...columns.values(), pick]);
  try {
    opened.write(pick, picked);
    const places = sizeOf(given.shape) / BATCH;
    const scores = new Float64Array(count);
    for (let from = 0; from < count; from += BATCH) {
      fillBatch(subject, opened, columns, BATCH, from, "test");
      opened.run();
      const found = Float32Array.from(await opened.read(given));
      for (let n = 0; n < Math.min(BATCH, count - from); n++) {
        scores[from + n] = found.subarray(n * places, (n + 1) * places).reduce((a, b) => Math.max(a, b), -Infinity);
      }
      await flow.pause(from + BATCH, count);
    }
    return scores;
  } finally {
    opened.dispose();
  }
}

/** Goes uphill from faint noise, by gradients that are smoothed, since the steepest way is to speckle: of each neighbour a pixel takes a quarter.
 *  Source: Erhan et al. 2009; Olah, Mordvintsev and Schubert 2017, "Feature visualization". */
async function climb(
  subject: Subject,
  { leaf, columns, pick, given }: Asked,
  picked: Float32Array,
  flow: Flow,
): Promise<Pick<Excited, "image" | "imageScore">> {
  const place = input("side/place", given.shape);
  const wanted = sum(mul(given, place));
  const [slopes] = gradients(wanted, [leaf]);
  if (!slopes) throw new Error("Unit: expected a gradient, got none.");
  const opened = await Side.open(subject, { outputs: [wanted, slopes] }, [...columns.values(), pick, place]);
  try {
    fillBatch(subject, opened, columns, 1, 0, "test");
    opened.write(pick, picked);
    opened.write(place, middleOf(given.shape));
    let x = Float32Array.from({ length: sizeOf(leaf.shape) }, (_, i) => 0.2 + 0.2 * uniform(1, 0, 0, i));
    let best = { image: x, imageScore: -Infinity };
    for (let step = 0; step <= CLIMB.steps; step++) {
      opened.write(leaf, x);
      opened.run();
      const [score = NaN] = await opened.read(wanted);
      if (score > best.imageScore) best = { image: x, imageScore: score };
      const up = smooth(await opened.read(slopes), leaf.shape);
      const steepest = up.reduce((most, slope) => Math.max(most, Math.abs(slope)), 0);
      if (!(steepest > 0)) break;
      x = x.map((light, i) =>
        Math.min(1, Math.max(0, (1 - CLIMB.fading) * light + (CLIMB.length * up[i]!) / steepest)),
      );
      await flow.pause(step, CLIMB.steps);
    }
    return best;
  } finally {
    opened.dispose();
  }
}

/** 1 in the middle of all axes, else 0. */
function middleOf(shape: Shape): Float32Array {
  const at = shape.reduce((place, size) => place * size + Math.floor(size / 2), 0);
  return Float32Array.from({ length: sizeOf(shape) }, (_, i) => Number(i === at));
}

/** Each number with a quarter of those above, below and beside it. @param shape `[1, H, W, C]` */
function smooth(values: ArrayLike<number>, [, height = 1, width = 1, channels = 1]: Shape): Float32Array {
  return Float32Array.from({ length: height * width * channels }, (_, i) => {
    const [y, x] = [Math.floor(i / (width * channels)), Math.floor(i / channels) % width];
    const at = (isThere: boolean, by: number): number => (isThere ? 0.25 * (values[i + by] ?? 0) : 0);
    const beside = at(x > 0, -channels) + at(x < width - 1, channels);
    return (values[i] ?? 0) + beside + at(y > 0, -width * channels) + at(y < height - 1, width * channels);
  });
}
