/** The optimizers, with Keras's defaults and semantics. One record each; the registry is at the end. */
import { add, div, mul, sqrt, square, sub } from "../ops/pointwise";
import type { Node } from "../graph/node";
import { real } from "../fields";
import type { OptimizerDef } from "./optimizer";
import { defineOptimizer, take } from "./optimizer";

const learningRate = (initial: number) =>
  real({
    label: "Learning rate",
    help: "How far each step moves the weights. Can be changed while training.",
    min: 0,
    max: 10,
    step: 0.0001,
    default: initial,
    live: true,
    ladder: [0.00001, 0.00003, 0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3],
  });

const share = (label: string, help: string, initial: number) =>
  real({ label, help, min: 0, max: 0.9999, step: 0.01, default: initial, live: true });

const epsilon = real({
  label: "Epsilon",
  help: "Keeps the division finite where gradients vanish.",
  min: 1e-10,
  max: 0.1,
  step: 1e-7,
  default: 1e-7,
  live: true,
});

const momentumField = share("Momentum", "Share of the previous step that is kept.", 0.9);

/** `a * share + b * (1 - share)`. */
const blend = (a: Node, b: Node, kept: number): Node => add(mul(a, kept), mul(b, 1 - kept));

/** `w -= lr * g`. */
const sgd = defineOptimizer({
  type: "SGD",
  help: "Plain gradient descent: a step straight down the slope of the batch.",
  fields: { learningRate: learningRate(0.01) },
  slots: () => ({}),
  scalars: (_, rate) => ({ rate }),
  update: ({ parameters, gradient, scalars }) => ({
    parameters: sub(parameters, mul(gradient, take(scalars, "rate"))),
    slots: {},
  }),
});

/** `v = momentum * v - lr * g; w += v`. Source: Polyak 1964; Sutskever et al. 2013. */
const momentum = defineOptimizer({
  type: "Momentum",
  help: "Gradient descent that keeps rolling: past steps carry on, which evens out zig-zags.",
  fields: { learningRate: learningRate(0.01), momentum: momentumField },
  slots: () => ({ velocity: 0 }),
  scalars: (_, rate) => ({ rate }),
  update: ({ parameters, gradient, slots, scalars, config }) => {
    const velocity = sub(mul(take(slots, "velocity"), config.momentum), mul(gradient, take(scalars, "rate")));
    return { parameters: add(parameters, velocity), slots: { velocity } };
  },
});

/** `v = momentum * v - lr * g; w += momentum * v - lr * g`. Source: Nesterov 1983; Sutskever et al. 2013. */
const nesterov = defineOptimizer({
  type: "Nesterov",
  help: "Momentum that looks ahead: corrects the step by the slope where it is about to land.",
  fields: { learningRate: learningRate(0.01), momentum: momentumField },
  slots: () => ({ velocity: 0 }),
  scalars: (_, rate) => ({ rate }),
  update: ({ parameters, gradient, slots, scalars, config }) => {
    const descent = mul(gradient, take(scalars, "rate"));
    const velocity = sub(mul(take(slots, "velocity"), config.momentum), descent);
    return { parameters: add(parameters, sub(mul(velocity, config.momentum), descent)), slots: { velocity } };
  },
});

/** `s = rho * s + (1 - rho) g^2; w -= lr * g / (sqrt(s) + eps)`, Keras adding eps under the root.
 *  Source: Tieleman and Hinton 2012, lecture 6e. */
const rmsprop = defineOptimizer({
  type: "RMSprop",
  help: "Scales each weight's step by the recent size of its gradients.",
  fields: {
    learningRate: learningRate(0.001),
    rho: share("Rho", "Share of the running mean of squared gradients that is kept.", 0.9),
    epsilon,
  },
  slots: () => ({ meanSquare: 0 }),
  scalars: (_, rate) => ({ rate }),
  update: ({ parameters, gradient, slots, scalars, config }) => {
    const meanSquare = blend(take(slots, "meanSquare"), square(gradient), config.rho);
    const step = div(mul(gradient, take(scalars, "rate")), sqrt(add(meanSquare, config.epsilon)));
    return { parameters: sub(parameters, step), slots: { meanSquare } };
  },
});

