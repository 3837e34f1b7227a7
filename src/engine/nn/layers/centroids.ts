/** Centroids: how far a sample is from the middle of each of k clusters. The layer finds the clusters itself, by k-means. */
import { real, whole } from "../../fields";
import type { Node } from "../../graph/node";
import { sum } from "../../ops/broadcast";
import { range } from "../../ops/constant";
import { argMax, gatherRows, oneHot } from "../../ops/gather";
import { reshape } from "../../ops/layout";
import { matmul } from "../../ops/matmul";
import { add, clip, div, greater, greaterEqual, log, maximum, mul, neg, square, sub } from "../../ops/pointwise";
import { max } from "../../ops/reduce";
import { randomUniform } from "../../ops/random";
import { sizeOf } from "../../shape";
import { say } from "../../words/said";
import { type BuildContext, defineLayer, f32, variable } from "../layer";
import { layerFor } from "./roles";
import { ABSENT } from "./shared";

/** Smaller than any logarithm that is drawn by. */
const NEVER = -1e30;

/** A sample of the batch, drawn with a probability in proportion to its weight, by adding Gumbel noise to logarithms.
 *  @param x `[N, D]`  @param weights `[N]` f32, 0 or more  @returns `[1, D]`  Source: Gumbel 1954; Yellott 1977 */
function drawOne(x: Node, weights: Node, { seed, step, stream, mask }: BuildContext): Node {
  const [samples = 1] = x.shape;
  const uniform = clip(randomUniform(seed, step, { stream, shape: [samples] }), 1e-7, 1 - 1e-7);
  const gumbel = neg(log(neg(log(uniform))));
  const scores = add(log(maximum(weights, 1e-30)), gumbel);
  const counted = mask ? add(scores, mul(sub(1, mask), NEVER)) : scores;
  return gatherRows(x, argMax(reshape(counted, [1, samples])));
}

/** Squared distances `|x - c_j|^2` of `[D]` to each of k centroids, `[k]`. Gradients reach `x` alone.
 *
 *  In training the layer changes its centroids itself, after the batch has been measured. Its first k steps place one centroid
 *  each, k-means++: a sample drawn with a probability in proportion to its squared distance from the nearest one that is
 *  there. Those that are not placed yet lie on the last one that is, and count as farther than any sample. Every step after
 *  that moves each centroid to the mean of its samples: `w_j = memory w_j + n_j; c_j += (sum of its samples - n_j c_j) / w_j`.
 *  With memory 0 and a batch of all samples that is a step of Lloyd's; with memory 1 it is mini-batch k-means.
 *  Sources: Lloyd 1982, "Least squares quantization in PCM"; Arthur and Vassilvitskii 2007, "k-means++"; Sculley 2010, "Web-scale
 *  k-means clustering"; for the memory Spark MLlib's streaming k-means, "decay factor". */
export const centroids = defineLayer({
  type: "Centroids",
  badge: "Ce",
  category: "core",
  help: "Squared distances to the middles of clusters, which it finds by k-means: no gradient, no labels.",
  fields: {
    clusters: whole({ label: "Clusters", help: "How many clusters there are: k.", min: 1, max: 256, default: 10 }),
    memory: real({
      label: "Memory",
      help: "What earlier batches count against the present one. 0 where a batch is all samples; 1 for mini-batch k-means.",
      min: 0,
      max: 1,
      step: 0.05,
      default: 0,
      live: true,
    }),
  },
  here: ({ shape }, _, { clusters }) => say("here.measured", { numbers: sizeOf(shape), clusters }),
  summary: ({ clusters }) => [`${clusters}`],
  output: ({ shape }, { clusters }) =>
    shape.length === 1
      ? f32([clusters])
      : { needs: say("fit.flat"), fix: { kind: "insertBefore", layer: layerFor.rows } },
  variables: ({ shape: [size = 1] }, { clusters }) => ({
    centroids: { shape: [clusters, size], initializer: "zeros", trainable: false },
    counts: { shape: [clusters], initializer: "zeros", trainable: false },
    placed: { shape: [1], initializer: "zeros", trainable: false },
  }),
  flops: ({ shape: [size = 1] }, { shape: [clusters = 1] }) => 2 * size * clusters,
  build: (x, variables, { clusters, memory }, context) => {
    const middles = variable(variables, "centroids");
    const [samples = 1] = x.shape;
    const product = matmul(x, middles, { transposeB: true });
    const lengths = add(reshape(sum(square(x), [1]), [samples, 1]), sum(square(middles), [1]));
    const [counts, placed] = [variable(variables, "counts"), variable(variables, "placed")];
    // Of equal ones rounding would choose. Before any is there, all are the first.
    const isAbsent = greaterEqual(range(clusters), maximum(placed, 1));
    // Rounding can make what is 0 a little less.
    const distances = add(maximum(sub(lengths, mul(product, 2)), 0), mul(isAbsent, ABSENT));
    if (!context.training || context.isFrozen) return distances;
    const members = membersOf(distances, context.mask);
    const here = sum(members, [0]);
    const kept = add(mul(counts, memory), here);
    const moved = div(
      sub(matmul(members, x, { transposeA: true }), mul(column(here), middles)),
      column(maximum(kept, 1e-6)),
    );
    const isPlacing = greater(clusters, placed);
    // Before any centroid is there, all samples are as far away as each other.
    const isFirst = sub(1, greater(placed, 0));
    const far = add(mul(sub(1, isFirst), neg(max(neg(distances), [1]))), isFirst);
    const isLater = column(greaterEqual(range(clusters), placed));
    const stay = add(middles, mul(sub(1, isPlacing), moved));
    return {
      output: distances,
      updates: {
        centroids: add(mul(sub(1, isLater), stay), mul(isLater, drawOne(x, far, context))),
        counts: mul(kept, sub(1, isPlacing)),
        placed: add(placed, isPlacing),
      },
    };
  },
});

const column = (row: Node): Node => reshape(row, [row.shape[0] ?? 1, 1]);

/** 1 where a cluster is the nearest to a sample that counts, else 0. `[N, k]` */
function membersOf(distances: Node, mask: Node | undefined): Node {
  const members = oneHot(argMax(neg(distances)), distances.shape[1] ?? 1);
  return mask ? mul(members, column(mask)) : members;
}
