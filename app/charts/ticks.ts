/** Round numbers for axes, and how they are written there. */

const STEPS = [1, 2, 2.5, 5, 10];

// Sums of decimal fractions are rounded: 3 * 0.1 reads 0.3.
const round = (value: number): number => Number(value.toPrecision(12));

/** The smallest of 1, 2, 2.5, 5 times a power of ten that cuts `span` into at most `count` parts. */
export function niceStep(span: number, count: number): number {
  if (!(span > 0) || !Number.isFinite(span)) return 1;
  const rough = span / Math.max(1, count);
  const power = 10 ** Math.floor(Math.log10(rough));
  const factor = STEPS.find((step) => step * power >= rough * (1 - 1e-9)) ?? 10;
  return factor * power;
}

/** Multiples of a nice step that lie in `[low, high]`. */
export function niceTicks(low: number, high: number, count: number, smallestStep = 0): number[] {
  const step = Math.max(niceStep(high - low, count), smallestStep);
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => round((first + i) * step));
}

/** A range that begins and ends on a nice step and holds `[low, high]`. */
export function niceRange(low: number, high: number, count: number): readonly [number, number] {
  const step = niceStep(high - low || Math.abs(high) || 1, count);
  const [from, to] = [Math.floor(low / step + 1e-9) * step, Math.ceil(high / step - 1e-9) * step];
  // Equal values would leave an axis without a length.
  return from === to ? [round(from - step), round(to + step)] : [round(from), round(to)];
}

/** Ticks of a logarithmic axis, given the logarithms of its ends: powers of ten, with 2 and 5 between where few fit, and
 *  with some left out where there are more than `count`. */
export function logTicks(low: number, high: number, count = 8): number[] {
  const factors = high - low > 3 ? [1] : [1, 2, 5];
  const stride = Math.max(1, Math.ceil((high - low) / count));
  const ticks: number[] = [];
  for (let power = Math.floor(low / stride) * stride; power <= Math.ceil(high); power += stride) {
    for (const factor of factors) {
      const tick = power + Math.log10(factor);
      if (tick >= low - 1e-9 && tick <= high + 1e-9) ticks.push(tick);
    }
  }
  return ticks;
}

/** From here on, and below the other, a number is written with an exponent: an axis has room for seven letters. */
const HUGE = 1e6;
const TINY = 1e-4;

/** Labels of the ticks of a linear axis, all with as many digits as tell its ticks apart: `0.5`, `250`, `2.5e26`. */
export function labelNumbers(ticks: readonly number[]): string[] {
  const largest = ticks.reduce((most, tick) => Math.max(most, Math.abs(tick)), 0);
  const gap = ticks.reduce((least, tick, i) => {
    const before = ticks[i - 1];
    return before === undefined ? least : Math.min(least, Math.abs(tick - before));
  }, Infinity);
  const power = largest > 0 ? Math.floor(Math.log10(largest) + 1e-12) : 0;
  if (largest === 0 || (largest < HUGE && largest >= TINY)) return ticks.map((tick) => String(round(tick)));
  // As many decimals as the distance between ticks has below the largest power.
  const decimals = Number.isFinite(gap) ? Math.min(9, Math.max(0, power - Math.floor(Math.log10(gap)) + 1)) : 2;
  return ticks.map((tick) => (tick === 0 ? "0" : `${Number((tick / 10 ** power).toFixed(decimals))}e${power}`));
}

/** The labels by the first of these ways that tells all ticks apart, or else by the last. */
export function distinctLabels(
  ticks: readonly number[],
  ways: readonly ((tick: number) => string)[],
): readonly string[] {
  let labels: readonly string[] = [];
  for (const way of ways) {
    labels = ticks.map(way);
    if (new Set(labels).size === ticks.length) break;
  }
  return labels;
}
