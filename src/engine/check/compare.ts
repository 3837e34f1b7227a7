/** How close is close: the one rule by which a backend's numbers are held against another's. It runs nothing. */
import type { TensorData } from "../backend/backend";

/** f32 arithmetic in the same order differs only where WGSL allows it to: division by 2.5 units in the last place
 *  (1.2e-7 each), exp, log and pow by several, tanh by the error of its parts. Sums differ by their order: those of many
 *  terms need more, see {@link toleranceOfSum}. */
export const TOLERANCE = 2e-6;

/** The tolerance of a sum of `terms` products: rounding errors of random sign add up like the square root of their number.
 *  Source: Higham 2002, "Accuracy and Stability of Numerical Algorithms", section 2.8. */
export const toleranceOfSum = (terms: number): number => TOLERANCE * Math.sqrt(Math.max(1, terms));

/** The element that is furthest off. */
export interface Deviation {
  /** `|actual - expected| / max(floor, |expected|)`; infinite where only one of the two is a finite number, or both are
   *  not and differ. */
  readonly error: number;
  readonly index: number;
}

/** Finds the worst element. @param floor what small values are measured by, in place of themselves
 *  @returns error 0 at index 0 for empty arrays; an infinite error for arrays of different lengths */
export function worstDeviation(actual: ArrayLike<number>, expected: ArrayLike<number>, floor = 1): Deviation {
  if (actual.length !== expected.length) return { error: Infinity, index: Math.min(actual.length, expected.length) };
  let worst: Deviation = { error: 0, index: 0 };
  for (let i = 0; i < expected.length; i++) {
    const got = actual[i] ?? NaN;
    const wanted = expected[i] ?? NaN;
    if (Object.is(got, wanted)) continue;
    const difference = Math.abs(got - wanted) / Math.max(floor, Math.abs(wanted));
    const error = Number.isFinite(difference) ? difference : Infinity;
    if (error > worst.error) worst = { error, index: i };
  }
  return worst;
}

/** Whether two arrays hold the same bits: unlike `===`, this tells zeros by their sign and NaNs by their payload. */
export function haveSameBits(a: TensorData, b: TensorData): boolean {
  const bytesOf = ({ buffer, byteOffset, byteLength }: TensorData): Uint8Array =>
    new Uint8Array(buffer, byteOffset, byteLength);
  const [left, right] = [bytesOf(a), bytesOf(b)];
  if (left.length !== right.length) return false;
  for (let i = 0; i < left.length; i++) if (left[i] !== right[i]) return false;
  return true;
}

/** The largest magnitude of an array, by which whole tensors of small numbers are measured. Never so small that what f32
 *  flushes to zero counts. */
export function scaleOf(values: ArrayLike<number>): number {
  let scale = 1e-30;
  for (let i = 0; i < values.length; i++) {
    const magnitude = Math.abs(values[i] ?? 0);
    if (magnitude > scale && magnitude < Infinity) scale = magnitude;
  }
  return scale;
}

/** What two runs of a kernel were worth. */
export interface Verdict {
  readonly ok: boolean;
  /** The largest error found, as {@link Deviation} has it. */
  readonly worst: number;
  /** How large it may be. */
  readonly allowed: number;
  /** Whether both runs gave the same bits. */
  readonly deterministic: boolean;
}

/** Holds two runs against what is expected. @param allowed the tolerance  @param floor as in {@link worstDeviation} */
export function judge(
  expected: TensorData,
  [first, second]: readonly [TensorData, TensorData],
  allowed: number,
  floor = 1,
): Verdict {
  const deterministic = haveSameBits(first, second);
  const errors = (deterministic ? [first] : [first, second]).map((run) => worstDeviation(run, expected, floor).error);
  const worst = Math.max(...errors);
  return { ok: deterministic && worst <= allowed, worst, allowed, deterministic };
}

/** What share of places may differ: where two values are the largest but for rounding, either is right. */
const DIFFERING = 1e-3;
/** More than there are places to choose from, in the window of a pooling or among classes. */
const NO_PLACE = 2 ** 16;

/** Holds two runs that say where the largest of some sums are against what is expected. One may always differ. The worst is the
 *  share of places that do; it is infinite where there is no such place at all. */
export function judgePlaces(expected: TensorData, [first, second]: readonly [TensorData, TensorData]): Verdict {
  const deterministic = haveSameBits(first, second);
  const count = Math.max(1, expected.length);
  const shareIn = (run: TensorData): number => {
    if (run.length !== expected.length || run.some((place) => place >= NO_PLACE)) return Infinity;
    return run.filter((place, i) => place !== expected[i]).length / count;
  };
  const worst = Math.max(shareIn(first), shareIn(second));
  const allowed = Math.max(DIFFERING, 1 / count);
  return { ok: deterministic && worst <= allowed, worst, allowed, deterministic };
}

/** The verdict on several outputs: as bad as the worst. */
export function judgeAll(verdicts: readonly Verdict[]): Verdict {
  const excess = ({ worst, allowed }: Verdict): number => worst / allowed;
  const [first] = verdicts.toSorted((a, b) => excess(b) - excess(a));
  return {
    ok: verdicts.every(({ ok }) => ok),
    worst: first?.worst ?? 0,
    allowed: first?.allowed ?? TOLERANCE,
    deterministic: verdicts.every(({ deterministic }) => deterministic),
  };
}

/** `0.3`, `1.2e-5`, `infinite`. */
export function formatError(error: number): string {
  if (!Number.isFinite(error)) return "infinite";
  return error === 0 || error >= 0.01
    ? String(Number(error.toPrecision(2)))
    : error.toExponential(1).replace(".0e", "e");
}
