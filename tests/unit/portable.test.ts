// Portable programs: every layer in simple steps, run in plain JavaScript, gives what the engine gives.
import { describe, expect, it } from "vitest";
import { layersIn } from "../../src/engine/io/exported";
import { kerasLayers } from "../../src/engine/io/keras/layers";
import { lowerNetwork, unlowered } from "../../src/engine/io/portable/lower";
import { makeRuntime } from "../../src/engine/io/portable/runtime";
import { layers } from "../../src/engine/nn/layers";
import { sizeOf } from "../../src/engine/shape";
import { exportCases, farthest } from "../support/exported";

const run = makeRuntime();

describe("portable programs", () => {
  it.each(Object.entries(exportCases))("of %s give what the engine gives", async (_, make) => {
    const { model, samples, count, outputs } = await make();
    const [network] = model.networks;
    if (!network) throw new Error("expected a network, got none");
    const program = lowerNetwork(network);
    const weights = Object.fromEntries(Object.entries(program.weights).map(([key, { data }]) => [key, data]));
    const size = sizeOf(network.input.shape);
    const given = Array.from({ length: count }, (_s, i) =>
      run(program, weights, samples.slice(i * size, (i + 1) * size)),
    );
    expect(
      farthest(
        given.flatMap((values) => Array.from(values)),
        outputs,
      ),
    ).toBeLessThan(2e-6);
  });

  it("know every layer", async () => {
    const cases = await Promise.all(Object.values(exportCases).map((make) => make()));
    const blocks = cases.flatMap(({ model }) => model.networks.flatMap((network) => network.blocks));
    const seen = new Set<string>(layersIn(blocks).map(({ type }) => type));
    expect(Object.keys(layers).filter((type) => !seen.has(type))).toEqual([]);
    expect(Object.keys(kerasLayers)).toEqual(expect.arrayContaining(Object.keys(layers)));
    expect(unlowered(blocks)).toEqual([]);
  });
});
