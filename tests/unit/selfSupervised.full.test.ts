// What is learnt without labels is worth ten points where there are a hundred of them: whole trainings of the same net, begun with that and from
// scratch, under the same head, with the same labels and steps.
import { expect, it } from "vitest";
import { modelOfStage } from "../../app/start/stages";
import type { ModelDescription } from "../../src/engine/model/description";
import { presets } from "../../src/engine/model/presets";
import { trainWhole } from "../support/wholeRuns";

const PRESET = "masked-pretraining";

const seeded = (model: ModelDescription, seed: number): ModelDescription => ({
  ...model,
  training: { ...model.training, seed },
});

/** Points of accuracy on the test set. */
const pointsOf = (test: Readonly<Record<string, number>>): number => 100 * (test["accuracy"] ?? NaN);

it("masked pretraining gains ten points on a hundred labels, seeds 1 to 3", { timeout: 3_600_000 }, async () => {
  const gains: number[] = [];
  for (const seed of [1, 2, 3]) {
    const first = seeded(presets[PRESET].description, seed);
    const { weights } = await trainWhole(first);
    const begun = pointsOf((await trainWhole(modelOfStage(PRESET, 1, first), weights)).test);
    const alone = pointsOf((await trainWhole(modelOfStage(PRESET, 2, first))).test);
    console.log(`seed ${seed}: ${begun.toFixed(1)}% against ${alone.toFixed(1)}% from scratch`);
    gains.push(begun - alone);
  }
  const mean = gains.reduce((total, gain) => total + gain, 0) / gains.length;
  console.log(`mean gain ${mean.toFixed(2)} points`);
  expect(mean).toBeGreaterThanOrEqual(10);
});
