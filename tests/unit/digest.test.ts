// One digest by two ways: the browser's, and JavaScript's where the browser gives none.
import { createHash } from "node:crypto";
import { afterEach, describe, expect, it, vi } from "vitest";
import { digestsAside, sha256 } from "../../src/engine/digest";
import { readCheckpoint, writeCheckpoint } from "../../src/engine/io/checkpoint";

afterEach(() => vi.unstubAllGlobals());

/** Counts what the browser is asked; `isHere` says whether there is a browser that can be. */
function stubCrypto(isHere: boolean) {
  const { subtle } = crypto;
  const digest = vi.fn<SubtleCrypto["digest"]>((...of) => subtle.digest(...of));
  vi.stubGlobal("crypto", isHere ? { subtle: { digest } } : {});
  return digest;
}

const books = {
  step: 0,
  order: { seed: 0, epoch: 0, position: 0, stepsPerEpoch: 1, samples: 1, shuffled: true },
  elapsedMs: 0,
  best: { loss: null, epoch: 0, step: null },
  patientFrom: 0,
  firstLoss: null,
  rates: {},
  epochMean: null,
  validation: null,
};
const machine = { build: "b", backend: "cpu", adapter: "CPU", kernels: {} } as const;
const checkpoint = { description: {}, books, machine, tensors: { a: Float32Array.of(1, 2) }, best: null };

describe.each([
  ["the browser", true],
  ["JavaScript", false],
])("SHA-256 by %s", (_, isHere) => {
  it("is that of the standard, and of Node", async () => {
    const digest = stubCrypto(isHere);
    expect(digestsAside()).toBe(isHere);
    const abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    expect(await sha256(new TextEncoder().encode("abc"))).toBe(abc);
    for (const length of [0, 55, 56, 64, 1000]) {
      const bytes = Uint8Array.from({ length }, (__, i) => i * 7);
      expect(await sha256(bytes), `${length} bytes`).toBe(createHash("sha256").update(bytes).digest("hex"));
    }
    expect(digest).toHaveBeenCalledTimes(isHere ? 6 : 0);
  });

  it("signs a checkpoint that the other way reads", async () => {
    const digest = stubCrypto(isHere);
    const bytes = await writeCheckpoint(checkpoint);
    expect(digest).toHaveBeenCalledTimes(isHere ? 1 : 0);
    vi.unstubAllGlobals();
    const other = stubCrypto(!isHere);
    expect((await readCheckpoint(bytes)).tensors).toEqual(checkpoint.tensors);
    expect(await writeCheckpoint(checkpoint)).toEqual(bytes);
    expect(other).toHaveBeenCalledTimes(isHere ? 0 : 2);
  });
});
