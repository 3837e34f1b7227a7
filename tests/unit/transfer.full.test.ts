// What a convnet learns on the digits 0 to 4 serves for 5 to 9.
import { expect, it } from "vitest";
import { modelOfStage } from "../../app/start/stages";
import { presets } from "../../src/engine/model/presets";
import { trainWhole } from "../support/wholeRuns";

it("transfer: features of 0 to 4, frozen, tell 5 to 9 apart", { timeout: 1_800_000 }, async () => {
  const { description } = presets.transfer;
  const low = await trainWhole(description);
  const model = modelOfStage("transfer", 1, description);
  const high = await trainWhole(model, low.weights);
  const alone = await trainWhole(modelOfStage("transfer", 2, description));
  console.log(JSON.stringify({ low: low.test, high: high.test, alone: alone.test }));
  expect(high.weights["conv2d_1/kernel"]?.data).toEqual(low.weights["conv2d_1/kernel"]?.data);
  expect(high.test["accuracy"]).toBeGreaterThanOrEqual(0.985);
});