/** `s += g^2; w -= lr * g / sqrt(s + eps)`. Source: Duchi, Hazan and Singer 2011. */
const adagrad = defineOptimizer({
  type: "Adagrad",
  help: "Like RMSprop, but remembers all gradients: steps only ever shrink.",
  fields: {
    learningRate: learningRate(0.001),
    initialAccumulator: real({
      label: "Initial accumulator",
      help: "Where the sum of squared gradients starts.",
      min: 0,
      max: 10,
      step: 0.01,
      default: 0.1,
    }),
    epsilon,
  },
  slots: ({ initialAccumulator }) => ({ sumSquare: initialAccumulator }),
  scalars: (_, rate) => ({ rate }),
  update: ({ parameters, gradient, slots, scalars, config }) => {
    const sumSquare = add(take(slots, "sumSquare"), square(gradient));
    const step = div(mul(gradient, take(scalars, "rate")), sqrt(add(sumSquare, config.epsilon)));
    return { parameters: sub(parameters, step), slots: { sumSquare } };
  },
});

const adamFields = {
  learningRate: learningRate(0.001),
  beta1: share("Beta 1", "Share of the running mean of gradients that is kept.", 0.9),
  beta2: share("Beta 2", "Share of the running mean of squared gradients that is kept.", 0.999),
  epsilon,
};

type AdamConfig = { readonly beta1: number; readonly beta2: number; readonly epsilon: number };

/** Keras folds both bias corrections into the rate: `lr * sqrt(1 - beta2^t) / (1 - beta1^t)`. */
const correctedRate = (step: number, rate: number, { beta1, beta2 }: AdamConfig): number =>
  (rate * Math.sqrt(1 - beta2 ** step)) / (1 - beta1 ** step);

function adamStep(gradient: Node, slots: Readonly<Record<string, Node>>, rate: Node, config: AdamConfig) {
  const mean = blend(take(slots, "mean"), gradient, config.beta1);
  const meanSquare = blend(take(slots, "meanSquare"), square(gradient), config.beta2);
  return { step: div(mul(mean, rate), add(sqrt(meanSquare), config.epsilon)), slots: { mean, meanSquare } };
}

/** `m = b1 m + (1 - b1) g; v = b2 v + (1 - b2) g^2; w -= lr_t * m / (sqrt(v) + eps)`.
 *  Source: Kingma and Ba 2015, the form before section 2.1, as Keras has it. */
const adam = defineOptimizer({
  type: "Adam",
  help: "Momentum and per-weight scaling together. A good first choice for almost everything.",
  fields: adamFields,
  slots: () => ({ mean: 0, meanSquare: 0 }),
  scalars: (step, rate, config) => ({ rate: correctedRate(step, rate, config) }),
  update: ({ parameters, gradient, slots, scalars, config }) => {
    const { step, slots: next } = adamStep(gradient, slots, take(scalars, "rate"), config);
    return { parameters: sub(parameters, step), slots: next };
  },
});

/** Adam after `w -= lr * decay * w`. Source: Loshchilov and Hutter 2019. */
const adamW = defineOptimizer({
  type: "AdamW",
  help: "Adam with weight decay done right: weights shrink a little each step, whatever their gradients.",
  fields: {
    ...adamFields,
    weightDecay: real({
      label: "Weight decay",
      help: "Share of each weight, times the learning rate, that is taken off per step.",
      min: 0,
      max: 1,
      step: 0.001,
      default: 0.004,
      live: true,
    }),
  },
  slots: () => ({ mean: 0, meanSquare: 0 }),
  scalars: (step, rate, config) => ({
    rate: correctedRate(step, rate, config),
    kept: 1 - rate * config.weightDecay,
  }),
  decays: true,
  update: ({ parameters, gradient, decays, slots, scalars, config }) => {
    const { step, slots: next } = adamStep(gradient, slots, take(scalars, "rate"), config);
    const kept = take(scalars, "kept");
    // Where nothing decays, all is kept.
    const factor = decays ? sub(1, mul(decays, sub(1, kept))) : kept;
    return { parameters: sub(mul(parameters, factor), step), slots: next };
  },
});

const registry = {
  SGD: sgd,
  Momentum: momentum,
  Nesterov: nesterov,
  RMSprop: rmsprop,
  Adagrad: adagrad,
  Adam: adam,
  AdamW: adamW,
} satisfies Record<string, unknown>;

/** The registry as it stands, of which another language has the words. */
export type OptimizerRegistry = typeof registry;

/** What `training.optimizer.type` of a model description may be. */
export type OptimizerType = keyof typeof registry;

/** All optimizers, in the order to offer them. */
export const optimizers: Readonly<Record<OptimizerType, OptimizerDef>> = registry;
