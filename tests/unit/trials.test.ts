// Races: that turns are fair, that verdicts are as sure as their numbers, and that settings reach the model.
import { describe, expect, it } from "vitest";
import { fileSource } from "../../scripts/support/fileSource";
import { parseDescription } from "../../src/engine/model/description";
import { presets } from "../../src/engine/model/presets";
import { Trials } from "../../src/engine/trainer/trials";
import type { LaneReport, RaceOrder, SearchOrder, TrialEvent } from "../../src/engine/trainer/trialsProtocol";
import { modelSettings, withSettings } from "../../src/engine/trials/settings";
import { searchScript } from "../../src/engine/trials/script";
import type { SearchLibrary } from "../../src/engine/trials/searchLibraries";
import {
  type Dimension,
  gridPoints,
  importanceOf,
  problemOf,
  randomPoints,
  rungsOf,
  suggestedRange,
  type Strategy,
} from "../../src/engine/trials/space";
import { rankShare, ranksOf, tQuantile, tTail, welch } from "../../src/engine/trials/statistics";
import { hasHad, type Racer, takeTurns } from "../../src/engine/trials/turns";
import { judge } from "../../src/engine/trials/verdict";
import { modelOf } from "../support/models";
import { MemoryRuns } from "../support/runs";
import { onCpu } from "../support/trainer";

/** Has the device for as long as it is told to and up to `grainMs` more, as a step that cannot be cut. */
function racer(grainMs: number): Racer {
  const own = {
    elapsedMs: 0,
    isOver: false,
    grainMs,
    async advance(untilMs: number) {
      do own.elapsedMs += grainMs;
      while (!hasHad(own, untilMs));
    },
  };
  return own;
}

describe("turns", () => {
  it("keep all within a slice and a step of each other, and to their budget", async () => {
    const racers = [racer(7), racer(61), racer(3)];
    let apart = 0;
    await takeTurns(racers, {
      budgetMs: 2000,
      sliceMs: 50,
      goesOn: async () => {
        const times = racers.map(({ elapsedMs }) => elapsedMs);
        apart = Math.max(apart, Math.max(...times) - Math.min(...times));
        return true;
      },
    });
    expect(apart).toBeGreaterThan(0);
    expect(apart).toBeLessThanOrEqual(50 + 61);
    for (const [i, grain] of [7, 61, 3].entries()) {
      expect(Math.abs((racers[i]?.elapsedMs ?? NaN) - 2000)).toBeLessThanOrEqual(grain / 2);
    }
  });

  it("end when they are told to", async () => {
    const only = racer(10);
    let turns = 0;
    await takeTurns([only], { budgetMs: 1e9, sliceMs: 10, goesOn: async () => turns++ < 3 });
    expect(only.elapsedMs).toBe(30);
  });
});

describe("statistics", () => {
  // scipy 1.16: 2 * stats.t.sf(t, df), stats.t.isf(0.025, df)
  it("of Student's t distribution are scipy's", () => {
    expect(tTail(2, 3)).toBeCloseTo(0.1393259685588, 10);
    expect(tTail(0.5, 1)).toBeCloseTo(0.7048327646991335, 10);
    expect(tTail(4, 30)).toBeCloseTo(0.0003818456360837564, 12);
    expect(tQuantile(0.05, 4)).toBeCloseTo(2.7764451051977934, 8);
  });

  // scipy: stats.ttest_ind(a, b, equal_var=False)
  it("of Welch's test are scipy's", () => {
    const found = welch([0.961, 0.958, 0.964], [0.951, 0.955, 0.947]);
    expect(found?.p).toBeCloseTo(0.02901682879278613, 8);
    expect(found?.difference).toBeCloseTo(0.01, 12);
    expect([found?.low, found?.high]).toEqual([
      expect.closeTo(0.0017310897528240322, 8),
      expect.closeTo(0.018268910247175987, 8),
    ]);
    expect(welch([1], [2, 3])).toBeNull();
  });

  // scipy: (stats.kruskal(*groups).statistic - k + 1) / (n - k)
  it("of ranks are those of the Kruskal-Wallis test", () => {
    expect(ranksOf([3, 1, 3, 2])).toEqual([3.5, 1, 3.5, 2]);
    const values = [2.9, 3, 2.5, 2.6, 3.2, 3.8, 2.7, 4, 2.4, 2.8, 3.4, 3.7, 2.2, 2];
    const groups = ["a", "a", "a", "a", "a", "b", "b", "b", "b", "c", "c", "c", "c", "c"];
    expect(rankShare(values, groups)).toBeCloseTo(0.0, 10);
    expect(rankShare([1, 2, 3, 10, 11, 12], [0, 0, 0, 1, 1, 1])).toBeCloseTo(0.7142857142857135, 10);
    expect(rankShare([1, 2], [0, 1])).toBeNull();
  });
});

