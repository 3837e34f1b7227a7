// What eight bits cost a convnet: a whole training, so in `npm run test:full` alone.
import { expect, it } from "vitest";
import { presets } from "../../src/engine/model/presets";
import { onCpu, Recording } from "../support/trainer";

it("a convnet of 8 bits loses at most 0.2 points of test accuracy", { timeout: 600_000 }, async () => {
  const { trainer } = new Recording();
  const { description } = presets.convnet;
  await trainer.prepare({ ...description, training: { ...description.training, epochs: 1 } }, onCpu);
  await trainer.train();
  await trainer.openRounding("test");
  const accuracy = async (bits: number, each: "channel" | "tensor"): Promise<number> =>
    (await trainer.scoreRounded({ bits, each }))?.["accuracy"] ?? NaN;
  const whole = (await trainer.scoreRounded(null))?.["accuracy"] ?? NaN;
  const found = {
    whole,
    "8 bits, a scale a channel": await accuracy(8, "channel"),
    "8 bits, a scale a layer": await accuracy(8, "tensor"),
    "4 bits, a scale a channel": await accuracy(4, "channel"),
    "4 bits, a scale a layer": await accuracy(4, "tensor"),
  };
  console.log(found);
  await trainer.dispose();
  expect(found["8 bits, a scale a channel"]).toBeGreaterThanOrEqual(whole - 0.002);
  expect(found["8 bits, a scale a layer"]).toBeGreaterThanOrEqual(whole - 0.002);
});
