/** A log of training steps in typed arrays of a fixed size. When it is full it halves itself: of every four points it
 *  keeps, in order, those with the smallest and the largest loss, so that a spike outlives any number of halvings. */

/** The scores of one step. */
export interface StepMetrics {
  readonly step: number;
  readonly epoch: number;
  readonly elapsedMs: number;
  readonly loss: number;
  readonly accuracy: number;
}

/** The columns of a log; index i of all is one step. `epochs` are fractions done, `times` milliseconds of training. */
export interface MetricColumns {
  readonly count: number;
  readonly steps: Float64Array;
  readonly epochs: Float64Array;
  readonly times: Float64Array;
  readonly losses: Float64Array;
  readonly accuracies: Float64Array;
}

/** A {@link MetricColumns} that grows. */
export interface MetricLog extends MetricColumns {
  push(metrics: StepMetrics): void;
  /** Forgets the steps after this one. */
  rewind(step: number): void;
  clear(): void;
}

/** @param capacity steps held before the first halving, a multiple of 4 */
export function createMetricLog(capacity = 32_768): MetricLog {
  const column = (): Float64Array => new Float64Array(capacity);
  const [steps, epochs, times, losses, accuracies] = [column(), column(), column(), column(), column()];
  const columns = [steps, epochs, times, losses, accuracies];
  let count = 0;

  const halve = (): void => {
    let kept = 0;
    const keep = (from: number): void => {
      for (const values of columns) values[kept] = values[from]!;
      kept += 1;
    };
    for (let start = 0; start < count; start += 4) {
      let low = start;
      let high = start;
      for (let i = start + 1; i < start + 4; i++) {
        if (!(losses[i]! >= losses[low]!)) low = i;
        if (losses[i]! > losses[high]!) high = i;
      }
      // All four the same: any two will do, so long as they differ.
      if (low === high) high = start + 3;
      // The very first step stays: it is what two runs from the same seed are compared by.
      if (start === 0) low = 0;
      if (low === high) high = start + 3;
      keep(Math.min(low, high));
      keep(Math.max(low, high));
    }
    count = kept;
  };

  return {
    get count() {
      return count;
    },
    steps,
    epochs,
    times,
    losses,
    accuracies,
    push({ step, epoch, elapsedMs, loss, accuracy }) {
      if (count === capacity) halve();
      steps[count] = step;
      epochs[count] = epoch;
      times[count] = elapsedMs;
      losses[count] = loss;
      accuracies[count] = accuracy;
      count += 1;
    },
    clear() {
      count = 0;
    },
    rewind(step) {
      while (count > 0 && steps[count - 1]! > step) count -= 1;
    },
  };
}
