// The CPU backend in WebAssembly lays out its memory when a plan is prepared, and never again.
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { afterEach, expect, test, vi } from "vitest";
import { LinearMemory } from "../../src/engine/backend/cpu/wasm/linearMemory";
import { createWasmBackend } from "../../src/engine/backend/cpu/wasm/wasmBackend";
import { ResidentData } from "../../src/engine/train/resident";
import { Session } from "../../src/engine/train/session";
import { modelOf, ratesOf } from "../support/models";
import { noise } from "../support/noise";

// Collecting garbage makes what is left countable.
setFlagsFromString("--expose-gc");
const collectGarbage: () => void = runInNewContext("gc");

/** More than the rounding of the collector, less than one small object for each of 1,000 steps. */
const HEAP_SLACK_BYTES = 32_000;

afterEach(() => vi.restoreAllMocks());

test("1,000 steps allocate nothing", async () => {
  const allocate = vi.spyOn(LinearMemory.prototype, "allocate");
  const backend = await createWasmBackend();
  if (!backend) throw new Error("WebAssembly: expected SIMD in Node, got none.");
  const layers = [
    ["Conv2D", { filters: 4, padding: "same" }],
    ["MaxPooling2D"],
    ["Flatten"],
    ["Dropout"],
    ["Dense", { units: 10, activation: "softmax" }],
  ] as const;
  const session = await Session.create({
    backend,
    description: modelOf(layers, { batchSize: 2 }),
    dataset: noise(3000),
    resident: new ResidentData(backend),
  });
  const memory = allocate.mock.contexts[0];
  if (!(memory instanceof LinearMemory)) throw new Error("expected the backend to allocate from its memory, got none.");
  let step = 0;
  const run = (steps: number) => {
    for (const end = step + steps; step < end; step++) session.runSteps(step, ratesOf(0.001));
    collectGarbage();
    const { arrayBuffers, heapUsed } = process.memoryUsage();
    const { byteLength } = memory.memory.buffer;
    return { allocations: allocate.mock.calls.length, linear: byteLength, arrayBuffers, heapUsed };
  };
  run(100);
  const { heapUsed: heapBefore, ...before } = run(100);
  let heapUsed = heapBefore;
  const growths = [1, 2, 3].map(() => {
    const { heapUsed: heapAfter, ...after } = run(1000);
    expect(after).toEqual(before);
    const growth = heapAfter - heapUsed;
    heapUsed = heapAfter;
    return growth;
  });
  // What other test files left in this process may still come and go; what the steps made would show every time.
  expect(Math.min(...growths)).toBeLessThan(HEAP_SLACK_BYTES);
});

test("blocks are all zeros, whether they were never used, partly used or given back", () => {
  const memory = new LinearMemory(false);
  const lengths = [100, 70_000, 2_000_000];
  const fillAll = (): number[] =>
    lengths.map((length) => {
      const address = memory.allocate(length);
      const block = new Uint8Array(memory.memory.buffer, address, length);
      expect(
        block.every((byte) => byte === 0),
        `${length} bytes at ${address}`,
      ).toBe(true);
      block.fill(7);
      return address;
    });
  const first = fillAll();
  // A hole at the end, whose beginning was used: what takes it next is longer.
  memory.release(first[2]!);
  lengths.push(3_000_000);
  for (const address of fillAll().slice(0, 2)) memory.release(address);
  fillAll();
});
