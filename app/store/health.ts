/** How the layers of the model that is trained were, as far as somebody looked. */
import { create } from "zustand";
import type { Health } from "../../src/engine";

/** What is kept: beyond, every second one is dropped. */
const MOST = 120;

interface HealthState {
  /** In order of steps. */
  readonly log: readonly Health[];
}

export const useHealth = create<HealthState>()(() => ({ log: [] }));

export const forgetHealth = (): void => useHealth.setState({ log: [] });

/** Adds one; those of later steps are void, as after a reset. */
export function noteHealth(health: Health): void {
  const before = useHealth.getState().log.filter(({ step }) => step < health.step);
  const kept = before.length >= MOST ? before.filter((_, i) => i % 2 === 0) : before;
  useHealth.setState({ log: [...kept, health] });
}

/** What is wrong with a layer, as it was last seen. */
export const takeIll =
  (network: string, block: string) =>
  ({ log }: HealthState): NonNullable<Health["blocks"][number]> | undefined =>
    log.at(-1)?.blocks.find((each) => each.network === network && each.block === block);
