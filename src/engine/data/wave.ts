/** A noisy sine, step by step: some of its steps in, the next one out. Made, the same each time. */
import { normal } from "../random";
import type { DatasetDef, Split } from "./dataset";
import { madeDataset } from "./made";

/** Steps that a model sees at a time. */
const WINDOW = 16;
/** The standard deviation of the noise. No model can tell closer than that. */
const NOISE = 0.1;
/** Steps of one period. */
const PERIOD = 25;
const TRAIN = 1024;
const TEST = 256;

/** Windows that follow each other by one step, the first of which begins at step `first`. */
function windows(count: number, first: number): Split {
  const series = Float32Array.from({ length: count + WINDOW }, (_, i) => {
    const step = first + i;
    return Math.sin((2 * Math.PI * step) / PERIOD) + NOISE * normal(3, 0, 0, step);
  });
  const steps = Float32Array.from({ length: count * WINDOW }, (_, i) => {
    return series[Math.floor(i / WINDOW) + (i % WINDOW)] ?? 0;
  });
  return { count, columns: { steps, next: series.slice(WINDOW) } };
}

/** 1,024 + 256 samples of one series, those to test on after the others: `steps` `[16, 1]` f32, and `next`, what follows. */
export const wave: DatasetDef = madeDataset(
  {
    id: "wave",
    title: "Noisy sine in steps",
    description: "Sixteen steps of a sine with noise, of 25 a period, and the step that follows.",
    credit: "Descent",
    licence: "public domain",
    trainCount: TRAIN,
    columns: {
      steps: { kind: "series", shape: [WINDOW, 1], dtype: "f32", scale: 1 },
      next: { kind: "value", shape: [], dtype: "f32", scale: 1 },
    },
  },
  () => ({ train: windows(TRAIN, 0), test: windows(TEST, TRAIN + WINDOW) }),
);
