/** A search: many models, each trained for a while, the weak stopped early with a reason. One has the device at a time; between two
 *  rungs a run's state is in memory, not on the device. */
import { Lane, type LaneSurroundings } from "./lane";
import type { SearchOrder } from "./trialsProtocol";

/** After this share of its time a run is held against those before it, where there are so many. */
const PROBE_SHARE = 1 / 3;
const MIN_BEFORE = 4;

/** Runs a search to its end. @param train gives a lane the device until it has had so long in all, or nothing is to go on */
export async function searchIn(
  { entrants, rungs, metric, better }: SearchOrder,
  around: LaneSurroundings,
  train: (lane: Lane, untilMs: number) => Promise<void>,
): Promise<void> {
  const { signal } = around;
  const lanes = entrants.map((entrant, i) => new Lane(i, entrant, around));
  const sign = better === "higher" ? -1 : 1;
  /** The lower, the better; infinite where there is no number. */
  const costOf = (lane: Lane): number => {
    const value = lane.score?.[metric];
    return value === undefined || !Number.isFinite(value) ? Infinity : sign * value;
  };
  const probes: number[] = [];
  /** @returns whether it is worse than most that were tried before it, which ends it */
  const isWeak = async (lane: Lane, untilMs: number): Promise<boolean> => {
    const ms = untilMs * PROBE_SHARE;
    await train(lane, ms);
    if (lane.isOver || signal.aborted) return false;
    await lane.rest(null);
    const before = probes.toSorted((a, b) => a - b);
    const cost = costOf(lane);
    probes.push(cost);
    const median = before[Math.floor((before.length - 1) / 2)];
    if (before.length < MIN_BEFORE || median === undefined || !(cost > median)) return false;
    await lane.leave({ kind: "median", value: sign * cost, median: sign * median, of: before.length, ms });
    return true;
  };
  let alive = lanes;
  for (const [i, { count, untilMs }] of rungs.entries()) {
    const isLast = i === rungs.length - 1;
    const ranked = i === 0 ? alive : alive.toSorted((a, b) => costOf(a) - costOf(b));
    const ms = rungs[i - 1]?.untilMs ?? 0;
    for (const [place, lane] of ranked.entries()) {
      if (place >= count && !signal.aborted) {
        await lane.leave({ kind: "halved", place: place + 1, of: ranked.length, kept: count, ms });
      }
    }
    alive = ranked.filter((lane) => !lane.isOver).slice(0, count);
    for (const lane of alive) {
      if (signal.aborted) break;
      await lane.open();
      // One rung alone has nobody that goes on at the expense of others.
      if (rungs.length === 1 && (await isWeak(lane, untilMs))) continue;
      await train(lane, untilMs);
      const stopped = signal.aborted ? ({ kind: "stopped" } as const) : null;
      await lane.rest(stopped ?? (isLast ? { kind: "time" } : null));
      if (lane.isOver) await lane.leave();
      else lane.close();
    }
    if (signal.aborted) break;
    alive = alive.filter((lane) => costOf(lane) < Infinity);
  }
  for (const lane of lanes) await lane.leave({ kind: "stopped" });
}
