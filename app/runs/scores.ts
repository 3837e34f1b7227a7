/** How well a run did, in its own metrics, the one it is judged by first. Pure. */
import type { ListedRun } from "../../src/engine";
import { formatCurve } from "../common/format";
import { curvesOfModel, goalOf } from "../store/model";

/** One metric of a run, written. */
interface RunScore {
  readonly id: string;
  readonly title: string;
  /** Without validations there is no best: a single batch may be better than any model. */
  readonly isValidated: boolean;
  readonly best: string;
  readonly last: string;
}

/** The best of validations; the last of them where there are any, or else of the latest epoch. */
export function scoresOf({ description, extremes, validation, latest }: ListedRun): RunScore[] {
  const curves = curvesOfModel(description);
  const main = goalOf(curves);
  const last = validation ?? latest ?? {};
  return curves
    .toSorted((a, b) => Number(b === main) - Number(a === main))
    .map((curve) => {
      const { low, high } = extremes[curve.id] ?? {};
      return {
        id: curve.id,
        title: curve.title,
        isValidated: extremes[curve.id] !== undefined,
        best: formatCurve(curve, curve.better === "higher" ? high : low),
        last: formatCurve(curve, last[curve.id]),
      };
    });
}
