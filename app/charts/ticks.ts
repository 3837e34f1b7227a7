/** Round numbers for axes. */

const STEPS = [1, 2, 2.5, 5, 10];

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
  // Through a decimal string, so that 3 * 0.1 reads 0.3.
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}

/** A range that begins and ends on a nice step and holds `[low, high]`. */
export function niceRange(low: number, high: number, count: number): readonly [number, number] {
  const step = niceStep(high - low || Math.abs(high) || 1, count);
  return [
    Number((Math.floor(low / step + 1e-9) * step).toPrecision(12)),
    Number((Math.ceil(high / step - 1e-9) * step).toPrecision(12)),
  ];
}

/** Ticks of a logarithmic axis given the logarithms of its ends: powers of ten, with 2 and 5 between where few fit. */
export function logTicks(low: number, high: number): number[] {
  const factors = high - low > 3 ? [1] : [1, 2, 5];
  const ticks: number[] = [];
  for (let power = Math.floor(low); power <= Math.ceil(high); power++) {
    for (const factor of factors) {
      const tick = power + Math.log10(factor);
      if (tick >= low - 1e-9 && tick <= high + 1e-9) ticks.push(tick);
    }
  }
  return ticks;
}
