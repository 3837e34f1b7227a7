// Copies runs of floats from one place to another by tables: how an image gets its padding.

const SOURCE: usize = 0;
const TARGET: usize = 4;
const FROM: usize = 8;
const TO: usize = 12;
const RUN_BYTES: usize = 16;
/** Runs of a unit of work. */
const UNIT: usize = 20;
const RUNS: usize = 24;

/** Copies the runs of units `begin` to `end - 1`. */
export function arrange(record: usize, begin: i32, end: i32): void {
  const source = load<u32>(record, SOURCE);
  const target = load<u32>(record, TARGET);
  const bytes = load<u32>(record, RUN_BYTES);
  const unit = load<i32>(record, UNIT);
  const last = min(end * unit, load<i32>(record, RUNS));
  for (let run = begin * unit; run < last; run++) {
    const at = (<usize>run) << 2;
    memory.copy(
      target + load<u32>(load<u32>(record, TO) + at),
      source + load<u32>(load<u32>(record, FROM) + at),
      bytes,
    );
  }
}
