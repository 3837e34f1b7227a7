/** Where points of a plane are pushed by a loss that is known on a grid of places. Pure. */

/** A grid of `resolution` by `resolution` squares over `[-reach, reach]` both ways, a value for the middle of each, row by row from the
 *  top. */
export interface Grid {
  readonly values: Float32Array;
  readonly resolution: number;
  readonly reach: number;
}

/** Downhill at a place: minus the gradient, by differences of neighbouring squares; null off the grid. */
export function downhill({ values, resolution, reach }: Grid, x: number, y: number): readonly [number, number] | null {
  const square = (2 * reach) / resolution;
  const [column, row] = [Math.floor((x + reach) / square), Math.floor((reach - y) / square)];
  const isInside = (i: number): boolean => i >= 1 && i < resolution - 1;
  if (!isInside(column) || !isInside(row)) return null;
  const at = (r: number, c: number): number => values[r * resolution + c] ?? NaN;
  const across = (at(row, column + 1) - at(row, column - 1)) / (2 * square);
  // Rows go down, the plane goes up.
  const up = (at(row - 1, column) - at(row + 1, column)) / (2 * square);
  return Number.isFinite(across) && Number.isFinite(up) ? [-across, -up] : null;
}

/** An arrow from a point. */
export interface Arrow {
  readonly from: readonly [number, number];
  readonly to: readonly [number, number];
}

/** Arrows of points, as many as are asked for; the longer, the steeper, up to `longest`, which one in ten reaches.
 *  @param points `[count, 2]` */
export function arrowsOf(points: ArrayLike<number>, count: number, grid: Grid, longest: number): Arrow[] {
  const pushed = Array.from({ length: Math.min(count, points.length >> 1) }, (_, i) => {
    const from = [points[2 * i] ?? NaN, points[2 * i + 1] ?? NaN] as const;
    const by = downhill(grid, ...from);
    return by ? [{ from, by, size: Math.hypot(...by) }] : [];
  }).flat();
  const sizes = pushed.map(({ size }) => size).toSorted((a, b) => a - b);
  const large = sizes[Math.floor(0.9 * sizes.length)] ?? 0;
  if (large === 0) return [];
  return pushed.map(({ from: [x, y], by: [dx, dy], size }) => {
    const length = (longest * Math.min(1, size / large)) / Math.max(size, Number.MIN_VALUE);
    return { from: [x, y], to: [x + dx * length, y + dy * length] };
  });
}

/** The corners of an arrow that is broad where it begins and ends in a point. @param width where it begins */
export function taperOf({ from: [x, y], to }: Arrow, width: number): readonly (readonly [number, number])[] {
  const [dx, dy] = [to[0] - x, to[1] - y];
  const aside = width / 2 / (Math.hypot(dx, dy) || 1);
  return [[x - dy * aside, y + dx * aside], to, [x + dy * aside, y - dx * aside]];
}
