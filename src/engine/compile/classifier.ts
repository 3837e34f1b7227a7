/** Finds the end of a classifier among the launches of a plan (last dense layer, softmax cross-entropy with its gradient,
 *  the most probable class, the gradient passed back) and makes it one launch. */
import type { Kernel, Node } from "../graph/node";
import type { Attrs } from "../graph/type";
import { softmaxCrossEntropyWithGrad } from "../ops/crossEntropy";
import {
  denseCrossEntropyProgram,
  fitsDenseCrossEntropy,
  type DenseInputs,
  type Finish,
} from "../ops/denseCrossEntropy";
import { Dependencies, runInOrder } from "./dependencies";
import { dimensionOf } from "../shape";
import { owner, storedBy } from "./memory";
import type { Computation, Launch } from "./plan";

interface Classifier {
  readonly dense: Launch;
  readonly loss: Launch;
  readonly choice: Launch | undefined;
  readonly back: Launch | undefined;
}

/** The same launches with every classifier's end in one. */
export function fuseClassifiers(computation: Computation, launches: readonly Launch[]): Launch[] {
  const kept = storedBy(computation);
  const graph = new Dependencies(launches);
  const fused = new Map<readonly Launch[], Launch>();
  for (const loss of launches) {
    const found = classifierOf(loss, launches, kept);
    if (!found) continue;
    const { dense, choice, back } = found;
    const members = launches.filter((launch) => [dense, loss, choice, back].includes(launch));
    if (graph.tryJoin(members)) fused.set(graph.groupOf(loss), classifierStep(found, members));
  }
  return graph.groups().map((group) => fused.get(group) ?? group[0]!);
}

function classifierOf(loss: Launch, launches: readonly Launch[], kept: ReadonlySet<Node>): Classifier | undefined {
  if (loss.kernel !== softmaxCrossEntropyWithGrad) return undefined;
  const logits = loss.inputs[0]!;
  const slopes = loss.outputs[1]!;
  const dense = launches.find((launch) => launch.outputs[0] === logits && isMatmul(launch, false));
  if (!dense || kept.has(logits) || !fitsDenseCrossEntropy(dense.inputs[0]!, dense.inputs[1]!)) return undefined;
  const readers = launches.filter(
    (launch) => launch !== loss && launch.inputs.some((input) => owner(input).base === logits),
  );
  const [choice, ...others] = readers;
  if (others.length > 0 || (choice && choice.kernel.name !== "argMax")) return undefined;
  const back = launches.find(
    (launch) => launch.inputs[0] === slopes && isMatmul(launch, true) && sameView(launch, dense),
  );
  return { dense, loss, choice, back };
}

const sameView = (a: Launch, b: Launch): boolean => {
  const [left, right] = [owner(a.inputs[1]!), owner(b.inputs[1]!)];
  return left.base === right.base && left.offset === right.offset;
};

function isMatmul({ kernel, attrs }: Launch, transposeB: boolean): boolean {
  return kernel.name === "matmul" && attrs["transposeA"] === false && attrs["transposeB"] === transposeB;
}

function finishOf({ kernel, attrs, inputs }: Launch): Finish {
  const form = kernel.form?.(inputs, attrs);
  return { program: form?.kind === "gemm" ? form.epilogue : undefined, operands: inputs.slice(2) };
}

function classifierStep({ dense, loss, choice, back }: Classifier, members: readonly Launch[]): Launch {
  const inputs = [...dense.inputs, ...loss.inputs.slice(1), ...(back?.inputs.slice(2) ?? [])];
  const outputs = [...loss.outputs, ...(choice?.outputs ?? []), ...(back?.outputs ?? [])];
  const kernel: Kernel<Attrs, DenseInputs> = {
    name: "denseCrossEntropy",
    // Weights are read whole for each row, and what follows them may be as well.
    walksRows: ([x, ...others]) => ({ rows: dimensionOf(x.shape, 0), inRows: [true, ...others.map(() => false)] }),
    cpu: runInOrder(members, inputs, outputs),
    wgsl: (args) =>
      denseCrossEntropyProgram(args, {
        logits: finishOf(dense),
        dx: back && finishOf(back),
        choosesClass: choice !== undefined,
      }),
  };
  return { kernel, attrs: {}, inputs, outputs, label: dense.label, fuses: members };
}
