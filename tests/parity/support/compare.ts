// Loss curves of Descent's backends against TensorFlow.js: one peer run, and a test for each backend.
import type * as tf from "@tensorflow/tfjs-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Backend } from "../../../src/engine/backend/backend";
import { createCpuBackend } from "../../../src/engine/backend/cpu/cpuBackend";
import { openCpuBackend } from "../../../src/engine/backend/cpu/openCpuBackend";
import { createWebGpuBackend } from "../../../src/engine/backend/webgpu/webgpuBackend";
import type { Dataset } from "../../../src/engine/data";
import type { ModelDescription } from "../../../src/engine/model/description";
import type { Score } from "../../../src/engine/trainer/protocol";
import { isFull } from "../../support/full";
import { testGpu } from "../../support/gpu";
import { accuracyOf, lossOf } from "../../support/scores";
import { byLayer } from "./layers";
import { trainOurs, trainPeer } from "./training";

/** All backends there are, WebGPU last, and how far each may be off, relative to the loss. f32 everywhere: single operations differ
 *  by a few units in the last place (1.2e-7) and sums by their order; training fifty steps multiplies that. */
const backends: readonly { name: string; open: () => Promise<Backend>; tolerance: number }[] = [
  { name: "JavaScript", open: async () => createCpuBackend(), tolerance: 1e-4 },
  { name: "WebAssembly", open: () => openCpuBackend(), tolerance: 1e-4 },
  { name: "WebGPU", open: async () => createWebGpuBackend({ gpu: await testGpu() }), tolerance: 1e-3 },
];

export interface Comparison {
  readonly description: ModelDescription;
  readonly steps?: number;
  /** What must be true of the peer's run for the comparison to mean anything. */
  readonly sane?: (peer: { readonly scores: readonly Score[]; readonly optimizer: tf.Optimizer }) => void;
}

/** Fails unless each loss is within `tolerance` of its peer, relative to it. Accuracies must be the same to a sample on
 *  average: where two outputs are all but equal, rounding may pick either. */
export function expectCurve(actual: readonly Score[], expected: readonly Score[], tolerance: number): void {
  expect(actual).toHaveLength(expected.length);
  let accuracyOff = 0;
  expected.forEach((score, step) => {
    const loss = lossOf(score);
    const own = lossOf(actual[step]);
    const off = Math.abs(own - loss) / Math.max(Math.abs(loss), 1e-3);
    if (!(off <= tolerance)) {
      expect.fail(`step ${step + 1}: expected loss ${loss} within ${tolerance}, got ${own}, ${off} off`);
    }
    accuracyOff += Math.abs(accuracyOf(actual[step]) - accuracyOf(score));
  });
  expect(accuracyOff / expected.length, "mean difference of accuracies").toBeLessThan(0.01);
}

/** Defines, for each model, a test per backend: the same initial weights and batches, the same losses and, in the end,
 *  the same weights.
 *  @param onGpu which models train on WebGPU too: all, or the first every day and all in `npm run test:full` */
export function compareWithTensorFlow(
  dataset: () => Promise<Dataset>,
  models: Readonly<Record<string, Comparison>>,
  onGpu: "all" | "first" = "first",
): void {
  const [first] = Object.keys(models);
  const opened = new Map<string, Backend>();
  beforeAll(async () => {
    for (const { name, open } of backends) opened.set(name, await open());
  });
  afterAll(() => {
    for (const backend of opened.values()) backend.dispose();
  });

  describe.each(Object.entries(models))("%s", (model, { description, steps = isFull ? 50 : 20, sane }) => {
    const isOnGpu = isFull || onGpu === "all" || model === first;
    let peer: Awaited<ReturnType<typeof trainPeer>>;
    let initial: Awaited<ReturnType<typeof trainOurs>>["initial"];
    let data: Dataset;
    beforeAll(async () => {
      data = await dataset();
      ({ initial } = await trainOurs(createCpuBackend(), description, data, 0));
      peer = await trainPeer(description, data, steps, initial);
      // A loss that stays where it was would say little.
      expect(lossOf(peer.scores.at(-1))).not.toBeCloseTo(lossOf(peer.scores[0]), 2);
      sane?.(peer);
    });

    it.each(backends.slice(0, isOnGpu ? 3 : 2).map(({ name, tolerance }) => [name, tolerance] as const))(
      "%s",
      async (name, tolerance) => {
        const ours = await trainOurs(opened.get(name)!, description, data, steps);
        expect(ours.initial).toEqual(initial);
        expectCurve(ours.scores, peer.scores, tolerance);
        const named = Object.entries(ours.final).map(([key, { data: own }]) => [key, { key, own }] as const);
        for (const [layer, weights] of byLayer(Object.fromEntries(named))) {
          const peers = peer.model.getLayer(layer).getWeights();
          expect(weights).toHaveLength(peers.length);
          for (const [i, { key, own }] of weights.entries()) {
            // TensorFlow.js keeps another one than Keras: of the population rather than of the batch.
            if (key.endsWith("/movingVariance")) continue;
            const theirs = await peers[i]!.data();
            const size = Math.max(...theirs.map(Math.abs));
            const off = Math.max(...own.map((value, k) => Math.abs(value - theirs[k]!)));
            // Each step may add its own rounding.
            expect(off / size, key).toBeLessThan(10 * tolerance);
          }
        }
      },
    );
  });
}
