/** Of steps, the one nearest to another; the earlier of two that are as near. Undefined of none. Pure. */
export function nearestStep(steps: readonly number[], to: number): number | undefined {
  let nearest = steps[0];
  for (const step of steps) if (nearest !== undefined && Math.abs(step - to) < Math.abs(nearest - to)) nearest = step;
  return nearest;
}