describe("a verdict", () => {
  it("of one seed says that chance is not known", () => {
    const verdict = judge([[0.9], [0.95], [NaN]], "higher");
    expect(verdict.standings.map(({ variant }) => variant)).toEqual([1, 0, 2]);
    expect(verdict.standings[1]?.gap).toBeCloseTo(0.05);
    expect(verdict).toMatchObject({ sureness: "seeds", p: null, pairs: 1 });
  });

  it("of several is as sure as Welch's test of the first two, for all pairs", () => {
    const [a, b, c] = [
      [0.961, 0.958, 0.964],
      [0.951, 0.955, 0.947],
      [0.9, 0.91, 0.905],
    ];
    const verdict = judge([a ?? [], b ?? [], c ?? []], "higher");
    expect(verdict.p).toBeCloseTo(3 * 0.02901682879278613, 8);
    expect(verdict.sureness).toBe("open");
    expect(judge([a ?? [], c ?? []], "higher").sureness).toBe("sure");
    expect(judge([a ?? [], c ?? []], "lower").standings[0]?.variant).toBe(1);
  });
});

describe("settings", () => {
  it("are all of a model's own, each with a change that gives a valid model", () => {
    for (const { description } of Object.values(presets)) {
      const settings = modelSettings(description);
      expect(new Set(settings.map(({ key }) => key)).size).toBe(settings.length);
      const given = settings.filter(({ value }) => value !== undefined);
      const changed = given.reduce((model, { change, value }) => change(model, value), description);
      const after = modelSettings(parseDescription(changed)).map(({ key, value }) => [key, value]);
      expect(after).toEqual(settings.map(({ key, value }) => [key, value]));
    }
  });

  it("reach the model, an optimizer's after the optimizer, and what it does not have is passed over", () => {
    const base = presets.perceptron.description;
    const [network = ""] = Object.keys(base.networks);
    const values = {
      [`${network}.optimizer.learningRate`]: 0.5,
      [`${network}.optimizer.beta1`]: 0.5,
      [`${network}.optimizer`]: "SGD",
      "training.batchSize": 64,
    };
    const made = withSettings(base, values);
    expect(made.networks[network]?.optimizer).toEqual({ type: "SGD", config: { learningRate: 0.5 } });
    expect(made.training.batchSize).toBe(64);
    expect(withSettings(base, {})).toBe(base);
  });
});

