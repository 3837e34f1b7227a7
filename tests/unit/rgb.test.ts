// Colour images, from their bytes to the page: what analysis, training and the result views make of three channels, and of two.
import type { ReactElement } from "react";
import { text } from "node:stream/consumers";
import { prerenderToNodeStream } from "react-dom/static";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readClassified, toPixels } from "../../app/inspect/views/readPredictions";
import { resultViews } from "../../app/inspect/views";
import { useRun } from "../../app/store/run";
import type { Predictions } from "../../src/engine";
import type { Backend } from "../../src/engine/backend/backend";
import { openCpuBackend } from "../../src/engine/backend/cpu/openCpuBackend";
import type { Dataset } from "../../src/engine/data";
import { analyzeModel } from "../../src/engine/model/analyze";
import type { ModelDescription } from "../../src/engine/model/description";
import { defaultLearning } from "../../src/engine/model/presets";
import { uniform } from "../../src/engine/random";
import { ResidentData } from "../../src/engine/train/resident";
import { Session } from "../../src/engine/train/session";
import { nextTask } from "../../src/engine/train/yielding";
import { samplePredictions } from "../../src/engine/trainer/predictions";
import { labelled, splitOf } from "../support/data";
import { blocksOf, modelOf, ratesOf } from "../support/models";
import { accuracyOf } from "../support/scores";

const [HEIGHT, WIDTH, SAMPLES] = [6, 5, 48];

/** Images of noise, each brightest in the channel that is its class. */
function coloured(channels: number): Dataset {
  const size = HEIGHT * WIDTH * channels;
  const label = Uint8Array.from({ length: SAMPLES }, (_, n) => n % channels);
  const image = Uint8Array.from({ length: SAMPLES * size }, (_, i) => {
    const isOwn = i % channels === label[Math.floor(i / size)];
    return Math.floor(100 * uniform(0, 0, 0, i)) + (isOwn ? 155 : 0);
  });
  const names = ["red", "green", "blue"].slice(0, channels);
  const input = { kind: "image", shape: [HEIGHT, WIDTH, channels], dtype: "u8", scale: 1 / 255 } as const;
  return labelled({ id: "colours", title: "Colours", input, names }, splitOf(image, label));
}

let backend: Backend;
beforeAll(async () => {
  backend = await openCpuBackend();
});
afterAll(() => backend.dispose());

/** What the page is given of a model after some steps. */
async function trained(description: ModelDescription, dataset: Dataset, steps: number) {
  const { problems } = analyzeModel(description, dataset);
  expect(problems).toEqual([]);
  const session = await Session.create({ backend, description, dataset, resident: new ResidentData(backend) });
  const rates = Object.fromEntries(Object.keys(description.networks).map((name) => [name, 0.01]));
  session.runSteps(
    0,
    ratesOf(0, steps).map(() => rates),
  );
  const score = await session.scoreTest(nextTask);
  const predictions = await samplePredictions({ session, dataset }, 0, 4);
  session.dispose();
  return { score, predictions };
}

/** What the first view that suits them draws, as markup, once all that it fetches is there. */
async function drawn(predictions: Predictions): Promise<{ readonly id: string; readonly markup: string } | undefined> {
  // Who renders without a browser reads of a store what it begins with.
  Object.assign(useRun.getInitialState(), { predictions });
  for (const { id, render } of resultViews) {
    const content = render(predictions);
    if (content === null) continue;
    const { prelude } = await prerenderToNodeStream(content as ReactElement);
    return { id, markup: await text(prelude) };
  }
  return undefined;
}

const network = (...layers: Parameters<typeof blocksOf>[0]) => ({ ...defaultLearning, blocks: blocksOf(layers, "b") });

