/** The rows of the profile: what the plan says of each launch, with what it took. */
import type { PlanReport, Profile, LaunchExplanation } from "../../src/engine";

/** In which order launches are shown. */
export type RowOrder = "run" | "time";

/** One launch. What comes of its time is null before it was timed. */
export interface ProfileRow {
  readonly step: LaunchExplanation;
  readonly bytes: number;
  readonly milliseconds: number | null;
  /** Of the time of all launches, 0 to 1. */
  readonly share: number | null;
  /** Operations a second; null too where there are none to count. */
  readonly flopsPerSecond: number | null;
}

/** All launches together. */
export type ProfileTotals = Omit<ProfileRow, "step" | "share"> & { readonly flops: number; readonly launches: number };

const rate = (flops: number, milliseconds: number | null): number | null =>
  flops > 0 && milliseconds !== null && milliseconds > 0 ? (1000 * flops) / milliseconds : null;

/** @param profile of this very plan */
export function profileRows({ plan }: PlanReport, profile: Profile | null, order: RowOrder): ProfileRow[] {
  const total = profile?.stepMs.reduce((sum, time) => sum + time, 0) ?? 0;
  const rows = plan.launches.map((step): ProfileRow => {
    const milliseconds = profile?.stepMs[step.index] ?? null;
    return {
      step,
      bytes: step.bytesRead + step.bytesWritten,
      milliseconds,
      share: milliseconds === null || total === 0 ? null : milliseconds / total,
      flopsPerSecond: rate(step.flops, milliseconds),
    };
  });
  return order === "run" ? rows : rows.toSorted((a, b) => (b.milliseconds ?? 0) - (a.milliseconds ?? 0));
}

export function profileTotals({ plan }: PlanReport, profile: Profile | null): ProfileTotals {
  const milliseconds = profile?.stepMs.reduce((sum, time) => sum + time, 0) ?? null;
  return {
    launches: plan.launches.length,
    flops: plan.flops,
    bytes: plan.bytesRead + plan.bytesWritten,
    milliseconds,
    flopsPerSecond: rate(plan.flops, milliseconds),
  };
}