describe("a space", () => {
  const { description } = presets.perceptron;
  const [network = ""] = Object.keys(description.networks);
  const settings = modelSettings(description);
  const settingOf = (key: string) => {
    const found = settings.find((own) => own.key === key);
    if (!found) throw new Error(`no setting ${key}`);
    return found;
  };
  const dimensions: Dimension[] = [
    { key: `${network}.optimizer.learningRate`, range: { kind: "log", low: 1e-4, high: 1e-1, isWhole: false } },
    { key: "training.batchSize", range: { kind: "linear", low: 10, high: 20, isWhole: true } },
    { key: `${network}.optimizer`, range: { kind: "choice", options: ["SGD", "Adam"] } },
  ];

  it("has ranges that the fields allow, for every number and choice of every preset", () => {
    for (const preset of Object.values(presets)) {
      for (const setting of modelSettings(preset.description)) {
        const range = suggestedRange(setting);
        if (range) expect([setting.key, problemOf(range, setting.field)]).toEqual([setting.key, null]);
      }
    }
    expect(suggestedRange(settingOf("training.batchSize"))).toEqual({ kind: "log", low: 16, high: 256, isWhole: true });
    const { field } = settingOf("training.batchSize");
    expect(problemOf({ kind: "log", low: 5, high: 5, isWhole: true }, field)).toBe("order");
    expect(problemOf({ kind: "log", low: 1, high: 1e6, isWhole: true }, field)).toBe("bounds");
    expect(problemOf({ kind: "choice", options: [1] }, field)).toBe("choices");
  });

  it("is sampled in every stratum once, the same for the same seed", () => {
    const points = randomPoints(dimensions, 10, 7);
    expect(points).toEqual(randomPoints(dimensions, 10, 7));
    expect(points).not.toEqual(randomPoints(dimensions, 10, 8));
    const strata = points.map((point) =>
      Math.floor((Math.log10(Number(point[`${network}.optimizer.learningRate`])) + 4) / 0.3),
    );
    expect(strata.toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(points.filter((point) => point[`${network}.optimizer`] === "SGD").length).toBe(5);
    for (const point of points) expect(Number.isInteger(point["training.batchSize"])).toBe(true);
  });

  it("is combined in full by a grid, as finely as there is room", () => {
    const points = gridPoints(dimensions, 18) ?? [];
    expect(points.length).toBe(18);
    expect([...new Set(points.map((point) => point[`${network}.optimizer.learningRate`]))]).toEqual([
      1e-4, 0.003162, 0.1,
    ]);
    expect([...new Set(points.map((point) => point["training.batchSize"]))]).toEqual([10, 15, 20]);
    expect(gridPoints(dimensions, 7)).toBeNull();
  });

  it("is halved so that every rung has the same time in all", () => {
    const rungs = rungsOf("halving", 9, 90_000);
    expect(rungs.map(({ count }) => count)).toEqual([9, 3, 1]);
    const own = rungs.map(({ count, untilMs }, i) => count * (untilMs - (rungs[i - 1]?.untilMs ?? 0)));
    for (const time of own) expect(time).toBeCloseTo(30_000);
    expect(rungsOf("random", 9, 90_000)).toEqual([{ count: 9, untilMs: 10_000 }]);
  });

  it("becomes a script for Keras, with a place for every setting that Keras has", () => {
    const dense = settings.find(({ key }) => key.endsWith(".units"))?.key ?? "";
    const more: Dimension[] = [
      { key: dense, range: { kind: "log", low: 8, high: 64, isWhole: true } },
      { key: `${network}.schedule`, range: { kind: "choice", options: ["constant", "cosine"] } },
    ];
    const scriptFor = (library: SearchLibrary, strategy: Strategy) =>
      searchScript(library, description, [...dimensions, ...more], strategy, 9);
    const script = scriptFor("optuna", "halving");
    expect(script?.leftOut).toEqual([`${network}.schedule`]);
    for (const line of [
      '"optimizer/learning_rate": trial.suggest_float("optimizer/learning_rate", 0.0001, 0.1, log=True)',
      '"fit/batch_size": trial.suggest_int("fit/batch_size", 10, 20)',
      '"optimizer": trial.suggest_categorical("optimizer", ["SGD", "Adam"])',
      'trial.suggest_int("layer/dense/units", 8, 64, log=True)',
      "SuccessiveHalvingPruner(reduction_factor=3)",
    ]) {
      expect(script?.text).toContain(line);
    }
    expect(script?.text).not.toMatch(/undefined|\btrue\b|\bnull\b/);
    const [halved, grid] = [scriptFor("ray", "halving")?.text, scriptFor("ray", "grid")?.text];
    for (const line of [
      '"optimizer/learning_rate": tune.loguniform(0.0001, 0.1)',
      '"fit/batch_size": tune.randint(10, 21)',
      '"optimizer": tune.choice(["SGD", "Adam"])',
      '"layer/dense/units": tune.lograndint(8, 65)',
      "ASHAScheduler(max_t=EPOCHS, grace_period=1, reduction_factor=3)",
    ]) {
      expect(halved).toContain(line);
    }
    expect(grid).toContain('"layer/dense/units": tune.grid_search([8, 23, 64])');
    expect(halved).not.toMatch(/undefined|\btrue\b|\bnull\b/);
    expect(searchScript("optuna", presets["gan-points"].description, dimensions, "grid", 9)).toBeNull();
  });

  it("shows what mattered", () => {
    const points = Array.from({ length: 30 }, (_, i) => ({
      [`${network}.optimizer.learningRate`]: 1e-4 * 1000 ** (i / 29),
      "training.batchSize": 10 + ((i * 7) % 11),
      [`${network}.optimizer`]: i % 2 === 0 ? "SGD" : "Adam",
    }));
    const [rate = 0, size = 1, optimizer = 1] = importanceOf(dimensions, points);
    expect(rate).toBeGreaterThan(0.8);
    expect(size).toBeLessThan(0.1);
    expect(optimizer).toBeLessThan(0.1);
    expect(importanceOf(dimensions, points.slice(0, 2))).toEqual([null, null, null]);
  });
});

describe("a race", () => {
  const model = modelOf(
    [
      ["Dense", { units: 4 }],
      ["Dense", { units: 1, activation: "sigmoid" }],
    ],
    { batchSize: 1, epochs: 10_000, validationCount: 1, loss: "meanSquaredError" },
    "xor",
  );
  const entrant = (name: string, description = model) => ({ description, name, note: "#race" });

  const cpu = { ...onCpu, threads: 1 };

  async function hearing(
    ask: (trials: Trials, hear: (event: TrialEvent) => void) => Promise<void>,
    onEvent: (trials: Trials) => void = () => {},
  ) {
    const store = new MemoryRuns();
    const trials = new Trials({
      gpu: undefined,
      openSource: () => fileSource,
      openRuns: async () => store,
      build: "b",
    });
    const events: TrialEvent[] = [];
    await ask(trials, (event) => {
      events.push(event);
      onEvent(trials);
    });
    const lanes: LaneReport[] = [];
    for (const event of events) if (event.type === "lane") lanes[event.lane] = event.report;
    return { store, events, lanes };
  }

  const run = (rounds: RaceOrder["rounds"], budgetMs: number, onEvent?: (trials: Trials) => void) =>
    hearing((trials, hear) => trials.race({ rounds, budgetMs }, cpu, hear), onEvent);

  it("gives equal variants equal seconds, and leaves ordinary kept runs that can be gone on with", async () => {
    const { store, lanes } = await run([[entrant("A"), entrant("B")]], 400);
    expect(lanes.map(({ end }) => end?.kind)).toEqual(["time", "time"]);
    for (const { elapsedMs, score } of lanes) {
      expect(elapsedMs).toBeGreaterThan(399);
      expect(score?.["loss"]).toBeGreaterThan(0);
    }
    const runs = [...store.runs.values()];
    expect(runs.map(({ state, parent }) => [state, parent])).toEqual([
      ["paused", null],
      ["paused", null],
    ]);
    expect([...store.marks.values()].map(({ name, note }) => [name, note])).toEqual([
      ["A", "#race"],
      ["B", "#race"],
    ]);
    for (const kept of runs) {
      const steps = [...store.infos.values()].filter((info) => info.run === kept.id).map(({ step }) => step);
      expect(Math.max(...steps)).toBe(kept.step);
      expect(store.kept.get(kept.id)?.train.to.at(-1)).toBe(kept.step);
    }
  });

  it("runs one round after the other, and says what cannot be prepared or diverges", async () => {
    const [network = ""] = Object.keys(model.networks);
    const wild = withSettings(model, { [`${network}.optimizer`]: "SGD", [`${network}.optimizer.learningRate`]: 10 });
    const linear = withSettings(wild, {
      [`${network}/${model.networks[network]?.blocks[1]?.id}.activation`]: "linear",
    });
    const broken = { ...model, dataset: "no such" };
    const rounds = [
      [entrant("A"), entrant("B", broken)],
      [entrant("A again"), entrant("wild", linear)],
    ];
    const { lanes, events } = await run(rounds, 400);
    expect(lanes.map(({ end }) => end?.kind)).toEqual(["time", "failed", "time", "diverged"]);
    expect(lanes[3]?.score).toBeNull();
    expect(events.flatMap((event) => (event.type === "round" ? [event.round] : []))).toEqual([0, 1]);
  });

  const search = (order: Omit<SearchOrder, "metric" | "better">, onEvent = () => {}) =>
    hearing((trials, hear) => trials.search({ ...order, metric: "loss", better: "lower" }, cpu, hear), onEvent);
  const points = { ...presets["points-circle"].description };
  const [learner = ""] = Object.keys(points.networks);
  const atRate = (rate: number) =>
    entrant(`${rate}`, withSettings(points, { [`${learner}.optimizer.learningRate`]: rate }));

  it("halves a search, so that the best go on from where they were, and the others say why they do not", async () => {
    const rungs = rungsOf("halving", 3, 600);
    const { lanes, store } = await search({ entrants: [atRate(1e-5), atRate(0.01), atRate(1e-4)], rungs });
    expect(lanes.map(({ end }) => end?.kind)).toEqual(["halved", "time", "halved"]);
    expect(lanes.flatMap(({ end }) => (end?.kind === "halved" ? [end.place, end.of, end.kept] : []))).toEqual(
      expect.arrayContaining([2, 3, 1]),
    );
    const [, winner] = lanes;
    expect(winner?.elapsedMs).toBeGreaterThan(390);
    expect(lanes[0]?.elapsedMs).toBeLessThan(winner?.elapsedMs ?? 0);
    const kept = store.runs.get(winner?.run ?? "");
    // One run, trained on after it had been put aside.
    expect(kept?.step).toBe(winner?.step);
    expect(store.runs.size).toBe(3);
    const steps = store.kept.get(winner?.run ?? "")?.train;
    expect(steps?.counts.reduce((sum, count) => sum + count, 0)).toBe(winner?.step);
  });

  it("stops a trial of a search that is worse than the median before it", async () => {
    const entrants = [0.01, 0.01, 0.01, 0.01, 1e-6].map(atRate);
    const { lanes } = await search({ entrants, rungs: rungsOf("random", 5, 600) });
    expect(lanes.map(({ end }) => end?.kind).filter((kind) => kind === "time").length).toBeGreaterThanOrEqual(4);
    const end = lanes[4]?.end;
    expect(end).toMatchObject({ kind: "median", of: 4 });
    if (end?.kind === "median") expect(end.value).toBeGreaterThan(end.median);
  });

  it("holds when paused, and ends when stopped with what runs scored", async () => {
    let steps = 0;
    const { lanes } = await run([[entrant("A"), entrant("B")], [entrant("never")]], 1e9, (trials) => {
      if (++steps !== 20) return;
      void trials.pause(true);
      setTimeout(() => void trials.stop(), 50);
    });
    expect(lanes.map(({ end }) => end?.kind)).toEqual(["stopped", "stopped", "stopped"]);
    expect(lanes[0]?.score?.["loss"]).toBeGreaterThan(0);
    expect(lanes[2]?.run).toBeNull();
  });
});