describe("images of three channels", () => {
  const dataset = coloured(3);
  const classifier = modelOf(
    [
      ["Conv2D", { filters: 4, kernelSize: [3, 3], activation: "relu" }],
      ["BatchNormalization"],
      ["GlobalAveragePooling2D"],
      ["Dense", { units: 3, activation: "softmax" }],
    ],
    { batchSize: 12 },
    "colours",
  );

  it("are told with all their channels: a kernel sees three", () => {
    const { layers, networks } = analyzeModel(classifier, dataset);
    expect(networks["model"]?.input?.shape).toEqual([HEIGHT, WIDTH, 3]);
    expect(layers[0]).toMatchObject({ output: { shape: [4, 3, 4] }, parameterCount: 3 * 3 * 3 * 4 + 4 });
  });

  it("are learnt, and shown in their colours with what the model takes them for", async () => {
    const { score, predictions } = await trained(classifier, dataset, 120);
    expect(accuracyOf(score)).toBe(1);
    const classified = readClassified(predictions);
    expect(classified?.verdicts.map(({ isRight }) => isRight)).toEqual([true, true, true, true]);
    for (const { input, label } of classified?.verdicts ?? []) {
      const pixels = toPixels(input, 3);
      expect(pixels).toHaveLength(HEIGHT * WIDTH * 4);
      const sums = [0, 1, 2, 3].map((c) => pixels.filter((_, i) => i % 4 === c).reduce((a, b) => a + b, 0));
      expect(sums[3]).toBe(255 * HEIGHT * WIDTH);
      expect(sums.slice(0, 3).indexOf(Math.max(...sums.slice(0, 3)))).toBe(label);
    }
    const view = await drawn(predictions);
    expect(view?.id).toBe("answers");
    expect(view?.markup.match(/<canvas width="5" height="6"/g)).toHaveLength(4);
    expect(view?.markup).toContain("green");
  });

  it("are rebuilt by an autoencoder, and drawn beside what it makes of them", async () => {
    const shape = { targetShape: [HEIGHT, WIDTH, 3] };
    const { predictions } = await trained(
      {
        ...classifier,
        task: { type: "reconstruction", config: {} },
        networks: {
          encoder: network(["Flatten"], ["Dense", { units: 8, activation: "relu" }]),
          decoder: network(["Dense", { units: HEIGHT * WIDTH * 3, activation: "sigmoid" }], ["Reshape", shape]),
        },
      },
      dataset,
      4,
    );
    expect(predictions.shown["rebuilt"]?.shape).toEqual([HEIGHT, WIDTH, 3]);
    const view = await drawn(predictions);
    expect(view?.id).toBe("rebuilt-images");
    // Of four samples the original, what is rebuilt of it, and where that is off.
    expect(view?.markup.match(/<canvas width="5" height="6"/g)).toHaveLength(12);
  });

  it("are made by a generator", async () => {
    const shape = { targetShape: [HEIGHT, WIDTH, 3] };
    const { predictions } = await trained(
      {
        ...classifier,
        task: { type: "adversarial", config: { noise: 4 } },
        networks: {
          generator: network(["Dense", { units: HEIGHT * WIDTH * 3, activation: "sigmoid" }], ["Reshape", shape]),
          discriminator: network(["Flatten"], ["Dense", { units: 1 }]),
        },
      },
      dataset,
      2,
    );
    const view = await drawn(predictions);
    expect(view?.id).toBe("made-images");
    expect(view?.markup.match(/<canvas width="5" height="6"/g)).toHaveLength(4);
  });
});

it("images of two channels, which are no colours, are drawn by the first", async () => {
  const dataset = coloured(2);
  const dense = modelOf([["Flatten"], ["Dense", { units: 2, activation: "softmax" }]], { batchSize: 12 }, "colours");
  const { predictions } = await trained(dense, dataset, 1);
  expect((await drawn(predictions))?.id).toBe("answers");
  expect([...toPixels(Float32Array.of(1, 0, 0, 1), 2)]).toEqual([255, 255, 255, 255, 0, 0, 0, 255]);
});
