// Both loops that sum products in WebAssembly give the same bits, and the one that is chosen is the quicker by the clock.
import { setFlagsFromString } from "node:v8";
import { afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { startThread } from "../../scripts/support/helperThread";
import { LinearMemory } from "../../src/engine/backend/cpu/wasm/linearMemory";
import type { Kernels } from "../../src/engine/backend/cpu/wasm/module";
import { chooseLoop } from "../../src/engine/backend/cpu/wasm/quickerLoop";
import { createWasmBackend } from "../../src/engine/backend/cpu/wasm/wasmBackend";
import type { Node } from "../../src/engine/graph/node";
import { conv2d } from "../../src/engine/ops/conv2d";
import { gradients } from "../../src/engine/ops/gradients";
import { sum } from "../../src/engine/ops/broadcast";
import { input } from "../../src/engine/ops/leaf";
import { matmul } from "../../src/engine/ops/matmul";
import { mul } from "../../src/engine/ops/pointwise";
import { drawn, type Tensor } from "../../src/engine/selftest/sample";
import { LOOP_ADDRESS, Loop } from "../../src/wasm/codes";
import { TestBackend } from "./support/run";

// Node 20 has relaxed SIMD behind a flag; later versions ignore the flag.
setFlagsFromString("--experimental-wasm-relaxed-simd");

const shapes = (...all: number[][]): Tensor[] => all.map((shape, i) => drawn(shape, i + 1, [-1, 1]));

/** Sums of so many steps that one, two and three are left over from fours, and of more than one depth. */
const sums: readonly (readonly [string, Tensor[], (...inputs: Node[]) => Node[]])[] = [
  ["products of 401 steps", shapes([50, 401], [401, 20]), (a, b) => [matmul(a, b)]],
  [
    "products of 38 steps, transposed",
    shapes([38, 13], [9, 38]),
    (a, b) => [matmul(a, b, { transposeA: true, transposeB: true })],
  ],
  ["products of 3 steps", shapes([7, 3], [3, 5]), (a, b) => [matmul(a, b)]],
  ["B read where it lies", shapes([12, 43], [43, 16]), (a, b) => [matmul(a, b)]],
  [
    "a convolution and its gradients",
    shapes([3, 7, 6, 5], [3, 3, 5, 9]),
    (x, filters) => {
      const y = conv2d(x, filters, { strides: [1, 1], padding: "same", dilation: [1, 1] });
      return [y, ...gradients(sum(mul(y, y)), [x, filters])];
    },
  ],
];

describe.each([
  ["simd", 1],
  ["relaxed", 1],
  ["relaxed", 2],
] as const)("%s on %i threads", (variant, threads) => {
  const backends: TestBackend[] = [];
  const memories: LinearMemory[] = [];
  beforeAll(async () => {
    const allocate = vi.spyOn(LinearMemory.prototype, "allocate");
    for (const loop of [Loop.byOnes, Loop.byFours]) {
      const backend = await createWasmBackend({ variant, threads, startHelper: startThread, loop });
      if (!backend) throw new Error(`WebAssembly: expected ${variant} kernels to be valid here, got none that are.`);
      backends.push(new TestBackend(backend));
      backend.createTensor({ shape: [1], dtype: "f32" }).dispose();
      const memory = allocate.mock.contexts.at(-1);
      if (memory instanceof LinearMemory) memories.push(memory);
    }
    allocate.mockRestore();
    return () => {
      for (const backend of backends) backend.dispose();
    };
  });

  test.each(sums)("%s", async (_, feeds, build) => {
    const inputs = feeds.map(({ shape, dtype }, i) => input(`x${i}`, shape, dtype));
    const [ones, fours] = await Promise.all(backends.map((backend) => backend.run(build(...inputs), inputs, feeds)));
    expect(ones?.some((values) => values.some((value) => value !== 0))).toBe(true);
    expect(fours).toEqual(ones);
    expect(memories.map(loopOf)).toEqual([Loop.byOnes, Loop.byFours]);
  });
});

const loopOf = ({ memory }: LinearMemory): number | undefined => new Uint32Array(memory.buffer, LOOP_ADDRESS, 1)[0];

describe("the quicker loop", () => {
  afterEach(() => vi.restoreAllMocks());

  /** What is chosen where a trial of each loop takes so many milliseconds, and the first ones longer. */
  function choose(onesMs: number, foursMs: number, tickMs: number): Loop {
    const memory = new LinearMemory(false);
    let nowMs = 0;
    let runs = 0;
    vi.spyOn(performance, "now").mockImplementation(() => Math.floor(nowMs / tickMs) * tickMs);
    const kernels: Kernels = {
      run: () => {
        const ms = loopOf(memory) === Loop.byFours ? foursMs : onesMs;
        nowMs += runs++ < 5 ? 0.5 : ms;
      },
    };
    return chooseLoop(kernels, memory);
  }

  test.each([
    ["by fours where that takes half", 0.01, 0.005, Loop.byFours],
    ["by ones where both take as long", 0.01, 0.01, Loop.byOnes],
    ["by ones where fours take longer", 0.01, 0.012, Loop.byOnes],
    ["by ones where fours gain a tenth", 0.011, 0.01, Loop.byOnes],
    ["by ones where the gain is too good to be true", 0.1, 0.01, Loop.byOnes],
  ])("is %s", (_, onesMs, foursMs, expected) => {
    for (const tickMs of [0.005, 0.1, 1])
      expect(choose(onesMs, foursMs, tickMs), `ticks of ${tickMs} ms`).toBe(expected);
  });

  test("does not wait for a clock that hardly ticks", () => {
    expect(choose(0.01, 0.005, 40)).toBe(Loop.byFours);
  });
});
