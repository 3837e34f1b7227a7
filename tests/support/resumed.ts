// A run that is saved and gone on with by another trainer, held against one that was never interrupted.
import { expect } from "vitest";
import { fileSource } from "../../scripts/support/fileSource";
import { readCheckpoint } from "../../src/engine/io/checkpoint";
import type { ModelDescription } from "../../src/engine/model/description";
import type { PrepareOptions, Resumed } from "../../src/engine/trainer/protocol";
import type { Snapshot } from "../../src/engine/train/snapshot";
import { onCpu, Recording } from "./trainer";

/** How a model is prepared, and by which build of the page. */
export type Options = Partial<PrepareOptions> & { readonly gpu?: GPU; readonly build?: string };

/** A trainer with everything it tells written down. */
export const opened = ({ gpu, build }: Options): Recording =>
  new Recording({ gpu, source: fileSource, ...(build && { build }) });
/** What of them the trainer is told. */
export const prepareOptions = (options: Options): PrepareOptions => {
  const { gpu: _, build: __, ...rest } = options;
  return { ...onCpu, ...rest };
};

/** All that training changes, and the losses told, after so many steps. */
export async function stateOf({ trainer, steps, validations }: Recording, step: number) {
  const snapshot = await trainer.session?.snapshot(step);
  expect(Object.keys(snapshot?.tensors ?? {}).length).toBeGreaterThan(0);
  const told = steps.map(({ step: at, values }) => ({ at, values }));
  return { snapshot, told, validations: validations.map(({ step: at, values }) => ({ at, values })) };
}

/** Trains a model to a step and saves it there. @param further how many steps it then goes on */
export async function trained(model: ModelDescription, steps: number, options: Options, further = 0) {
  const recording = opened(options);
  const { trainer } = recording;
  await trainer.prepare(model, prepareOptions(options));
  await trainer.train(steps);
  expect(recording.status).toMatchObject({ step: steps });
  const file = await trainer.checkpoint();
  if (!file) throw new Error("expected a checkpoint, got none");
  const saved = await trainer.session?.snapshot(steps);
  recording.clear();
  await trainer.train(steps + further);
  const state = await stateOf(recording, steps + further);
  await trainer.dispose();
  return { file, saved, ...state };
}

/** Goes on from a file to a step. */
export async function resumed(file: Uint8Array, steps: number, options: Options) {
  const recording = opened(options);
  const { trainer } = recording;
  const result = await trainer.resume(file, prepareOptions(options));
  expect(recording.notices).toEqual([]);
  expect(recording.status).toMatchObject({ state: "paused" });
  await trainer.train(steps);
  const state = await stateOf(recording, steps);
  await trainer.dispose();
  return { result, ...state };
}

/** Holds a run of twice so many steps against one that goes on from a file made half-way. */
export async function expectSameBits(model: ModelDescription, half: number, options: Options): Promise<void> {
  const { file, saved, ...whole } = await trained(model, half, options, half);
  const { result, ...second } = await resumed(file, 2 * half, options);
  expect(result).toEqual<Resumed>({ step: half, differences: [], bits: "same" });
  const { snapshot, ...said } = second;
  const { snapshot: expected, ...alsoSaid } = whole;
  expect(said).toEqual(alsoSaid);
  expect(said.told).toHaveLength(half);
  expect(unlike(snapshot?.tensors, expected?.tensors)).toEqual([]);
  expect(unlike((await readCheckpoint(file)).tensors, saved?.tensors)).toEqual([]);
}

/** Names of arrays that differ in any bit, or that only one of two states has. Comparing a million numbers one by one takes seconds. */
function unlike(one: Snapshot["tensors"] = {}, other: Snapshot["tensors"] = {}): string[] {
  const bytes = (data: ArrayBufferView | undefined): Buffer | undefined =>
    data && Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  const names = new Set([...Object.keys(one), ...Object.keys(other)]);
  return [...names].filter((name) => {
    const [a, b] = [bytes(one[name]), bytes(other[name])];
    return !a || !b || !a.equals(b);
  });
}
