// Models taken out of a run: what each of their networks gives by itself is what their portable steps give, so that files can be proved.
import { afterAll, describe, expect, it } from "vitest";
import { infoOf } from "../../src/engine/data/dataset";
import { requireDataset } from "../../src/engine/data/library";
import { exportedModel } from "../../src/engine/io/exported";
import { networkSamples } from "../../src/engine/io/samples";
import type { ModelDescription } from "../../src/engine/model/description";
import { presets } from "../../src/engine/model/presets";
import { farthest } from "../support/exported";
import { smallAutoencoder } from "../support/models";
import { onCpu, Recording } from "../support/trainer";

const { trainer } = new Recording();
afterAll(() => trainer.dispose());

describe("a taken model", () => {
  it.each<[string, ModelDescription, readonly string[]]>([
    ["a GAN", presets["gan-points"].description, ["generator"]],
    ["a denoising autoencoder", smallAutoencoder("reconstruction", { noise: 0.5 }, 3), ["encoder", "decoder"]],
    ["an agent", presets["cart-pole"].description, ["policy", "baseline"]],
    ["a variational autoencoder", smallAutoencoder("variational", {}, 4), ["encoder", "decoder"]],
  ])("of %s tells what its networks give apart", async (_, description, networks) => {
    await trainer.prepare(description, onCpu);
    const taken = await trainer.take(20, true);
    if (!taken) throw new Error("expected a model, got none");
    const model = exportedModel(taken.description, infoOf(requireDataset(description.dataset)), taken.weights);
    const samples = await networkSamples(model, taken.columns, taken.count);
    expect(Object.keys(taken.apart)).toEqual(networks);
    for (const { network, outputs } of samples.filter(({ network: name }) => networks.includes(name))) {
      const own = taken.apart[network] ?? [];
      // Means come first.
      const [told, made] = [own.length / 20, outputs.length / 20];
      const means = Array.from(own, (_value, i) => outputs[Math.floor(i / told) * made + (i % told)] ?? NaN);
      expect(farthest(own, means), network).toBeLessThan(1e-5);
      expect(Math.max(...means)).toBeGreaterThan(0);
    }
    expect((await trainer.take(1))?.apart).toEqual({});
  });
});
