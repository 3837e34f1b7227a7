// Optimizers, one update at a time in float64, against values worked out by hand and the recurrences of Keras written in
// plain numbers.
import { describe, expect, it } from "vitest";
import { createCpuBackend } from "../../src/engine/backend/cpu/cpuBackend";
import { compile } from "../../src/engine/compile/compile";
import { defaultConfig, readConfig } from "../../src/engine/fields";
import { input, state, stepScalar } from "../../src/engine/ops/leaf";
import { take } from "../../src/engine/optim/optimizer";
import { optimizers, type OptimizerType } from "../../src/engine/optim/optimizers";

type Settings = Readonly<Record<string, number>>;

/** Compiles one update of three parameters. */
function compileUpdate(type: OptimizerType, given: Settings = {}) {
  const optimizer = optimizers[type];
  const { config, problems } = readConfig(optimizer.fields, given);
  expect(problems).toEqual([]);
  const starts = optimizer.slots(config);
  const parameters = state("parameters", [3]);
  const gradient = input("gradient", [3]);
  const slots = Object.fromEntries(Object.keys(starts).map((name) => [name, state(name, [3])]));
  const names = Object.keys(optimizer.scalars(1, 0.1, config));
  const scalars = Object.fromEntries(names.map((name) => [name, stepScalar(name)]));
  const next = optimizer.update({ parameters, gradient, decays: undefined, slots, scalars, config });
  expect(Object.keys(next.slots)).toEqual(Object.keys(starts));
  const updates = [
    { state: parameters, value: next.parameters },
    ...Object.entries(slots).map(([name, node]) => ({ state: node, value: next.slots[name]! })),
  ];
  return { optimizer, config, starts, parameters, gradient, slots, plan: compile({ outputs: [], updates }) };
}

/** The parameters after each of the given gradients, in double precision. */
async function train(type: OptimizerType, rate: number, given: Settings, start: number[], gradients: number[][]) {
  const { optimizer, config, starts, parameters, gradient, slots, plan } = compileUpdate(type, given);
  const backend = createCpuBackend("float64");
  const weights = backend.createTensor(parameters, Float64Array.from(start));
  const slope = backend.createTensor(gradient);
  const leaves = new Map([
    [parameters, weights],
    [gradient, slope],
  ]);
  for (const [name, node] of Object.entries(slots)) {
    leaves.set(node, backend.createTensor(node, new Float64Array(3).fill(starts[name]!)));
  }
  const executable = await backend.prepare(plan, leaves);
  const seen: number[][] = [];
  for (const [i, values] of gradients.entries()) {
    slope.write(Float64Array.from(values));
    executable.run([optimizer.scalars(i + 1, rate, config)]);
    seen.push([...(await weights.read())]);
  }
  return seen;
}

/** What Keras computes for one weight: from the weight, its gradient, the memory and the step to the next weight. */
type Recurrence = (w: number, g: number, memory: Record<string, number>, step: number, rate: number) => number;

const adam: Recurrence = (w, g, memory, step, rate) => {
  memory["m"] = 0.9 * (memory["m"] ?? 0) + 0.1 * g;
  memory["v"] = 0.999 * (memory["v"] ?? 0) + 0.001 * g * g;
  const corrected = (rate * Math.sqrt(1 - 0.999 ** step)) / (1 - 0.9 ** step);
  return w - (corrected * memory["m"]) / (Math.sqrt(memory["v"]) + 1e-7);
};

const recurrences: Record<OptimizerType, Recurrence> = {
  SGD: (w, g, _, __, rate) => w - rate * g,
  Momentum: (w, g, memory, _, rate) => w + (memory["v"] = 0.9 * (memory["v"] ?? 0) - rate * g),
  Nesterov: (w, g, memory, _, rate) => {
    memory["v"] = 0.9 * (memory["v"] ?? 0) - rate * g;
    return w + 0.9 * memory["v"] - rate * g;
  },
  RMSprop: (w, g, memory, _, rate) => {
    memory["s"] = 0.9 * (memory["s"] ?? 0) + 0.1 * g * g;
    return w - (rate * g) / Math.sqrt(memory["s"] + 1e-7);
  },
  Adagrad: (w, g, memory, _, rate) => {
    memory["s"] = (memory["s"] ?? 0.1) + g * g;
    return w - (rate * g) / Math.sqrt(memory["s"] + 1e-7);
  },
  Adam: adam,
  AdamW: (w, g, memory, step, rate) => adam(w - rate * 0.004 * w, g, memory, step, rate),
};

const types = Object.keys(recurrences) as OptimizerType[];
const start = [1, -2, 0.5];
const gradients = [
  [0.5, -0.1, 0],
  [0.4, 0.3, 1e-9],
  [-0.2, 0.3, -3],
  [0.1, -0.7, 100],
  [0.1, 0, 0],
];

describe.each(types)("%s", (type) => {
  it("follows Keras's recurrence with its defaults", async () => {
    const memories = start.map((): Record<string, number> => ({}));
    let weights = start;
    const expected = gradients.map((slopes, i) => {
      weights = weights.map((w, k) => recurrences[type](w, slopes[k]!, memories[k]!, i + 1, 0.01));
      return weights;
    });
    const actual = await train(type, 0.01, {}, start, gradients);
    for (const [i, values] of actual.entries()) {
      // Both in double precision, in another order.
      values.forEach((value, k) => expect(value, `step ${i + 1}, weight ${k}`).toBeCloseTo(expected[i]![k]!, 13));
    }
  });

  it("compiles into a single launch", () => {
    expect(compileUpdate(type).plan.launches).toHaveLength(1);
  });

  it("stands still at learning rate 0", async () => {
    const last = (await train(type, 0, {}, start, gradients)).at(-1);
    expect(last).toEqual(start);
  });
});

