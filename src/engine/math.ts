/** Special functions JavaScript lacks, in double precision. */

/** From here on the continued fraction converges faster than the series. */
const FAR = 2.5;

/** `1 - erf(size)` for `size >= FAR`. Source: Abramowitz and Stegun 1964, 7.1.14. */
function farComplement(size: number): number {
  // The fraction of infinity is not a number.
  if (size > 30) return 0;
  let fraction = 0;
  for (let n = 60; n >= 1; n--) fraction = n / 2 / (size + fraction);
  return Math.exp(-size * size) / (Math.sqrt(Math.PI) * (size + fraction));
}

/** The error function `2/sqrt(pi) * integral_0^x exp(-t^2) dt`, to about 1e-15.
 *  Maclaurin series below 2.5, continued fraction for the complement above.
 *  Source: Abramowitz and Stegun 1964, 7.1.6 and 7.1.14. */
export function erf(x: number): number {
  const size = Math.abs(x);
  if (size >= FAR) return Math.sign(x) * (1 - farComplement(size));
  let term = size;
  let sum = size;
  for (let n = 1; Math.abs(term) > 1e-17 * Math.abs(sum); n++) {
    term *= (2 * size * size) / (2 * n + 1);
    sum += term;
  }
  return Math.sign(x) * (2 / Math.sqrt(Math.PI)) * Math.exp(-size * size) * sum;
}

/** `1 - erf(x)`, which keeps its digits where erf is near 1: to about 1e-15 above 2.5, and 1e-12 below. */
export function erfc(x: number): number {
  return x >= FAR ? farComplement(x) : 1 - erf(x);
}
