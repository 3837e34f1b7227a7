/** The clusters of a model that groups samples: their middles, and which test samples are in each. */
import * as v from "valibot";
import { type ColumnData, type ColumnInfo, holdsIndices } from "../data/column";
import { readyOf } from "../data/dataset";
import { ArgumentError } from "../errors";
import { aboutOf } from "../model/analyze";
import { outputPlace } from "../model/analyze/output";
import { sizeOf } from "../shape";
import { tasks } from "../tasks";
import { defineInquiry, type Subject, wholeSchema } from "./inquiry";
import { Side, sideGraph } from "./side";

/** Samples that are computed at a time. */
const BATCH = 100;
const MAX_SAMPLES = 2000;

/** Clusters, and the first test samples in them. */
export interface Clusters {
  readonly step: number;
  /** k */
  readonly count: number;
  /** Whether the middles are samples themselves, as networks see them; where layers come before, they are means of those in them. */
  readonly areSamples: boolean;
  /** `[k, ...sample]`; zeros of a cluster that has none. */
  readonly middles: Float32Array<ArrayBuffer>;
  /** The nearest cluster of each test sample from the first, and its squared distance. `[samples]` each */
  readonly nearest: Uint16Array<ArrayBuffer>;
  readonly distances: Float32Array<ArrayBuffer>;
}

/** The distances are computed anew, in plain arithmetic: for what the page asks several times a second, compiling takes too long.
 *  @throws ArgumentError where the model does not group, or no sample is there */
export const clusters = defineInquiry({
  question: v.object({ count: wholeSchema(1, MAX_SAMPLES) }),
  answer: async (subject, { count }, flow): Promise<Clusters> => {
    const { model, dataset, snapshot } = subject;
    const task = tasks[model.description.task.type];
    const [[network = "", { blocks = [] } = {}] = []] = Object.entries(model.description.networks);
    const entry = model.state.networks[network]?.layout.entries.findLast(({ variable }) => variable === "centroids");
    const kept = snapshot.tensors[`${network}/kept`];
    const columns = task.columns(aboutOf(model.description, model.data));
    const name = "said" in columns ? undefined : columns[0];
    const info = model.data.columns[name ?? ""];
    const stored = dataset.test.columns[name ?? ""];
    if (task.endsIn === undefined || !entry || !kept || !info || !stored || holdsIndices(info)) {
      throw new ArgumentError("Clusters: expected a model that groups samples, got another.");
    }
    const ready = Math.min(count, readyOf(dataset.test));
    if (ready === 0) throw new ArgumentError("Clusters: expected test samples, got none yet. Ask again later.");
    const [k = 1, size = 1] = entry.spec.shape;
    const centroids = Float32Array.from(kept.subarray(entry.offset, entry.offset + k * size));
    const length = sizeOf(info.shape);
    const samples = new Float32Array(stored.subarray(0, ready * length));
    for (let i = 0; i < samples.length; i++) samples[i]! *= info.scale;
    const areSamples = outputPlace(blocks.slice(0, -1)) === -1;
    const codes = areSamples ? samples : await codesOf(subject, network, samples, info);
    const nearest = new Uint16Array(ready);
    const distances = new Float32Array(ready);
    for (let n = 0; n < ready; n++) {
      let [cluster, least] = [0, Infinity];
      for (let j = 0; j < k; j++) {
        const distance = squaredDistance(codes, n * size, centroids, j * size, size);
        if (distance < least) [cluster, least] = [j, distance];
      }
      nearest[n] = cluster;
      distances[n] = least;
    }
    await flow.pause(1, 1);
    const middles = areSamples ? centroids : meansOf(samples, length, nearest, k);
    return { step: snapshot.step, count: k, areSamples, middles, nearest, distances };
  },
});

function squaredDistance(a: Float32Array, atA: number, b: Float32Array, atB: number, size: number): number {
  let total = 0;
  for (let i = 0; i < size; i++) {
    const off = a[atA + i]! - b[atB + i]!;
    total += off * off;
  }
  return total;
}

/** The mean of the samples in each cluster, `[k, length]`; zeros of one that has none. */
function meansOf(
  samples: Float32Array,
  length: number,
  nearest: ArrayLike<number>,
  k: number,
): Float32Array<ArrayBuffer> {
  const means = new Float32Array(k * length);
  const members = new Uint32Array(k);
  for (let n = 0; n < nearest.length; n++) {
    const cluster = nearest[n]!;
    members[cluster] = members[cluster]! + 1;
    for (let i = 0; i < length; i++) means[cluster * length + i]! += samples[n * length + i]!;
  }
  return means.map((sum, i) => sum / Math.max(1, members[Math.floor(i / length)]!));
}

/** What the layers before the last give for samples, `[samples, code]`. */
async function codesOf(
  subject: Subject,
  network: string,
  samples: Float32Array,
  { shape }: ColumnInfo,
): Promise<Float32Array> {
  const side = sideGraph(subject, BATCH);
  tasks[subject.model.description.task.type].show(side.graph);
  const code = side.networks[network]?.outputs.at(-2)?.node;
  const [leaf] = side.columns.values();
  if (!code || !leaf) throw new ArgumentError("Clusters: expected a model with layers before the last, got another.");
  const opened = await Side.open(subject, { outputs: [code] }, side.columns.values());
  const length = sizeOf(shape);
  const count = samples.length / length;
  const codes = new Float32Array(count * sizeOf(code.shape.slice(1)));
  try {
    for (let from = 0; from < count; from += BATCH) {
      const taken = Math.min(BATCH, count - from);
      opened.write(leaf, samples.subarray(from * length, (from + taken) * length));
      opened.run();
      const found: ColumnData = Float32Array.from(await opened.read(code));
      codes.set(found.subarray(0, (taken * codes.length) / count), (from * codes.length) / count);
    }
  } finally {
    opened.dispose();
  }
  return codes;
}
