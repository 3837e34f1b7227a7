/** A race as a table: who is where, live or at the end. Pure. */
import type { CurveInfo, LaneEnd, MetricLog, RaceVerdict } from "../../src/engine";
import { formatCurve } from "../common/format";
import { t, tell } from "../common/words";
import type { RaceLane } from "./race";

/** One variant's row. */
export interface RaceRow {
  readonly variant: number;
  /** Of all its runs that have begun, on average. */
  readonly elapsedMs: number;
  readonly step: number;
  /** The mean of the latest training steps; undefined before the first. */
  readonly train: number | undefined;
  /** The result; before the end the latest validation. */
  readonly score: number | undefined;
  /** Over seeds; null where there are not several results. */
  readonly deviation: number | null;
  /** Behind the first; undefined where that is not known. */
  readonly gap: number | undefined;
  /** Why it ended; null while it runs, and where it only had its time. */
  readonly end: string | null;
}

/** What is said of an end. */
export function endText(end: LaneEnd, curve: CurveInfo): string {
  switch (end.kind) {
    case "time":
      return t("trials.endedTime");
    case "epochs":
      return t("trials.endedEpochs");
    case "patience":
      return t("trials.endedPatience");
    case "stopped":
      return t("trials.endedStopped");
    case "halved": {
      const { place, of, kept, ms } = end;
      return t("trials.endedHalved", { place, of, kept, seconds: (ms / 1000).toFixed(1) });
    }
    case "median": {
      const { value, median, of, ms } = end;
      const [own, middle] = [formatCurve(curve, value), formatCurve(curve, median)];
      return t("trials.endedMedian", { value: own, median: middle, of, seconds: (ms / 1000).toFixed(1) });
    }
    case "diverged":
      return t("trials.endedDiverged", { step: end.step });
    case "failed":
      return t("trials.endedFailed", { problem: tell(end.said) });
  }
}

const LATEST = 20;

/** The mean of the last buckets of a log. */
function latestOf(log: MetricLog | null, metric: string, most: number): number | undefined {
  if (!log?.ids.includes(metric) || log.count === 0) return undefined;
  const values = [...log.column(metric).means.slice(Math.max(0, log.count - most), log.count)].filter(Number.isFinite);
  return values.length === 0 ? undefined : values.reduce((sum, value) => sum + value, 0) / values.length;
}

const meanOf = (values: readonly number[]): number =>
  values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;

/** The rows, the first first. Under way it is the latest validation that counts, of all or of none, else the training.
 *  @param verdict of a race that is over */
export function rowsOf(
  race: { readonly lanes: readonly RaceLane[]; readonly variants: readonly unknown[]; readonly round: number },
  curve: CurveInfo,
  verdict: RaceVerdict | null,
): RaceRow[] {
  const { lanes, variants, round } = race;
  const { id, better } = curve;
  const count = variants.length;
  const rows = variants.map((_, variant): RaceRow => {
    const own = lanes.filter((lane) => lane.variant === variant);
    const begun = own.filter(({ report }) => report.elapsedMs > 0);
    const now = lanes[round * count + variant];
    const standing = verdict?.standings.find((found) => found.variant === variant);
    const end = own.findLast(({ report }) => report.end !== null && report.end.kind !== "time")?.report.end;
    const mean = standing?.mean;
    return {
      variant,
      elapsedMs: meanOf(begun.map(({ report }) => report.elapsedMs)),
      step: Math.round(meanOf(begun.map(({ report }) => report.step))),
      train: latestOf(now?.train ?? null, id, LATEST),
      score: verdict ? (Number.isFinite(mean) ? mean : undefined) : latestOf(now?.validation ?? null, id, 1),
      deviation: standing?.deviation ?? null,
      gap: standing && Number.isFinite(standing.gap) ? standing.gap : undefined,
      end: end ? endText(end, curve) : null,
    };
  });
  if (verdict) {
    const order = verdict.standings.map(({ variant }) => variant);
    return rows.toSorted((a, b) => order.indexOf(a.variant) - order.indexOf(b.variant));
  }
  const isValidated = rows.every(({ score }) => score !== undefined);
  const valueOf = (row: RaceRow): number | undefined => (isValidated ? row.score : row.train);
  const sign = better === "higher" ? -1 : 1;
  const worst = Infinity;
  const keyOf = (row: RaceRow): number => {
    const value = valueOf(row);
    return value === undefined ? worst : sign * value;
  };
  const sorted = rows.toSorted((a, b) => (keyOf(a) === keyOf(b) ? 0 : keyOf(a) - keyOf(b)));
  const best = sorted[0] && valueOf(sorted[0]);
  return sorted.map((row) => {
    const value = valueOf(row);
    return { ...row, gap: value === undefined || best === undefined ? undefined : Math.abs(value - best) };
  });
}
