// All updates of a run read the state as it was before the run, whatever is overwritten in place.
import { describe, expect, test } from "vitest";
import type { Node } from "../../src/engine/graph/node";
import { input, state } from "../../src/engine/ops/leaf";
import { add, mul } from "../../src/engine/ops/pointwise";
import { softmax } from "../../src/engine/ops/softmax";
import { testBackend } from "./support/run";
import { given } from "../../src/engine/selftest/sample";

type Pair = readonly [readonly number[], readonly number[]];

interface UpdateCase {
  readonly name: string;
  /** New values of two states of shape `[2]`, which start as 1, 2 and 10, 20. */
  readonly next: (a: Node, b: Node) => readonly [Node, Node];
  /** The states after one run and after two. */
  readonly expected: readonly [Pair, Pair];
}

const updateCases: readonly UpdateCase[] = [
  {
    name: "states swap",
    next: (a, b) => [b, a],
    expected: [
      [
        [10, 20],
        [1, 2],
      ],
      [
        [1, 2],
        [10, 20],
      ],
    ],
  },
  {
    name: "one state follows the other a run behind",
    next: (a) => [add(a, 1), a],
    expected: [
      [
        [2, 3],
        [1, 2],
      ],
      [
        [3, 4],
        [2, 3],
      ],
    ],
  },
  {
    name: "both take one value",
    next: (a, b) => {
      const both = mul(add(a, b), 2);
      return [both, both];
    },
    expected: [
      [
        [22, 44],
        [22, 44],
      ],
      [
        [88, 176],
        [88, 176],
      ],
    ],
  },
  {
    name: "each reads the other",
    next: (a, b) => [add(a, b), mul(a, b)],
    expected: [
      [
        [11, 22],
        [10, 40],
      ],
      [
        [21, 62],
        [110, 880],
      ],
    ],
  },
  {
    name: "a kernel that is not element-wise reads what it replaces",
    next: (_, b) => [b, softmax(mul(b, 0))],
    expected: [
      [
        [10, 20],
        [0.5, 0.5],
      ],
      [
        [0.5, 0.5],
        [0.5, 0.5],
      ],
    ],
  },
];

describe.each(["cpu", "webgpu"] as const)("%s", (backendName) => {
  const backend = testBackend(backendName);

  describe.each([true, false])("fused: %s", (fuse) => {
    test.each(updateCases)("$name", async ({ next, expected }) => {
      const [a, b] = [state("a", [2]), state("b", [2])];
      const [nextA, nextB] = next(a, b);
      const updates = [
        { state: a, value: nextA },
        { state: b, value: nextB },
      ];
      const feeds = [given([2], [1, 2]), given([2], [10, 20])];
      const prepared = await backend().prepare({ outputs: [a, b], inputs: [a, b], feeds, updates, fuse });
      for (const pair of expected) expect((await prepared.run()).map((values) => [...values])).toEqual(pair);
      prepared.dispose();
    });
  });

  test("an update of another shape is refused", async () => {
    const a = state("a", [2]);
    const job = {
      outputs: [a],
      inputs: [a],
      feeds: [given([2], [1, 2])],
      updates: [{ state: a, value: input("b", [3]) }],
    };
    await expect(backend().prepare(job)).rejects.toThrow("compile: expected an update of f32 [2], got f32 [3].");
  });
});