describe("first steps by hand", () => {
  const first = async (type: OptimizerType, rate: number, given: Settings = {}): Promise<number[]> =>
    (await train(type, rate, given, [1, -2, 0], [[0.5, -0.1, 0]]))[0]!;

  it("SGD: 1 - 0.1 * 0.5", async () => {
    expect(await first("SGD", 0.1)).toEqual([0.95, -1.99, 0]);
  });

  it("Momentum starts as SGD, Nesterov 1.9 times as far", async () => {
    expect(await first("Momentum", 0.1)).toEqual([0.95, -1.99, 0]);
    const [a, b] = await first("Nesterov", 0.1);
    expect(a).toBeCloseTo(0.905, 15);
    expect(b).toBeCloseTo(-1.981, 15);
  });

  it("Adam moves by the rate, whatever the gradient; without a gradient not at all", async () => {
    // 0.5 / (0.5 + 1e-7 / sqrt(0.001)): epsilon is the only difference to the rate.
    const [a, b, c] = await first("Adam", 0.1);
    expect(a).toBeCloseTo(1 - (0.1 * 0.5) / (0.5 + 1e-7 / Math.sqrt(0.001)), 14);
    expect(b).toBeCloseTo(-2 + (0.1 * 0.1) / (0.1 + 1e-7 / Math.sqrt(0.001)), 14);
    expect(c).toBe(0);
  });

  it("AdamW takes rate * decay off first, even without a gradient", async () => {
    const [a] = await first("AdamW", 0.1, { weightDecay: 0.5 });
    expect(a).toBeCloseTo(0.95 - (0.1 * 0.5) / (0.5 + 1e-7 / Math.sqrt(0.001)), 14);
    expect((await train("AdamW", 0.1, { weightDecay: 0.5 }, [4, 4, 4], [[0, 0, 0]]))[0]).toEqual([3.8, 3.8, 3.8]);
  });

  it("RMSprop: 0.1 * 0.5 / sqrt(0.1 * 0.25 + 1e-7)", async () => {
    expect((await first("RMSprop", 0.1))[0]).toBeCloseTo(1 - 0.05 / Math.sqrt(0.0250001), 14);
  });

  it("Adagrad: 0.1 * 0.5 / sqrt(0.1 + 0.25 + 1e-7)", async () => {
    expect((await first("Adagrad", 0.1))[0]).toBeCloseTo(1 - 0.05 / Math.sqrt(0.3500001), 14);
  });

  it("settings other than the defaults are used", async () => {
    const run = async (type: OptimizerType, given: Settings): Promise<number> =>
      (
        await train(
          type,
          0.1,
          given,
          [1, 1, 1],
          [
            [2, 2, 2],
            [1, 1, 1],
          ],
        )
      ).at(-1)![0]!;
    expect(await run("Momentum", { momentum: 0.5 })).toBeCloseTo(1 - 0.2 - 0.2, 15);
    expect(await run("RMSprop", { rho: 0, epsilon: 0.1 })).toBeCloseTo(
      1 - 0.2 / Math.sqrt(4.1) - 0.1 / Math.sqrt(1.1),
      15,
    );
    expect(await run("Adagrad", { initialAccumulator: 0, epsilon: 0.1 })).toBeCloseTo(
      1 - 0.2 / Math.sqrt(4.1) - 0.1 / Math.sqrt(5.1),
      15,
    );
    // Without averaging m is g and v is g squared: each step is rate * g / (g + epsilon).
    expect(await run("Adam", { beta1: 0, beta2: 0, epsilon: 0.1 })).toBeCloseTo(1 - 0.2 / 2.1 - 0.1 / 1.1, 15);
  });
});

it("the defaults are Keras's", () => {
  const all = Object.fromEntries(types.map((type) => [type, defaultConfig(optimizers[type].fields)]));
  expect(all).toEqual({
    SGD: { learningRate: 0.01 },
    Momentum: { learningRate: 0.01, momentum: 0.9 },
    Nesterov: { learningRate: 0.01, momentum: 0.9 },
    RMSprop: { learningRate: 0.001, rho: 0.9, epsilon: 1e-7 },
    Adagrad: { learningRate: 0.001, initialAccumulator: 0.1, epsilon: 1e-7 },
    Adam: { learningRate: 0.001, beta1: 0.9, beta2: 0.999, epsilon: 1e-7 },
    AdamW: { learningRate: 0.001, beta1: 0.9, beta2: 0.999, epsilon: 1e-7, weightDecay: 0.004 },
  });
});

it("a slot that was not declared is refused, with those that were", () => {
  const mean = state("mean", [3]);
  expect(take({ mean }, "mean")).toBe(mean);
  expect(() => take({ mean }, "meen")).toThrow(
    'take: expected a name that the optimizer declares (mean), got "meen". Add it to its `slots` or `scalars`.',
  );
});
