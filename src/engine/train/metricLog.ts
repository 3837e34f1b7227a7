/** A log of any number of named metrics over the steps of a run, in typed arrays of a fixed size. It holds buckets: at
 *  first one step each; when the log is full, neighbours merge, and every bucket from then on takes twice as many steps.
 *  A bucket keeps the mean, the lowest, the highest and the last value of each metric, so nothing is left out of a mean
 *  and no spike is lost, however long the run is. It neither draws nor knows what a metric means. */

/** Steps to append: index i of every array is one step. Steps ascend. */
export interface MetricBatch {
  readonly steps: ArrayLike<number>;
  /** Milliseconds of training when the step was done. */
  readonly elapsedMs: ArrayLike<number>;
  /** One array for each metric of the log. What is not finite counts as not measured. */
  readonly columns: Readonly<Record<string, ArrayLike<number>>>;
}

/** One metric; index i of all is one bucket. Where no value was measured, all but `counts` are NaN. */
export interface MetricColumn {
  /** Values measured. */
  readonly counts: Uint32Array;
  readonly means: Float64Array;
  readonly lows: Float64Array;
  readonly highs: Float64Array;
  readonly lasts: Float64Array;
}

/** What is read of a log. The arrays are the log's own: they change with the next batch. */
export interface MetricColumns {
  /** Buckets there are. */
  readonly count: number;
  readonly ids: readonly string[];
  /** First and last step of each bucket. */
  readonly from: Float64Array;
  readonly to: Float64Array;
  /** Milliseconds of training after the first and after the last step of each bucket. */
  readonly fromMs: Float64Array;
  readonly toMs: Float64Array;
  /** Steps in each bucket. */
  readonly counts: Uint32Array;
  /** @throws RangeError when the log has no such metric */
  column(id: string): MetricColumn;
}

/** A {@link MetricColumns} that grows. */
export interface MetricLog extends MetricColumns {
  append(batch: MetricBatch): void;
  /** Forgets the steps after this one. A bucket that holds steps on both sides is forgotten whole, because its values
   *  cannot be taken apart; the steps that it held before `step` are then missing, and its neighbours say so. */
  rewind(step: number): void;
  clear(): void;
  /** A copy of all that is in it. */
  dump(): LogDump;
  /** Takes what another log held, in place of what is there. @param optional metrics that it may lack: they were not measured
   *  @throws RangeError when it is not whole, has other metrics, or more buckets than there is room for */
  restore(dump: LogDump, optional?: readonly string[]): void;
}

/** What a log holds, as plain data; index i of every array is one bucket. */
export interface LogDump {
  /** Steps in a full bucket. */
  readonly size: number;
  readonly from: Float64Array;
  readonly to: Float64Array;
  readonly fromMs: Float64Array;
  readonly toMs: Float64Array;
  readonly counts: Uint32Array;
  readonly columns: Readonly<Record<string, MetricColumn>>;
}

