// Which checkpoint a run is taken up from: the last of its steps, in whatever order those were kept that are written together.
import { expect, it } from "vitest";
import { fileSource } from "../../scripts/support/fileSource";
import type { Kept } from "../../src/engine/train/kept";
import { KeepingTrainer } from "../../src/engine/trainer/keepingTrainer";
import { modelOf } from "../support/models";
import { MemoryRuns } from "../support/runs";
import { onCpu } from "../support/trainer";

const model = modelOf(
  [
    ["Dense", { units: 4 }],
    ["Dense", { units: 1, activation: "sigmoid" }],
  ],
  { batchSize: 1, epochs: 10, validationCount: 1, loss: "meanSquaredError" },
  "xor",
);

it("a run goes on from its last step, though its best validation was before that", async () => {
  const store = new MemoryRuns();
  const trainer = new KeepingTrainer({ gpu: undefined, openSource: () => fileSource, openRuns: async () => store });
  const copies: Kept[] = [];
  trainer.listen(() => {});
  await trainer.keep((kept) => void copies.push(kept));
  await trainer.prepare(model, { ...onCpu, threads: 1 });
  for (const step of [3, 6]) await trainer.train(step);
  await trainer.keeper.flush();
  store.infos.clear();
  // Both come between two writings, as they do where epochs are short and files are large.
  for (const step of [3, 6]) {
    const kept = copies.findLast(({ snapshot }) => snapshot.step === step) as Kept;
    trainer.keeper.keep({ ...kept, books: { ...kept.books, best: { ...kept.books.best, epoch: 1 } } });
  }
  await trainer.keeper.flush();
  const infos = [...store.infos.values()];
  expect(infos.map(({ step, isBest }) => [step, isBest])).toEqual([
    [3, true],
    [6, false],
  ]);
  // Written within one millisecond, they are told apart by their steps.
  for (const info of infos) store.infos.set(info.id, { ...info, at: 0 });
  expect(await trainer.resumeRun(trainer.keeper.id ?? "", { ...onCpu, threads: 1 })).toMatchObject({ step: 6 });
  await trainer.dispose();
});
