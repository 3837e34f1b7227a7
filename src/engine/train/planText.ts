/** A compiled training step for those who want to read it. */
import { explainPlan, type PlanExplanation, showPlan } from "../compile/explain";
import type { Plan } from "../compile/plan";
import type { Executable } from "../backend/backend";

/** A compiled training step in words. */
export interface PlanText {
  readonly plan: PlanExplanation;
  /** The same as a table for a terminal. */
  readonly text: string;
}

/** A prepared plan in words, as the backend runs it. */
export function textOf({ plan, executable }: { readonly plan: Plan; readonly executable: Executable }): PlanText {
  const explained = explainPlan(plan, executable.launches);
  return { plan: explained, text: showPlan(explained) };
}
