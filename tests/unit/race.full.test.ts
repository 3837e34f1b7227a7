// How fair turns are on a real model: two equal variants side by side on the CPU, 6 s of it each. Run by `npm run test:full`.
import { expect, it } from "vitest";
import { fileSource } from "../../scripts/support/fileSource";
import { startThread } from "../../scripts/support/helperThread";
import { presets } from "../../src/engine/model/presets";
import { Trials } from "../../src/engine/trainer/trials";
import type { LaneReport } from "../../src/engine/trainer/trialsProtocol";
import { MemoryRuns } from "../support/runs";
import { onCpu } from "../support/trainer";

const BUDGET_MS = 6000;
/** Of the device's seconds, between equal variants. */
const MAX_APART = 0.02;

it.each(["perceptron", "convnet"] as const)(
  "equal variants of %s have equal seconds of the device",
  async (id) => {
    const trials = new Trials({
      gpu: undefined,
      openSource: () => fileSource,
      openRuns: async () => new MemoryRuns(),
      startHelper: startThread,
    });
    const { description } = presets[id];
    const entrants = ["A", "B"].map((name) => ({ description, name, note: "" }));
    const lanes: LaneReport[] = [];
    let apartMs = 0;
    await trials.race({ rounds: [entrants], budgetMs: BUDGET_MS }, onCpu, (event) => {
      if (event.type !== "lane") return;
      lanes[event.lane] = event.report;
      const [a, b] = lanes;
      if (a && b && b.state === "waiting") apartMs = Math.max(apartMs, Math.abs(a.elapsedMs - b.elapsedMs));
    });
    const [a, b] = lanes.map(({ elapsedMs }) => elapsedMs);
    const apart = Math.abs((a ?? NaN) - (b ?? NaN)) / Math.min(a ?? NaN, b ?? NaN);
    const steps = lanes.map(({ step }) => step);
    console.log(
      `${id}: ${lanes.map(({ elapsedMs }) => (elapsedMs / 1000).toFixed(3)).join(" and ")} s of the device, ` +
        `${(apart * 100).toFixed(2)}% apart; at most ${apartMs.toFixed(0)} ms meanwhile; ${steps.join(" and ")} steps`,
    );
    expect(apart).toBeLessThanOrEqual(MAX_APART);
  },
  60_000,
);
