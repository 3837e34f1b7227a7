/** Datasets that agents make for themselves: what happened in an environment, step by step. None of it is there before somebody plays;
 *  until then splits hold what chance would see. */
import { environmentOf, type EnvironmentName, type World } from "../environments";
import { uniform } from "../random";
import type { DatasetDef, Split } from "./dataset";
import { infoOf } from "./dataset";

/** The most steps that a batch can be of. */
const TRAIN = 8192;
/** Episodes of a test. */
const TESTS = 20;

interface Played extends Pick<DatasetDef, "id" | "title" | "description" | "credit"> {
  readonly environment: EnvironmentName;
  /** What the agent sees, number by number. */
  readonly sees: readonly string[];
  /** What it can do. */
  readonly actions: readonly string[];
  /** Of an episode at most, as the world says too. */
  readonly maxSteps: number;
}

/** A dataset of steps: `observation` that the network reads, the `action` taken there `[A]`, 1 for that one and 0 for others, and what a
 *  task makes of what followed: what the step was `worth`, by how much that is more than expected, the `advantage`; `episodes` `[2]` has the
 *  mean return and length of the episodes that were played together with it, the same for all of them. */
export function playedDataset({ environment, sees, actions, maxSteps, ...about }: Played): DatasetDef {
  const column = (shape: readonly number[], names?: readonly string[]) =>
    ({ kind: "experience", dtype: "f32", scale: 1, shape, ...(names && { names }) }) as const;
  const def = {
    ...about,
    licence: "public domain",
    trainCount: TRAIN,
    environment,
    columns: {
      observation: column([sees.length], sees),
      action: column([actions.length], actions),
      worth: column([]),
      advantage: column([]),
      episodes: column([2]),
    },
  };
  return {
    ...def,
    async load(_source, { signal, onProgress } = {}) {
      const world = (await environmentOf(environment)).open();
      signal?.throwIfAborted();
      const made = (count: number, seed: number): Split => {
        const columns = Object.entries(def.columns).map(([name, { shape }]) => {
          return [name, new Float32Array(count * shape.reduce((size, dim) => size * dim, 1))] as const;
        });
        const split = { count, columns: Object.fromEntries(columns) };
        wander(world, split, actions.length, seed);
        return split;
      };
      const [train, test] = [made(TRAIN, 1), made(TESTS * maxSteps, 2)];
      const totalBytes = [train, test]
        .flatMap(({ columns }) => Object.values(columns))
        .reduce((total, { byteLength }) => total + byteLength, 0);
      onProgress?.({ loadedBytes: totalBytes, totalBytes, isEnough: true });
      return { ...infoOf(def), train, test };
    },
  };
}

/** Has chance act, so that there are observations to look at. */
function wander(world: World, { count, columns }: Split, actions: number, seed: number): void {
  const { observation } = columns;
  if (!observation) return;
  let draws = 0;
  const dice = (): number => uniform(seed, 0, 0, draws++);
  let state = world.reset(dice, false);
  for (let n = 0; n < count; n++) {
    const seen = world.observe(state);
    observation.set(seen, n * seen.length);
    const { state: next, isOver } = world.step(state, Math.floor(dice() * actions));
    state = isOver ? world.reset(dice, false) : next;
  }
}
