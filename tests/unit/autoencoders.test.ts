// Encoders and decoders: noise that only the encoder sees, codes that are distributions, and questions to one network alone.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Backend } from "../../src/engine/backend/backend";
import { openCpuBackend } from "../../src/engine/backend/cpu/openCpuBackend";
import type { Dataset } from "../../src/engine/data";
import { ring } from "../../src/engine/data/ring";
import { analyzeModel } from "../../src/engine/model/analyze";
import type { ModelDescription } from "../../src/engine/model/description";
import { fixedKey, withLiveSettings } from "../../src/engine/model/liveSettings";
import { presets } from "../../src/engine/model/presets";
import { ResidentData } from "../../src/engine/train/resident";
import { Session } from "../../src/engine/train/session";
import { english } from "../../src/engine/words/said";
import { firstDigits } from "../support/mnist";
import { smallAutoencoder } from "../support/models";

let backend: Backend;
let points: Dataset;
beforeAll(async () => {
  backend = await openCpuBackend();
  points = await ring.load(async () => new Uint8Array());
});
afterAll(() => backend.dispose());

const open = (description: ModelDescription, dataset: Dataset): Promise<Session> =>
  Session.create({
    backend,
    description: { ...description, training: { ...description.training, validationCount: 0 } },
    dataset,
    resident: new ResidentData(backend),
  });

/** Gives some weights these values, the others 0. */
async function setSome(session: Session, values: Readonly<Record<string, readonly number[]>>): Promise<void> {
  const all = Object.entries(await session.weights()).map(([name, { shape, data }]) => {
    return [name, { shape, data: Float32Array.from(data, (_, i) => values[name]?.[i] ?? 0) }] as const;
  });
  session.setWeights(Object.fromEntries(all));
}

async function firstScore(session: Session) {
  session.runSteps(0, [{ encoder: 0, decoder: 0 }]);
  return (await session.readScores(0, 1))[0] ?? {};
}

describe("noise on the input", () => {
  it("is of the standard deviation that is set, and is no part of what is to be rebuilt", async () => {
    const session = await open(smallAutoencoder("reconstruction", { noise: 0.5 }, 2), points);
    const identity = [1, 0, 0, 1];
    await setSome(session, { "encoder/dense/kernel": identity, "decoder/dense/kernel": identity });
    const count = 1000;
    const { noisy, rebuilt } = await session.show({ point: new Float32Array(2 * count) }, count);
    const squares = noisy?.data.reduce((total, value) => total + value * value, 0) ?? NaN;
    expect(Math.sqrt(squares / (2 * count))).toBeCloseTo(0.5, 1);
    expect(rebuilt?.data).toEqual(noisy?.data);
    // What comes back is the noisy point, held against the clean one: off by the noise's variance.
    expect((await firstScore(session))["loss"]).toBeCloseTo(0.25, 1);
    session.dispose();
  });

  it("leaves pixels between 0 and 1", async () => {
    const session = await open(presets.denoiser.description, await firstDigits(200, 100));
    const { noisy } = await session.show({ image: new Float32Array(784).fill(0.5) }, 1);
    const values = [...(noisy?.data ?? [])];
    expect(Math.min(...values)).toBe(0);
    expect(Math.max(...values)).toBe(1);
    expect(new Set(values).size).toBeGreaterThan(300);
    session.dispose();
  });

  it("changes during a run, and so does the KL weight: they begin nothing anew", () => {
    const [running, edited] = [0, 0.3].map((noise) => smallAutoencoder("reconstruction", { noise }, 2));
    expect(fixedKey(edited!)).toBe(fixedKey(running!));
    expect(withLiveSettings(running!, edited!).task.config["noise"]).toBe(0.3);
    const other = smallAutoencoder("reconstruction", { noise: 0.3, loss: "meanAbsoluteError" }, 2);
    expect(fixedKey(other)).not.toBe(fixedKey(running!));
    expect(withLiveSettings(running!, other).task.config).toMatchObject({ noise: 0.3, loss: "meanSquaredError" });
  });
});

describe("a code that is a distribution", () => {
  const model = (klWeight: number) => smallAutoencoder("variational", { klWeight }, 4);

  it("costs its divergence from the standard normal one, by hand", async () => {
    const session = await open(model(3), points);
    // Means 1 and -0.5, variances 4 and 1: (1 + 4 - 1 - log 4) / 2 + 0.25 / 2.
    await setSome(session, { "encoder/dense/bias": [1, -0.5, Math.log(4), 0] });
    const score = await firstScore(session);
    const divergence = (4 - Math.log(4) + 0.25) / 2;
    expect(score["klDivergence"]).toBeCloseTo(divergence, 5);
    expect(score["loss"]).toBeCloseTo((score["reconstructionLoss"] ?? NaN) + 3 * divergence, 4);
    session.dispose();
  });

  it("is drawn anew for the loss, with its mean and variance; what is shown is its mean", async () => {
    const session = await open(model(1), points);
    const first = [1, 0, 0, 0];
    await setSome(session, { "encoder/dense/bias": [3, 0, Math.log(0.25), -40], "decoder/dense/kernel": first });
    const { code, rebuilt } = await session.show({ point: Float32Array.of(0.3, 0.4) }, 1);
    expect([...(code?.data ?? [])]).toEqual([3, 0]);
    expect([...(rebuilt?.data ?? [])]).toEqual([3, 0]);
    // The first coordinate is rebuilt as 3 + n / 2: off by 9 + 1/4 and the squares of the data, of radius 1 in all.
    const { reconstructionLoss: reconstruction = NaN } = await firstScore(session);
    expect(Math.abs(reconstruction - (9 + 0.25 + 1))).toBeLessThan(1.2);
    session.dispose();
  });

  it("takes two numbers of the encoder for each of the decoder's, and says so where they are odd", () => {
    expect(analyzeModel(model(1), points).networks["decoder"]?.input?.shape).toEqual([2]);
    const { problems } = analyzeModel(smallAutoencoder("variational", {}, 5), points);
    const problem = problems.find(({ severity }) => severity === "error");
    expect(problem && english(problem.said)).toMatch(/even count of numbers.*gives \[?5/);
  });
});

describe("questions to one network", () => {
  it.each(["autoencoder", "vae"] as const)(
    "%s: codes, and what codes decode to, are those of both together",
    async (id) => {
      const digits = await firstDigits(200, 100);
      const session = await open(presets[id].description, digits);
      const image = Float32Array.from({ length: 3 * 784 }, (_, i) => ((i * 37) % 255) / 255);
      const { code, rebuilt } = await session.show({ image }, 3);
      const encoded = await session.show({ image }, 3, 0, "encode");
      expect(Object.keys(encoded)).toEqual(["code"]);
      const near = (got: Float32Array | undefined, wanted: Float32Array | undefined): void => {
        expect(got).toHaveLength(wanted?.length ?? NaN);
        got?.forEach((value, i) => expect(value).toBeCloseTo(wanted?.[i] ?? NaN, 5));
      };
      near(encoded["code"]?.data, code?.data);
      near(
        (await session.show({ code: code?.data ?? new Float32Array() }, 3, 0, "decode"))["rebuilt"]?.data,
        rebuilt?.data,
      );
      await expect(session.show({}, 1, 0, "unknown")).rejects.toThrow(/expected encode, decode, got "unknown"/);
      session.dispose();
    },
  );
});
