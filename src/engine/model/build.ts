/** Turns a model description into graph. */
import { ModelError } from "../errors";
import type { Node } from "../graph/node";
import { labelled } from "../graph/node";
import { readConfig } from "../fields";
import { layers } from "../nn/layers";
import { losses } from "../nn/losses";
import { argMax } from "../ops/gather";
import { sum } from "../ops/broadcast";
import { segment, reshape } from "../ops/layout";
import { add, equal, greater, mul, square } from "../ops/pointwise";
import type { ModelReport, ParameterEntry } from "./analyze";
import { layoutParameters } from "./analyze";
import type { ModelDescription } from "./description";

/** The forward pass of a model. */
export interface Forward {
  /** `[N, ...]` f32 */
  readonly output: Node;
  /** Every weight as a node, in the order of the flat vector. */
  readonly weights: readonly { readonly entry: ParameterEntry; readonly node: Node }[];
}

/** What a forward pass starts from. */
export interface ForwardInputs {
  /** `[N, ...inputShape]` f32, scaled as the model sees it. */
  readonly x: Node;
  /** `[P]` f32, laid out by `layoutParameters`. */
  readonly parameters: Node;
  readonly training: boolean;
  /** u32 scalars for random layers. */
  readonly seed: Node;
  readonly step: Node;
}

/** Builds the layers one after another, each node labelled with its layer's name.
 *  @throws ModelError when the report has an error. */
export function buildForward(description: ModelDescription, report: ModelReport, inputs: ForwardInputs): Forward {
  const { entries } = layoutParameters(report);
  const weights = entries.map((entry) => ({
    entry,
    node: segment(inputs.parameters, entry.offset, entry.spec.shape),
  }));
  let x = inputs.x;
  description.layers.forEach((block, stream) => {
    const layer = layers[block.type];
    const { config, problems } = readConfig(layer.fields, block.config);
    if (problems.length > 0) throw new ModelError(`${layer.type}: ${problems.join("; ")}.`, block.id);
    const own = weights.filter(({ entry }) => entry.layerId === block.id);
    const named = Object.fromEntries(own.map(({ entry, node }) => [entry.weight, node]));
    const { training, seed, step } = inputs;
    x = labelled(report.layers[stream]?.name ?? block.type, () =>
      layer.build(x, named, config, { training, seed, step, stream }),
    );
  });
  return { output: x, weights };
}

/** A batch's scores, as sums so that batches of different sizes add up. */
export interface BatchScore {
  /** Sum of the samples' losses, `[]` f32. */
  readonly lossSum: Node;
  /** Number of samples the model gets right, `[]` f32. */
  readonly correct: Node;
}

/** Scores the first `count` samples of a batch; the rest are padding.
 *  @param labels `[N]` u32  @param mask `[N]` f32, 1 for samples that count */
export function buildScore(
  description: ModelDescription,
  classes: number,
  output: Node,
  labels: Node,
  mask: Node,
): BatchScore {
  const rows = losses[description.training.loss].perSample({ output, labels, classes });
  return labelled("loss", () => ({
    lossSum: sum(mul(rows, mask)),
    correct: sum(mul(isCorrect(output, labels), mask)),
  }));
}

/** 1 for each sample whose most probable class is the label; a single unit says class 1 above one half. `[N]` f32 */
function isCorrect(output: Node, labels: Node): Node {
  if (output.shape[1] === 1) return equal(greater(reshape(output, [output.shape[0]!]), 0.5), labels);
  // The largest logit is the largest probability.
  const scores = output.op.name === "softmax" ? (output.inputs[0] ?? output) : output;
  return equal(argMax(scores), labels);
}

/** The sum of all L2 penalties, or undefined when no weight has one. `[]` f32 */
export function buildPenalty(weights: Forward["weights"]): Node | undefined {
  const terms = weights.flatMap(({ entry: { spec }, node }) => (spec.l2 ? [mul(sum(square(node)), spec.l2)] : []));
  return terms.length === 0 ? undefined : terms.reduce((a, b) => add(a, b));
}
