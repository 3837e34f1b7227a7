/** Points that the visitor puts in the plane: edits of them, and the dataset that they make. Pure. */
import type { ColumnData, ModelDescription, OwnDataset, ReadRows } from "../../src/engine";

/** The pad reaches from -REACH to REACH, as far as the point sets that are built in. */
export const REACH = 1.25;
/** Classes that can be put. */
export const CLASSES = ["A", "B", "C", "D"] as const;
export const MAX_POINTS = 2000;
/** Every so-manieth point of a class is kept for the test. */
const TEST_EVERY = 5;

/** A point of a class. */
export interface Clicked {
  readonly x: number;
  readonly y: number;
  readonly label: number;
}

const within = (value: number): number => Math.max(-REACH, Math.min(REACH, value));

/** Another point; none beyond as many as are allowed. */
export const withPoint = (points: readonly Clicked[], { x, y, label }: Clicked): readonly Clicked[] =>
  points.length >= MAX_POINTS ? points : [...points, { x: within(x), y: within(y), label }];

/** Without those within a distance of a place. */
export const erased = (points: readonly Clicked[], x: number, y: number, radius: number): readonly Clicked[] =>
  points.filter((point) => Math.hypot(point.x - x, point.y - y) > radius);

/** How many points there are of each class. */
export const countsOf = (points: readonly Clicked[]): readonly number[] =>
  CLASSES.map((_, label) => points.filter((point) => point.label === label).length);

/** Those that are trained on and those that are kept for the test: every fifth of a class; where that leaves none, all are both. */
export function splitOf(points: readonly Clicked[]): Readonly<Record<"train" | "test", readonly Clicked[]>> {
  const seen = CLASSES.map(() => 0);
  const test = points.filter(({ label }) => {
    seen[label] = (seen[label] ?? 0) + 1;
    return (seen[label] ?? 0) % TEST_EVERY === 0;
  });
  const kept = new Set(test);
  return test.length === 0 ? { train: points, test: points } : { train: points.filter((one) => !kept.has(one)), test };
}

/** The dataset of points, and its values. Points of one class have no label: there is nothing to tell. */
export function datasetOf(
  points: readonly Clicked[],
  about: Pick<OwnDataset, "id" | "title" | "description" | "createdAt">,
): { readonly about: OwnDataset; readonly read: ReadRows } {
  const counts = countsOf(points);
  const used = CLASSES.flatMap((name, label) => ((counts[label] ?? 0) > 0 ? [{ name, label }] : []));
  const hasLabels = used.length > 1;
  const splits = splitOf(points);
  const places = new Map(used.map(({ label }, place) => [label, place]));
  const names = used.map(({ name }) => name);
  const told = { kind: "class", shape: [], dtype: "u8", scale: 1, names } as const;
  const columns: OwnDataset["columns"] = {
    point: { kind: "points", shape: [2], dtype: "f32", scale: 1, names: ["x", "y"] },
    ...(hasLabels && { label: told }),
  };
  const read: ReadRows = (split, column, from, to): ColumnData => {
    const rows = splits[split].slice(from, to);
    return column === "point"
      ? Float32Array.from(rows.flatMap(({ x, y }) => [x, y]))
      : Uint8Array.from(rows, ({ label }) => places.get(label) ?? 0);
  };
  const [trainCount, testCount] = [splits.train.length, splits.test.length];
  const byteLength = (trainCount + testCount) * (hasLabels ? 9 : 8);
  return { about: { ...about, columns, trainCount, testCount, byteLength }, read };
}

/** The most epochs there are to set. */
const MAX_EPOCHS = 10_000;

/** A model for points that were put: with so few of them an epoch is a step or two, and so there are more epochs.
 *  @param before how many samples were trained on  @param now how many are */
export function withAsManySteps(model: ModelDescription, before: number, now: number): ModelDescription {
  const { epochs, batchSize } = model.training;
  const steps = (samples: number): number => Math.ceil(samples / batchSize);
  const wanted = Math.min(MAX_EPOCHS, Math.round((epochs * steps(before)) / steps(now)));
  return wanted <= epochs ? model : { ...model, training: { ...model.training, epochs: wanted } };
}

/** The points of a dataset of that kind, to go on with; null where it is of another. */
export function clickedOf(
  columns: OwnDataset["columns"],
  splits: Readonly<Record<"train" | "test", Readonly<Record<string, ArrayLike<number>>>>>,
): readonly Clicked[] | null {
  const { point, label } = columns;
  if (point?.kind !== "points" || point.shape.join() !== "2" || (label && label.kind !== "class")) return null;
  const labels = (label?.names ?? ["A"]).map((name) => CLASSES.findIndex((one) => one === name));
  if (labels.some((place) => place < 0)) return null;
  const found = (["train", "test"] as const).flatMap((split) => {
    const values = splits[split]["point"] ?? [];
    const own = splits[split]["label"];
    return Array.from({ length: values.length >> 1 }, (_, i): Clicked => {
      return { x: values[2 * i] ?? 0, y: values[2 * i + 1] ?? 0, label: labels[own?.[i] ?? 0] ?? 0 };
    });
  });
  // Few points are both trained on and tested on.
  const seen = new Set<string>();
  return found.filter(({ x, y, label: own }) => {
    const key = `${x} ${y} ${own}`;
    return !seen.has(key) && seen.add(key) !== undefined;
  });
}
