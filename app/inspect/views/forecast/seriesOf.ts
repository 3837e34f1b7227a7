/** A series put together again from samples of it: windows, each a step after the one before, and what follows each. */
import type { Predictions } from "../../../../src/engine";

export interface Series {
  /** The column of windows, by name. */
  readonly column: string;
  /** Steps of a window. */
  readonly window: number;
  readonly measured: Float32Array;
  /** What the model tells of each step from the steps before it, of those behind the first window. */
  readonly told: Float32Array;
}

/** Null where samples are no windows of one series. */
export function seriesOf({ count, columns, shown }: Predictions): Series | null {
  const input = Object.entries(columns).find(([, { info }]) => info.kind === "series");
  const next = Object.values(columns).find(({ info }) => info.kind === "value");
  const told = Object.values(shown).find(({ kind }) => kind === "value");
  if (!input || !next || !told || told.data.length !== count || next.values.length !== count) return null;
  const [column, { info, values }] = input;
  const window = info.shape[0] ?? 1;
  const measured = new Float32Array(window + count);
  measured.set(values.subarray(0, window));
  measured.set(next.values, window);
  const isRolling = values.every((value, i) => value === measured[Math.floor(i / window) + (i % window)]);
  return isRolling ? { column, window, measured, told: told.data } : null;
}

/** How far off a series is from another on average, from a step on; null where they have no step in common. */
export function meanError(of: ArrayLike<number>, from: ArrayLike<number>, first: number): number | null {
  const count = Math.min(of.length, from.length - first);
  if (count < 1) return null;
  let sum = 0;
  for (let i = 0; i < count; i++) sum += Math.abs((of[i] ?? NaN) - (from[first + i] ?? NaN));
  return sum / count;
}
