/** MultiHeadAttention: every step of a sequence looks at the others. */
import { flag, real, whole } from "../../fields";
import type { Node } from "../../graph/node";
import { attention, MAX_HEAD_WIDTH } from "../../ops/attention";
import { range } from "../../ops/constant";
import { dropout } from "../../ops/dropout";
import { reshape } from "../../ops/layout";
import { matmul } from "../../ops/matmul";
import { add, greater, mul } from "../../ops/pointwise";
import { softmax } from "../../ops/softmax";
import { slice, transpose } from "../../ops/strided";
import { say } from "../../words/said";
import { defineLayer, f32, type Part, variable, type VariableSpec } from "../layer";
import { initializerField, seriesProblem } from "./shared";

/** What keeps a step from looking at one that it must not see. Keras's number; its exponential is 0. */
const MASKED = -1e9;

/** `[T, T]`: 0 where step t may look at step s, and {@link MASKED} where s is later. */
const laterSteps = (steps: number): Node =>
  mul(greater(reshape(range(steps), [1, steps]), reshape(range(steps), [steps, 1])), MASKED);

/** For each head `h`, with `q = x · query_h + bias`, and `k` and `v` alike: `head_h = softmax(q k^T / sqrt(keyDim)) v`, and the output is
 *  `sum_h head_h · output_h + bias`; from `[T, C]` to the same shape. Its weights are those of Keras's MultiHeadAttention called
 *  with one sequence. Source: Vaswani et al. 2017, "Attention is all you need", section 3.2. */
export const multiHeadAttention = defineLayer({
  type: "MultiHeadAttention",
  badge: "At",
  category: "attention",
  help: "Lets every step look at all steps and take over what it finds there: self-attention, by several heads at once.",
  fields: {
    numHeads: whole({
      label: "Heads",
      help: "How many ways of looking there are, each with weights of its own.",
      min: 1,
      max: 64,
      default: 4,
    }),
    keyDim: whole({
      label: "Key size",
      help: "Numbers that each head compares steps by. Often the channels divided by the heads.",
      min: 1,
      max: 512,
      default: 16,
    }),
    causal: flag({
      label: "Causal mask",
      help: "Keeps each step from looking at later ones, as it must be where the next token is to be told.",
      default: false,
    }),
    dropout: real({
      label: "Dropout",
      help: "Share of attention weights zeroed in each training step.",
      min: 0,
      max: 0.95,
      step: 0.05,
      default: 0,
      live: true,
    }),
    useBias: flag({
      label: "Bias",
      help: "Adds trainable offsets to queries, keys, values and output.",
      default: true,
    }),
    kernelInitializer: initializerField,
  },
  looksAhead: ({ causal }) => !causal,
  causally: { causal: true },
  here: ({ shape: [steps = 1] }, _, { numHeads, keyDim, causal }) =>
    say("here.attended", { steps, heads: numHeads, width: keyDim, isCausal: causal }),
  summary: ({ numHeads, causal }) => [
    say("summary.heads", { heads: numHeads }),
    ...(causal ? [say("summary.causal")] : []),
  ],
  output: (input) => seriesProblem(input) ?? f32(input.shape),
  variables: ({ shape: [, channels = 1] }, { numHeads, keyDim, useBias, kernelInitializer: initializer }) => {
    const inward: VariableSpec = { shape: [channels, numHeads, keyDim], initializer, axes: "hoo" };
    const offset: VariableSpec = { shape: [numHeads, keyDim], initializer: "zeros" };
    return {
      queryKernel: inward,
      ...(useBias && { queryBias: offset }),
      keyKernel: inward,
      ...(useBias && { keyBias: offset }),
      valueKernel: inward,
      ...(useBias && { valueBias: offset }),
      outputKernel: { shape: [numHeads, keyDim, channels], initializer },
      ...(useBias && { outputBias: { shape: [channels], initializer: "zeros" } }),
    };
  },
  flops: ({ shape: [steps = 1, channels = 1] }, _, { numHeads, keyDim }) =>
    4 * steps * numHeads * keyDim * (2 * channels + steps),
  build: (x, variables, { numHeads, keyDim, causal, useBias, dropout: rate }, { training, seed, step, stream }) => {
    const [samples = 1, steps = 1, channels = 1] = x.shape;
    const width = numHeads * keyDim;
    const rows = reshape(x, [samples * steps, channels]);
    const [query, key, value] = (["query", "key", "value"] as const).map((of): Node => {
      const product = matmul(rows, reshape(variable(variables, `${of}Kernel`), [channels, width]));
      const sums = useBias ? add(product, reshape(variable(variables, `${of}Bias`), [width])) : product;
      return reshape(sums, [samples, steps, width]);
    }) as [Node, Node, Node];
    const scale = 1 / Math.sqrt(keyDim);
    /** From `[N, T, width]` to `[N, heads, T, keyDim]`. */
    const byHead = (of: Node): Node => transpose(reshape(of, [samples, steps, numHeads, keyDim]), [0, 2, 1, 3]);
    const logits = matmul(byHead(mul(query, scale)), byHead(key), { transposeB: true });
    const weights = softmax(causal ? add(logits, laterSteps(steps)) : logits);
    const drops = training && rate > 0;
    // The op stores no weights, so that none can be dropped.
    const read =
      drops || keyDim > MAX_HEAD_WIDTH
        ? transpose(
            matmul(drops ? dropout(weights, seed, step, { rate, stream }) : weights, byHead(value)),
            [0, 2, 1, 3],
          )
        : attention(query, key, value, { heads: numHeads, causal, scale });
    const product = matmul(
      reshape(read, [samples * steps, width]),
      reshape(variable(variables, "outputKernel"), [width, channels]),
    );
    const output = useBias ? add(product, variable(variables, "outputBias")) : product;
    /** Of each head where it looks, and what it adds by that. */
    const parts = (): Part[] => {
      const outward = variable(variables, "outputKernel");
      const heads = Array.from({ length: numHeads }, (_, h): Part[] => {
        const looks = reshape(slice(weights, [0, h, 0, 0], [samples, 1, steps, steps]), [samples, steps, 1, steps]);
        const found = reshape(
          slice(reshape(read, [samples, steps, numHeads, keyDim]), [0, 0, h, 0], [samples, steps, 1, keyDim]),
          [samples * steps, keyDim],
        );
        const adds = matmul(found, reshape(slice(outward, [h, 0, 0], [1, keyDim, channels]), [keyDim, channels]));
        return [
          { said: say("summary.headLooks", { head: h + 1 }), node: looks, areShares: true },
          { said: say("summary.headAdds", { head: h + 1 }), node: reshape(adds, [samples, steps, channels]) },
        ];
      });
      const offset = useBias ? [{ said: say("summary.bias"), node: variable(variables, "outputBias") }] : [];
      return [...heads.flat(), ...offset];
    };
    return { output: reshape(output, [samples, steps, channels]), updates: {}, looks: { attention: weights }, parts };
  },
});
