// Clusters: k-means++ and Lloyd's steps against plain arithmetic in float64, purity by hand, and what the page asks of them.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { groupsOf, paintNearest, purityOf } from "../../app/inspect/views/clusters/grouped";
import type { Backend } from "../../src/engine/backend/backend";
import { openCpuBackend } from "../../src/engine/backend/cpu/openCpuBackend";
import type { Dataset } from "../../src/engine/data";
import { inquiryOf } from "../../src/engine/inspect";
import { analyzeModel } from "../../src/engine/model/analyze";
import { parseDescription } from "../../src/engine/model/description";
import { metrics } from "../../src/engine/nn/metrics";
import { ResidentData } from "../../src/engine/train/resident";
import { Session } from "../../src/engine/train/session";
import { labelled, splitOf } from "../support/data";
import { type BlockSpec, modelOf } from "../support/models";

let backend: Backend;
beforeAll(async () => {
  backend = await openCpuBackend();
});
afterAll(() => backend.dispose());

/** Points around (0, 0), (10, 0) and (0, 10), ten of each: the last of them is of another class. */
const COUNT = 30;
const points = Float32Array.from({ length: 2 * COUNT }, (_, i) => {
  const blob = Math.floor(i / 20);
  const middle = blob > 0 && blob - 1 === i % 2 ? 10 : 0;
  return middle + Math.sin(3.7 * i);
});
const labels = Uint8Array.from({ length: COUNT }, (_, n) => (n === COUNT - 1 ? 0 : Math.floor(n / 10)));
const dataset: Dataset = labelled(
  {
    id: "mnist",
    title: "Blobs",
    input: { kind: "points", shape: [2], dtype: "f32", scale: 1 },
    names: ["a", "b", "c"],
  },
  splitOf(points, labels),
);

const modelWith = (blocks: readonly BlockSpec[], batchSize = COUNT) =>
  parseDescription({
    ...modelOf(blocks, { batchSize, validationCount: 0 }),
    task: { type: "clustering", config: {} },
  });

async function sessionOf(config: Record<string, number>, batchSize = COUNT): Promise<Session> {
  const description = modelWith([["Centroids", { clusters: 3, ...config }]], batchSize);
  const resident = new ResidentData(backend);
  return await Session.create({ backend, description, dataset, resident, shuffle: false });
}

async function stepOf(session: Session, step: number): Promise<Float32Array> {
  session.runSteps(step, [{ model: 0.01 }]);
  return (await session.weights())["centroids/centroids"]?.data ?? new Float32Array();
}

/** Sums and counts of the samples that are nearest to each centroid. */
function gathered(from: ArrayLike<number>, rows: readonly number[]) {
  const sums = new Float64Array(from.length);
  const counts = new Float64Array(from.length / 2);
  for (const n of rows) {
    const [x, y] = [points[2 * n] ?? 0, points[2 * n + 1] ?? 0];
    const away = Array.from(counts, (_, j) => ((from[2 * j] ?? 0) - x) ** 2 + ((from[2 * j + 1] ?? 0) - y) ** 2);
    const j = away.indexOf(Math.min(...away));
    sums[2 * j] = (sums[2 * j] ?? 0) + x;
    sums[2 * j + 1] = (sums[2 * j + 1] ?? 0) + y;
    counts[j] = (counts[j] ?? 0) + 1;
  }
  return { sums, counts };
}

