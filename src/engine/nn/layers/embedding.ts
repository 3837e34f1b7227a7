/** Layers that begin with tokens: a vector for each token, and one for each place. */
import { choice, whole } from "../../fields";
import { gatherRows } from "../../ops/gather";
import { reshape } from "../../ops/layout";
import { add } from "../../ops/pointwise";
import { sizeOf } from "../../shape";
import { say } from "../../words/said";
import { kernelInitializers } from "../initializers";
import { defineLayer, f32, variable } from "../layer";
import { seriesProblem } from "./shared";

/** `y[..] = embeddings[x[..]]`, from indices `[..]` to `[.., outputDim]`, with a table `[inputDim, outputDim]`. */
export const embedding = defineLayer({
  type: "Embedding",
  badge: "Em",
  category: "attention",
  help: "Looks up a trainable vector for each token, so that tokens used alike come to lie close together.",
  fields: {
    inputDim: whole({
      label: "Vocabulary",
      help: "How many different tokens there are: rows of the table.",
      min: 1,
      max: 65_536,
      default: 1000,
    }),
    outputDim: whole({ label: "Dimensions", help: "Numbers in each token's vector.", min: 1, max: 4096, default: 64 }),
    embeddingsInitializer: choice({
      label: "Initializer",
      help: "How the vectors are drawn. uniform is Keras's: small numbers from -0.05 to 0.05.",
      options: ["uniform", ...kernelInitializers],
      default: "uniform",
    }),
  },
  accepts: "u32",
  here: ({ shape }, _, { inputDim, outputDim }) =>
    say("here.lookedUp", { tokens: sizeOf(shape), rows: inputDim, width: outputDim }),
  summary: ({ inputDim, outputDim }) => [say("summary.embedding", { tokens: inputDim, dimensions: outputDim })],
  output: ({ shape, below = 0 }, { inputDim, outputDim }) =>
    below > inputDim
      ? {
          needs: say("fit.tokens", { most: inputDim }),
          advice: say("fit.moreTokens", { tokens: below }),
          fix: { kind: "set", key: "inputDim", value: below },
        }
      : f32([...shape, outputDim]),
  variables: (_, { inputDim, outputDim, embeddingsInitializer }) => ({
    embeddings: { shape: [inputDim, outputDim], initializer: embeddingsInitializer, axes: "oh" },
  }),
  flops: () => 0,
  build: (x, variables, { outputDim }) => {
    const rows = gatherRows(variable(variables, "embeddings"), reshape(x, [sizeOf(x.shape)]));
    return reshape(rows, [...x.shape, outputDim]);
  },
});

/** `y_t = x_t + positions_t`, from `[T, C]` to the same shape, with positions `[T, C]`: the sum that KerasHub's
 *  TokenAndPositionEmbedding makes of its two tables. Source: Radford et al. 2018, "Improving language understanding by generative
 *  pre-training". */
export const positionEmbedding = defineLayer({
  type: "PositionEmbedding",
  badge: "Pe",
  category: "attention",
  help: "Adds a trainable vector for each place in the sequence, without which attention sees no order.",
  fields: {
    initializer: choice({
      label: "Initializer",
      help: "How the vectors are drawn.",
      options: ["uniform", ...kernelInitializers],
      default: "glorotUniform",
    }),
  },
  here: ({ shape: [steps = 1, width = 1] }) => say("here.placed", { steps, width }),
  summary: () => [],
  output: (input) => seriesProblem(input) ?? input,
  variables: ({ shape }, { initializer }) => ({ positionEmbeddings: { shape, initializer, axes: "oh" } }),
  flops: (input) => sizeOf(input.shape),
  build: (x, variables) => add(x, variable(variables, "positionEmbeddings")),
});
