/** Attributions as numbers that can be told: one for each pixel, and for each ninth of an image. */

/** The sum over channels. @param values `[H, W, C]` @returns `[H, W]` */
export function overChannels(values: Float32Array, channels: number): Float32Array {
  if (channels === 1) return values;
  return Float32Array.from({ length: values.length / channels }, (_, i) => {
    let sum = 0;
    for (let c = 0; c < channels; c++) sum += values[i * channels + c] ?? 0;
    return sum;
  });
}

/** Sums over each ninth of an image, row by row, or means. @param values `[height, width]` */
export function ninthsOf(values: Float32Array, height: number, width: number, isMean: boolean): number[] {
  const sums = Array.from({ length: 9 }, () => 0);
  const counts = Array.from({ length: 9 }, () => 0);
  for (const [i, value] of values.entries()) {
    const ninth = 3 * Math.floor((3 * Math.floor(i / width)) / height) + Math.floor((3 * (i % width)) / width);
    sums[ninth] = (sums[ninth] ?? 0) + value;
    counts[ninth] = (counts[ninth] ?? 0) + 1;
  }
  return isMean ? sums.map((sum, i) => sum / Math.max(1, counts[i] ?? 1)) : sums;
}