describe("the centroids", () => {
  it("begin as samples that are far from each other, and then each is the mean of its own", async () => {
    const session = await sessionOf({});
    const firsts: number[] = [];
    for (let step = 0; step < 3; step++) {
      const centroids = await stepOf(session, step);
      const [x = NaN, y = NaN] = centroids.subarray(2 * step);
      const row = Array.from({ length: COUNT }, (_, n) => n).findIndex(
        (n) => points[2 * n] === x && points[2 * n + 1] === y,
      );
      expect(row).toBeGreaterThanOrEqual(0);
      firsts.push(Math.floor(row / 10));
      // Those that are not there yet lie on the one that came last.
      for (let later = step; later < 3; later++) expect(centroids[2 * later]).toBe(x);
    }
    // Within a blob squared distances are a hundred times as small: another one is drawn.
    expect(firsts.toSorted((a, b) => a - b)).toEqual([0, 1, 2]);
    const before = (await session.weights())["centroids/centroids"]?.data ?? [];
    const { sums, counts } = gathered(before, [...Array(COUNT).keys()]);
    const after = await stepOf(session, 3);
    after.forEach((value, i) => expect(value).toBeCloseTo((sums[i] ?? 0) / (counts[i >> 1] ?? 0), 5));
    // What a step tells is of the centroids before it; the blobs are the clusters.
    await stepOf(session, 4);
    const [score] = await session.readScores(4, 5);
    let inertia = 0;
    points.forEach((value, i) => {
      const blob = Math.floor(i / 20);
      const mean = (sums[2 * firsts.indexOf(blob) + (i % 2)] ?? 0) / 10;
      inertia += (value - mean) ** 2 / COUNT;
    });
    expect(score?.["inertia"]).toBeCloseTo(inertia, 4);
    expect(score?.["purity"]).toBeCloseTo(29 / 30, 6);
    session.dispose();
  });

  it("remember earlier batches as long as they are told to, and count no padding", async () => {
    // 30 samples by 8: every fourth batch has two of padding.
    const session = await sessionOf({ memory: 0.5 }, 8);
    let before: ArrayLike<number> = [];
    for (let step = 0; step < 3; step++) before = await stepOf(session, step);
    let kept = new Float64Array(3);
    for (let step = 3; step < 9; step++) {
      const first = (step % 4) * 8;
      const rows = Array.from({ length: Math.min(8, COUNT - first) }, (_, i) => first + i);
      const { sums, counts } = gathered(before, rows);
      kept = kept.map((count, j) => 0.5 * count + (counts[j] ?? 0));
      const expected = Array.from(sums, (sum, i) => {
        const c = before[i] ?? 0;
        return c + (sum - (counts[i >> 1] ?? 0) * c) / Math.max(1e-6, kept[i >> 1] ?? 0);
      });
      const after = await stepOf(session, step);
      expected.forEach((value, i) => expect(after[i]).toBeCloseTo(value, 4));
      before = after;
    }
    session.dispose();
  });

  it("stay where they are when frozen", async () => {
    const description = modelWith([["Centroids", { clusters: 2 }]]);
    const [block] = description.networks["model"]?.blocks ?? [];
    const frozen = {
      ...description,
      networks: { model: { ...description.networks["model"], blocks: [{ ...block, frozen: true }] } },
    };
    const session = await Session.create({
      backend,
      description: parseDescription(frozen),
      dataset,
      resident: new ResidentData(backend),
    });
    expect([...(await stepOf(session, 0))]).toEqual([0, 0, 0, 0]);
    session.dispose();
  });
});

it("a model that groups must end in centroids", () => {
  const { problems } = analyzeModel(modelWith([["Dense", { units: 3 }]]), dataset);
  expect(problems).toMatchObject([{ severity: "error", fix: { kind: "append", layer: "Centroids" } }]);
});

it("purity adds up over batches", () => {
  // 2 classes: cluster 0 has 3 and 1 of them, cluster 1 none and 4.
  expect(metrics.purity.ofSums([16, 3, 1, 0, 4], 8)).toBeCloseTo(7 / 8, 9);
});

describe("what the page asks", () => {
  it("tells the nearest cluster of each test sample, and its middle", async () => {
    const session = await sessionOf({});
    for (let step = 0; step < 5; step++) await stepOf(session, step);
    const inquiry = await inquiryOf("clusters");
    const flow = { pause: async (): Promise<void> => {} };
    const found = await inquiry.answer(await session.subject(5, { model: 0.01 }), { count: 100 }, flow);
    expect(found).toMatchObject({ step: 5, count: 3, areSamples: true });
    expect([...found.middles]).toEqual([...((await session.weights())["centroids/centroids"]?.data ?? [])]);
    const groups = groupsOf(3, found.nearest, found.distances, labels);
    expect(groups.map(({ rows }) => rows.length)).toEqual([10, 10, 10]);
    expect(purityOf(groups)).toBeCloseTo(29 / 30, 9);
    for (const { rows } of groups) {
      const away = rows.map((row) => found.distances[row] ?? NaN);
      expect(away).toEqual(away.toSorted((a, b) => a - b));
    }
    session.dispose();
  });

  it("paints every place in the colour of the nearest middle", () => {
    const pixels = paintNearest([-1, 1, 1, -1], [0, 240], 2, 2);
    const colourAt = (place: number): string => [...pixels.subarray(4 * place, 4 * place + 3)].join();
    // From the top left: the first middle, a tie, which the first has, and the second.
    expect([0, 1, 2, 3].map(colourAt)).toEqual(["215,66,66", "215,66,66", "215,66,66", "66,66,215"]);
  });
});
