// Ways that are made ready before the tuner asks for them: which, how many, and what becomes of those it never asks for.
import { describe, expect, it, vi } from "vitest";
import type { Executable } from "../../src/engine/backend/backend";
import { DeviceLostError } from "../../src/engine/errors";
import type { GemmVariant } from "../../src/engine/graph/kernel";
import { Ahead } from "../../src/engine/tune/ahead";

const variants: readonly GemmVariant[] = ["reduce", "tiled", "registers", "tiled64"];

/** What is made ready at once, in order, and what was let go of. */
function making(ahead: number, isSpent = () => false) {
  const begun: GemmVariant[] = [];
  const gone: GemmVariant[] = [];
  const prepare = async (variant: GemmVariant): Promise<Executable | undefined> => {
    begun.push(variant);
    const none = () => Promise.reject(new Error("nothing is run here"));
    const dispose = (): void => void gone.push(variant);
    return {
      launches: [],
      launchesPerRow: 1,
      memoryBytes: 0,
      run: vi.fn<Executable["run"]>(),
      read: none,
      profile: none,
      dispose,
    };
  };
  return { ways: new Ahead(variants, prepare, isSpent, ahead), begun, gone };
}

describe("ways", () => {
  it("are made ready when they are asked for, where none may be ahead", async () => {
    const { ways, begun, gone } = making(0);
    for (const [i] of variants.entries()) {
      expect(await ways.next()).toBeDefined();
      expect(begun).toEqual(variants.slice(0, i + 1));
    }
    expect(await ways.next()).toBeUndefined();
    await ways.dispose();
    expect(gone).toEqual([]);
  });

  it("are so many ahead of the one that is asked for, and let go of where nobody asks", async () => {
    const { ways, begun, gone } = making(2);
    const first = ways.next();
    expect(begun).toEqual(["reduce", "tiled", "registers"]);
    (await first)?.dispose();
    await ways.next();
    expect(begun).toEqual(variants);
    await ways.dispose();
    expect(gone).toEqual(["reduce", "registers", "tiled64"]);
  });

  it("are no more ahead once the time is spent", async () => {
    let isSpent = false;
    const { ways, begun } = making(1, () => isSpent);
    await ways.next();
    expect(begun).toEqual(["reduce", "tiled"]);
    isSpent = true;
    await ways.next();
    expect(begun).toEqual(["reduce", "tiled"]);
  });

  it("that fail are heard of by who asks for them only", async () => {
    const gone: string[] = [];
    const ways = new Ahead(
      variants,
      (variant) => Promise.reject(new DeviceLostError(variant)),
      () => false,
      3,
    );
    await expect(ways.next()).rejects.toThrow("reduce");
    await ways.dispose();
    expect(gone).toEqual([]);
  });
});
