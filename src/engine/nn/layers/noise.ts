/** Noise while training: numbers moved a little, or whole channels left out. Outside training these layers do nothing. */
import { real } from "../../fields";
import { constant } from "../../ops/constant";
import { dropout } from "../../ops/dropout";
import { add, mul } from "../../ops/pointwise";
import { randomNormal } from "../../ops/random";
import { sizeOf } from "../../shape";
import { defineLayer } from "../layer";
import { imageProblem } from "./shared";
import { say } from "../../words/said";

/** `x + stddev n` in training, with `n` drawn from the standard normal distribution for every number: from `[..]` to the same
 *  shape. */
export const gaussianNoise = defineLayer({
  type: "GaussianNoise",
  badge: "Gn",
  category: "regularization",
  help: "Adds random noise in each training step, so that the model does not count on exact numbers.",
  isElementwise: true,
  fields: {
    stddev: real({
      label: "Standard deviation",
      help: "How much noise: its standard deviation, in the unit of the input.",
      min: 0,
      max: 10,
      step: 0.05,
      default: 0.1,
      live: true,
    }),
  },
  here: ({ shape }, _, { stddev }) => say("here.shaken", { numbers: sizeOf(shape), by: stddev }),
  summary: ({ stddev }) => [`${stddev}`],
  keepsNumbers: () => true,
  output: (input) => input,
  flops: (input) => 2 * sizeOf(input.shape),
  build: (x, _, { stddev }, { training, seed, step, stream }) =>
    training && stddev > 0 ? add(x, mul(randomNormal(seed, step, { stream, shape: x.shape }), stddev)) : x,
});

/** Dropout of whole channels, from `[H, W, C]` to the same shape: in training a channel of a sample is 0 with probability `rate`,
 *  and otherwise divided by `1 - rate`. Source: Tompson et al. 2015, "Efficient object localization using convolutional
 *  networks", section 3.2. */
export const spatialDropout2D = defineLayer({
  type: "SpatialDropout2D",
  badge: "Sd",
  category: "regularization",
  help: "Drops whole channels while training. After convolutions it does more than Dropout, since neighbouring pixels tell the same.",
  isElementwise: true,
  fields: {
    rate: real({
      label: "Rate",
      help: "Share of channels zeroed.",
      min: 0,
      max: 0.95,
      step: 0.05,
      default: 0.5,
      live: true,
    }),
  },
  initial: { rate: 0.2 },
  here: ({ shape }, _, { rate }) => say("here.silenced", { channels: shape[2] ?? 1, rate }),
  summary: ({ rate }) => [`${Math.round(rate * 100)}%`],
  keepsNumbers: () => true,
  output: (input) => imageProblem(input) ?? input,
  flops: (input) => sizeOf(input.shape),
  build: (x, _, { rate }, { training, seed, step, stream }) => {
    if (!training || rate === 0) return x;
    const [samples = 1, , , channels = 1] = x.shape;
    return mul(x, dropout(constant(1, [samples, 1, 1, channels]), seed, step, { rate, stream }));
  },
});
