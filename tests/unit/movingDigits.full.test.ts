// A convnet for frames and a GRU over them tell where digits go, of clips that they have never seen.
import { expect, it } from "vitest";
import { presets } from "../../src/engine/model/presets";
import { trainWhole } from "../support/wholeRuns";

it("cnn-rnn: tells the direction of held-out digits", { timeout: 1_800_000 }, async () => {
  const { test } = await trainWhole(presets["cnn-rnn"].description);
  console.log(JSON.stringify(test));
  expect(test["accuracy"]).toBeGreaterThanOrEqual(0.95);
});
