// Functions keep their digits over [-100, 100] and around 0, on every backend: results that are small beside the terms they are
// made of are compared by their own size, with functions in double precision that do not cancel.
import { describe, expect, test } from "vitest";
import { erf as erfDouble, erfc } from "../../src/engine/math";
import type { Node } from "../../src/engine/graph/node";
import { constant } from "../../src/engine/ops/constant";
import { reshape } from "../../src/engine/ops/layout";
import { elu, erf, exp, gelu, geluSlope, sigmoid, softplus, tanh } from "../../src/engine/ops/pointwise";
import { recurrent } from "../../src/engine/ops/recurrent";
import type { RecurrentOptions } from "../../src/engine/ops/recurrentWalk";
import { given } from "../../src/engine/selftest/sample";
import { type BackendName, backendNames, testBackend } from "./support/run";

const { abs, exp: power, expm1, log1p, max, SQRT1_2 } = Math;

/** Steps of 1/40, and 12 powers of ten towards 0 from both sides. */
const points = [
  ...Array.from({ length: 8000 }, (_, i) => (i - 4000) / 40),
  ...Array.from({ length: 12 * 9 }, (_, i) => ((i % 9) + 1) * 10 ** -Math.floor(i / 9)).flatMap((x) => [x, -x]),
].map(Math.fround);

/** f32 has no normal numbers below 1.2e-38, and GPUs no others; factors of a result may be fifty times smaller than it. */
const SMALLEST_NORMAL = 1e-36;

/** A unit in the last place of f32. */
const ULP = 2 ** -23;

interface Case {
  readonly build: (x: Node) => Node;
  readonly exact: (x: number) => number;
  /** How much the relative error may grow with x: by rounding the argument of the exponential inside. */
  readonly condition: (x: number) => number;
}

/** The standard normal distribution and its density. */
const below = (x: number): number => 0.5 * erfc(-x * SQRT1_2);
const density = (x: number): number => Math.sqrt(0.5 / Math.PI) * power(-0.5 * x * x);

/** Below 0 the terms of the slope of gelu cancel, at -0.75 wholly; and far below, one of them is too small for f32 before their sum is. */
function slopeCondition(x: number): number {
  if (x >= 0) return 1;
  if (x < -12.9) return Infinity;
  return ((1 + x * x) * (below(x) - x * density(x))) / abs(below(x) + x * density(x));
}

/** A function as recurrent cells compute it: the first state of a simple cell, four units for each sample. */
const inCell = (activation: RecurrentOptions["activation"]) => (x: Node) => {
  const own = { cell: "simple", activation, recurrentActivation: "sigmoid", reverse: false, sequences: false } as const;
  return reshape(recurrent(reshape(x, [points.length / 4, 1, 4]), constant(0, [4, 4]), own), [points.length]);
};

const cases: Readonly<Record<string, Case>> = {
  exp: { build: exp, exact: power, condition: () => 1 },
  sigmoid: { build: sigmoid, exact: (x) => 1 / (1 + power(-x)), condition: () => 1 },
  tanh: { build: tanh, exact: Math.tanh, condition: () => 1 },
  softplus: { build: softplus, exact: (x) => max(x, 0) + log1p(power(-abs(x))), condition: () => 1 },
  elu: { build: (x) => elu(x), exact: (x) => (x > 0 ? x : expm1(x)), condition: () => 1 },
  gelu: { build: gelu, exact: (x) => x * below(x), condition: (x) => (x < 0 ? 1 + x * x : 1) },
  geluSlope: { build: geluSlope, exact: (x) => below(x) + x * density(x), condition: slopeCondition },
  // Cells take tanh by a quicker formula, and an argument beyond 80 for 80.
  "tanh in a cell": { build: inCell("tanh"), exact: Math.tanh, condition: () => 1.5 },
  "sigmoid in a cell": {
    build: inCell("sigmoid"),
    exact: (x) => 1 / (1 + power(-x)),
    condition: (x) => (x < -80 ? Infinity : 1),
  },
};

/** Units in the last place. In TypeScript a result is rounded once, and f32 subnormals count as 0; WebAssembly takes a handful
 *  of operations in f32; WGSL promises exp to `3 + 2 |x|` units. */
const allowed: Record<BackendName, (x: number) => number> = {
  cpu: () => 1,
  cpu64: () => 1e-3,
  simd: () => 4,
  relaxed: () => 4,
  webgpu: (x) => 6 + 2 * abs(x),
};

describe.each(backendNames)("%s", (backendName) => {
  const backend = testBackend(backendName);

  const run = async (build: (x: Node) => Node) =>
    (await backend().runSample({ name: "", feeds: [given([points.length], points)], build })).values;

  test.each(Object.entries(cases))("%s", async (_, { build, exact, condition }) => {
    const got = await run(build);
    let worst = { units: 0, x: 0, got: 0, wanted: 0 };
    points.forEach((x, i) => {
      const wanted = exact(x);
      // Too large or too small for f32, whatever the backend does there.
      if (abs(wanted) > 3e38 || abs(wanted) < SMALLEST_NORMAL) return;
      const units = abs(got[i]! - wanted) / abs(wanted) / ULP / condition(x);
      if (!(units <= worst.units * (allowed[backendName](x) / allowed[backendName](worst.x)))) {
        worst = { units, x, got: got[i]!, wanted };
      }
    });
    expect(worst.units, JSON.stringify(worst)).toBeLessThanOrEqual(allowed[backendName](worst.x));
  });

  test("erf, to the 1.5e-7 that it is documented to have", async () => {
    const got = await run(erf);
    // Of small numbers too it has almost all digits.
    points.forEach((x, i) =>
      expect(abs(got[i]! - erfDouble(x))).toBeLessThanOrEqual(1.5e-7 * Math.min(1, 2 * abs(x) + 1e-30)),
    );
  });
});

test("the double-precision complement of erf is SciPy's", () => {
  const scipy: readonly (readonly [number, number])[] = [
    [-3, 1.9999779095030015],
    [0, 1],
    [0.5, 0.4795001221869535],
    [2.4, 0.0006885138966450789],
    [2.6, 0.000236034416529349],
    [5, 1.5374597944280347e-12],
    [9, 4.137031746513811e-37],
    [26, 5.663192408856145e-296],
    [40, 0],
  ];
  for (const [x, wanted] of scipy) expect(abs(erfc(x) - wanted)).toBeLessThanOrEqual(1e-12 * wanted);
});
