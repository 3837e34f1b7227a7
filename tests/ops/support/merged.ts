// Merged plans against the plain plan in float64.
import { compile } from "../../../src/engine/compile/compile";
import { merging } from "../../../src/engine/compile/merging";
import type { Node } from "../../../src/engine/graph/node";
import type { Tensor } from "../../../src/engine/selftest/sample";
import { expectSoundPlan } from "../../support/plans";
import { expectClose } from "./compare";
import { type BackendName, openBackend, type TestBackend } from "./run";

/** What to compute, from what. */
export interface Case {
  readonly inputs: readonly Node[];
  readonly feeds: readonly Tensor[];
  readonly outputs: readonly Node[];
}

/** In float64 only the order of sums differs. On the GPU sums of up to a few hundred f32 terms do. */
export const tolerances: readonly (readonly [BackendName, number])[] = [
  ["cpu64", 1e-12],
  ["webgpu", 3e-5],
];

/** Runs a case merged on a backend and plain in float64. */
export async function compareMerged(
  backend: TestBackend,
  { inputs, feeds, outputs }: Case,
  tolerance: number,
): Promise<void> {
  const plan = compile({ outputs }, { fuse: true, merging });
  expectSoundPlan(plan);
  const reference = await openBackend("cpu64");
  const plain = await reference.prepare({ inputs, feeds, outputs, fuse: false });
  const merged = await backend.prepare({ inputs, feeds, outputs, merge: true });
  const wanted = await plain.run();
  const got = await merged.run();
  wanted.forEach((values, i) => expectClose(got[i]!, values, tolerance));
  plain.dispose();
  merged.dispose();
  reference.dispose();
}
