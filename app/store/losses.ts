/** The losses at a few early steps of a run, by which another machine can tell whether it trains the same run: those of this tab's
 *  run, and those that a link brought. Nothing here is undone or remembered. */
import { create } from "zustand";
import { isSameModel, type ModelDescription, type StepBatch } from "../../src/engine";

/** The steps whose losses are compared. */
export const PROVING_STEPS = [1, 10, 100] as const;

/** Losses of a run at the first of {@link PROVING_STEPS}, as far as it came. */
export interface Losses {
  /** What computed them. */
  readonly machine: string;
  /** By the id of the loss; index i is step i of {@link PROVING_STEPS}. */
  readonly values: Readonly<Record<string, readonly number[]>>;
}

/** Losses, and of which model they are. */
interface LossesOf {
  readonly model: ModelDescription;
  readonly losses: Losses;
}

interface LossState {
  /** Of the run of this tab; null before its first step. */
  readonly own: LossesOf | null;
  /** Of the link that was opened, or of the address before the page was loaded anew. */
  readonly linked: LossesOf | null;
}

export const useLosses = create<LossState>()(() => ({ own: null, linked: null }));

/** How many of the steps are known. */
export const countOf = ({ values }: Losses): number =>
  Math.min(PROVING_STEPS.length, ...Object.values(values).map(({ length }) => length));

/** Takes the losses of steps that a run has done. A run whose settings change is no longer that of a description.
 *  @param ids of the losses among the values  @param model as it trains them  @param machine what computes */
export function noteLosses(
  { first, count, values }: StepBatch,
  ids: readonly string[],
  model: ModelDescription,
  machine: string,
): void {
  for (const [i, step] of PROVING_STEPS.entries()) {
    const at = step - first;
    if (at < 0 || at >= count) continue;
    const { own } = useLosses.getState();
    // One that was taken up later, or trained otherwise until here, has not all steps before this one.
    const before = i === 0 ? null : own;
    if (i > 0 && (!before || countOf(before.losses) !== i || !isSameModel(before.model, model))) continue;
    const grown = ids.map((id) => [id, [...(before?.losses.values[id] ?? []), values[id]?.[at] ?? NaN]] as const);
    useLosses.setState({ own: { model, losses: { machine, values: Object.fromEntries(grown) } } });
  }
}

/** Forgets the losses of the run that is over, or of those of its steps that are to be taken again.
 *  @param step the last that stays */
export function forgetLosses(step = 0): void {
  const { own } = useLosses.getState();
  if (!own) return;
  const count = PROVING_STEPS.filter((proving) => proving <= step).length;
  const kept = Object.entries(own.losses.values).map(([id, values]) => [id, values.slice(0, count)] as const);
  useLosses.setState({
    own: count === 0 ? null : { ...own, losses: { ...own.losses, values: Object.fromEntries(kept) } },
  });
}

/** The losses that are known of a model: those of this tab's run, or else those that a link brought. */
export function lossesFor(model: ModelDescription): Losses | null {
  const { own, linked } = useLosses.getState();
  for (const known of [own, linked]) if (known && isSameModel(known.model, model)) return known.losses;
  return null;
}

/** How a run compares with the losses of a link. */
export type Verdict =
  | { readonly kind: "same" | "close"; readonly steps: readonly number[]; readonly isOtherMachine: boolean }
  | {
      readonly kind: "different";
      /** Those that can be compared, of which `step` is the first that differs. */
      readonly steps: readonly number[];
      readonly step: number;
      readonly was: number;
      readonly now: number;
      readonly isOtherMachine: boolean;
    };

/** Losses that differ by less are the same but for rounding. */
const CLOSE = 1e-6;

/** Compares a run with the one that a link tells of. @returns undefined while steps are missing that may still come */
export function verdictOf(linked: Losses, own: Losses): Verdict | undefined {
  const isOtherMachine = linked.machine !== own.machine;
  let isSame = true;
  const count = countOf(linked);
  const steps = PROVING_STEPS.slice(0, count);
  for (const [i, step] of steps.slice(0, countOf(own)).entries()) {
    for (const [id, values] of Object.entries(linked.values)) {
      const [was = NaN, now = NaN] = [values[i], own.values[id]?.[i]];
      if (Object.is(was, now)) continue;
      isSame = false;
      if (!(Math.abs(was - now) <= CLOSE * Math.max(Math.abs(was), Math.abs(now)))) {
        return { kind: "different", steps, step, was, now, isOtherMachine };
      }
    }
  }
  if (count === 0 || countOf(own) < count) return undefined;
  return { kind: isSame ? "same" : "close", steps, isOtherMachine };
}
