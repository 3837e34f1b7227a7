// k-means on ten thousand digits against scikit-learn's on the same ones.
import { expect, it } from "vitest";
import { openCpuBackend } from "../../src/engine/backend/cpu/openCpuBackend";
import { presets } from "../../src/engine/model/presets";
import { ResidentData } from "../../src/engine/train/resident";
import { Session } from "../../src/engine/train/session";
import { firstDigits } from "../support/mnist";

/** The best of `KMeans(10, n_init=1, random_state=s, tol=0).fit(x).inertia_ / 10_000` for s from 0 to 4, scikit-learn 1.7, x the first
 *  10,000 training digits divided by 255. */
const BEST = 38.8135;

async function inertiaOf(seed: number): Promise<number> {
  const { description } = presets["kmeans-digits"];
  const backend = await openCpuBackend({ threads: 1 });
  const session = await Session.create({
    backend,
    description: { ...description, training: { ...description.training, seed } },
    dataset: await firstDigits(10_000),
    resident: new ResidentData(backend),
  });
  const { epochs } = description.training;
  session.runSteps(
    0,
    Array.from({ length: epochs }, () => ({ model: 0 })),
  );
  const scores = await session.readScores(epochs - 1, epochs);
  session.dispose();
  backend.dispose();
  const inertia = scores[0]?.["inertia"] ?? NaN;
  console.log(`seed ${seed}: ${inertia.toFixed(4)}, ${((inertia / BEST - 1) * 100).toFixed(2)}% above`);
  return inertia;
}

it("the best of five starts comes within 1% of scikit-learn's", { timeout: 300_000 }, async () => {
  let best = Infinity;
  for (const seed of [1, 2, 3, 4, 5]) best = Math.min(best, await inertiaOf(seed));
  expect(best).toBeLessThan(1.01 * BEST);
});