/** @param ids of the metrics  @param capacity buckets before the first merge, at least 4 */
export function createMetricLog(ids: readonly string[], capacity = 16_384): MetricLog {
  const numbers = (): Float64Array => new Float64Array(capacity);
  const [from, to, fromMs, toMs] = [numbers(), numbers(), numbers(), numbers()];
  const counts = new Uint32Array(capacity);
  const columns = new Map(ids.map((id) => [id, createColumn(capacity)]));
  let count = 0;
  /** Steps in a full bucket. */
  let size = 1;

  const column = (id: string): MetricColumn => {
    const found = columns.get(id);
    if (!found) throw new RangeError(`MetricLog: expected one of "${ids.join('", "')}", got "${id}".`);
    return found;
  };

  /** Merges neighbours. The first step stays alone: two runs from the same seed are compared by it. */
  const merge = (): void => {
    let kept = 1;
    for (let i = 1; i < count; i += 2, kept++) {
      const next = Math.min(i + 1, count - 1);
      from[kept] = from[i]!;
      fromMs[kept] = fromMs[i]!;
      to[kept] = to[next]!;
      toMs[kept] = toMs[next]!;
      counts[kept] = counts[i]! + (next > i ? counts[next]! : 0);
      for (const values of columns.values()) mergeValues(values, i, next, kept);
    }
    count = kept;
    size *= 2;
  };

  /** The bucket that takes the next step. */
  const openBucket = (): number => {
    if (count === capacity) merge();
    const last = count - 1;
    if (last > 0 && counts[last]! < size) return last;
    counts[count] = 0;
    for (const values of columns.values()) clearValues(values, count);
    return count++;
  };

  return {
    get count() {
      return count;
    },
    ids,
    from,
    to,
    fromMs,
    toMs,
    counts,
    column,
    append({ steps, elapsedMs, columns: appended }) {
      const pairs = ids.map((id) => {
        const values = appended[id];
        if (!values || values.length !== steps.length) {
          throw new RangeError(
            `MetricLog: expected ${steps.length} values of "${id}", got ${values?.length ?? "none"}.`,
          );
        }
        return { into: column(id), values };
      });
      for (let i = 0; i < steps.length; i++) {
        const bucket = openBucket();
        if (counts[bucket] === 0) {
          from[bucket] = steps[i]!;
          fromMs[bucket] = elapsedMs[i]!;
        }
        to[bucket] = steps[i]!;
        toMs[bucket] = elapsedMs[i]!;
        counts[bucket]! += 1;
        for (const { into, values } of pairs) addValue(into, bucket, values[i]!);
      }
    },
    rewind(step) {
      while (count > 0 && to[count - 1]! > step) count -= 1;
    },
    clear() {
      count = 0;
      size = 1;
    },
    dump() {
      const cut = <T extends Float64Array | Uint32Array>(array: T): T => array.slice(0, count) as T;
      const copied = ids.map((id) => [id, mapColumn(column(id), cut)] as const);
      return {
        size,
        from: cut(from),
        to: cut(to),
        fromMs: cut(fromMs),
        toMs: cut(toMs),
        counts: cut(counts),
        columns: Object.fromEntries(copied),
      };
    },
    restore(dump, optional = []) {
      const { length } = dump.from;
      const pairs: [Float64Array | Uint32Array, Float64Array | Uint32Array | undefined][] = [
        [from, dump.from],
        [to, dump.to],
        [fromMs, dump.fromMs],
        [toMs, dump.toMs],
        [counts, dump.counts],
      ];
      const lacking = optional.filter((id) => ids.includes(id) && !dump.columns[id]);
      for (const id of ids) {
        if (lacking.includes(id)) continue;
        const [into, given] = [column(id), dump.columns[id]];
        for (const key of COLUMN_KEYS) pairs.push([into[key], given?.[key]]);
      }
      const isWhole = pairs.every(([, given]) => given?.length === length);
      if (!isWhole || length > capacity) {
        throw new RangeError(`MetricLog: expected at most ${capacity} buckets of "${ids.join('", "')}", got others.`);
      }
      for (const [into, given] of pairs) if (given) into.set(given);
      for (const id of lacking) for (let i = 0; i < length; i++) clearValues(column(id), i);
      count = length;
      size = Math.max(1, dump.size);
    },
  };
}

const COLUMN_KEYS = ["counts", "means", "lows", "highs", "lasts"] as const;

const mapColumn = (
  { counts, means, lows, highs, lasts }: MetricColumn,
  copy: <T extends Float64Array | Uint32Array>(array: T) => T,
): MetricColumn => ({
  counts: copy(counts),
  means: copy(means),
  lows: copy(lows),
  highs: copy(highs),
  lasts: copy(lasts),
});

function createColumn(capacity: number): MetricColumn {
  const numbers = (): Float64Array => new Float64Array(capacity);
  return { counts: new Uint32Array(capacity), means: numbers(), lows: numbers(), highs: numbers(), lasts: numbers() };
}

function clearValues({ counts, means, lows, highs, lasts }: MetricColumn, bucket: number): void {
  counts[bucket] = 0;
  means[bucket] = lows[bucket] = highs[bucket] = lasts[bucket] = NaN;
}

function addValue({ counts, means, lows, highs, lasts }: MetricColumn, bucket: number, value: number): void {
  if (!Number.isFinite(value)) return;
  const count = counts[bucket]!;
  lasts[bucket] = value;
  counts[bucket] = count + 1;
  if (count === 0) {
    means[bucket] = lows[bucket] = highs[bucket] = value;
    return;
  }
  // Not by a sum, which huge values would overflow.
  means[bucket]! += value / (count + 1) - means[bucket]! / (count + 1);
  if (value < lows[bucket]!) lows[bucket] = value;
  if (value > highs[bucket]!) highs[bucket] = value;
}

/** Writes the buckets `a` and `b` into `out`, which may be `a`. `b` is `a` where `a` has no neighbour. */
function mergeValues({ counts, means, lows, highs, lasts }: MetricColumn, a: number, b: number, out: number): void {
  // Bucket `a` alone, or the only one of the two with values.
  const only = a === b || counts[b] === 0 ? a : counts[a] === 0 ? b : -1;
  if (only >= 0) {
    [means[out], lows[out], highs[out], lasts[out]] = [means[only]!, lows[only]!, highs[only]!, lasts[only]!];
    counts[out] = counts[only]!;
    return;
  }
  const count = counts[a]! + counts[b]!;
  const share = counts[b]! / count;
  means[out] = means[a]! * (1 - share) + means[b]! * share;
  lows[out] = Math.min(lows[a]!, lows[b]!);
  highs[out] = Math.max(highs[a]!, highs[b]!);
  lasts[out] = lasts[b]!;
  counts[out] = count;
}
