// The WebAssembly backend on several threads: the same bits as on one, whatever the number.
import { setFlagsFromString } from "node:v8";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { presets } from "../../src/engine";
import type { Backend } from "../../src/engine";
import type { WasmVariant } from "../../src/engine/backend/cpu/wasm/module";
import { createWasmBackend } from "../../src/engine/backend/cpu/wasm/wasmBackend";
import { ResidentData } from "../../src/engine/train/resident";
import { Session } from "../../src/engine/train/session";
import { startThread } from "../../scripts/support/helperThread";
import { everyDay } from "../support/full";
import { ratesOf } from "../support/models";
import { noise } from "../support/noise";

// Node 20 has relaxed SIMD behind a flag; later versions ignore the flag.
setFlagsFromString("--experimental-wasm-relaxed-simd");

const dataset = noise(200);

const open: Backend[] = [];
afterEach(() => {
  for (const backend of open.splice(0)) backend.dispose();
});

/** The losses of five steps, and all that they leave behind. */
async function train(variant: WasmVariant, preset: "perceptron" | "convnet-dropout", threads: number) {
  const backend = await createWasmBackend({ variant, threads, startHelper: startThread });
  if (!backend) throw new Error(`WebAssembly: expected ${variant} kernels to be valid here, got none that are.`);
  open.push(backend);
  const { description } = presets[preset];
  // 33 samples: a number that no tile, strip or thread divides.
  const training = { ...description.training, batchSize: 33, validationCount: 0 };
  const session = await Session.create({
    backend,
    description: { ...description, training },
    dataset,
    resident: new ResidentData(backend),
  });
  session.runSteps(0, ratesOf(0.001, 5));
  const losses = await session.readScores(0, 5);
  return { adapter: backend.adapter, losses, snapshot: await session.snapshot(5) };
}

describe.each(everyDay(["relaxed"] as const, ["simd", "relaxed"] as const))("%s", (variant) => {
  describe.each(["perceptron", "convnet-dropout"] as const)("%s", (preset) => {
    let alone: Awaited<ReturnType<typeof train>>;
    beforeAll(async () => {
      alone = await train(variant, preset, 1);
    });

    test.each(everyDay([3], [2, 3, 5]))("on %i threads gives the bits of one", async (threads) => {
      const together = await train(variant, preset, threads);
      expect(together.adapter).toContain(`${threads} threads`);
      expect(together.losses).toEqual(alone.losses);
      expect(together.snapshot.tensors["model/trained"]?.length).toBeGreaterThan(10_000);
      expect(together.snapshot).toEqual(alone.snapshot);
    });
  });
});
