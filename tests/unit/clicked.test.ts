// Points that are put by hand: edits, what is kept for the test, and there and back as a dataset.
import { describe, expect, it } from "vitest";
import {
  type Clicked,
  clickedOf,
  countsOf,
  datasetOf,
  erased,
  REACH,
  splitOf,
  withAsManySteps,
  withPoint,
} from "../../app/data/clicked";
import { presets } from "../../src/engine/model/presets";
import { readOwn } from "../../src/engine/data/ownData";

const about = { id: "own-points", title: "Mine", description: "", createdAt: 1 };
/** Twelve of A, six of C, by turns. */
const points = Array.from({ length: 18 }, (_, i): Clicked => ({ x: i / 20, y: -i / 20, label: i % 3 === 2 ? 2 : 0 }));

describe("points that are put", () => {
  it("stay on the pad, and are erased around a place", () => {
    const [put] = withPoint([], { x: 9, y: -9, label: 1 });
    expect(put).toEqual({ x: REACH, y: -REACH, label: 1 });
    expect(erased(points, 0, 0, 0.1).length).toBe(16);
    expect(countsOf(points)).toEqual([12, 0, 6, 0]);
  });

  it("are kept for the test by every fifth of each class, or all of them where they are few", () => {
    const { train, test } = splitOf(points);
    expect(countsOf(test)).toEqual([2, 0, 1, 0]);
    expect(train.length + test.length).toBe(18);
    expect(splitOf(points.slice(0, 4))).toEqual({ train: points.slice(0, 4), test: points.slice(0, 4) });
  });

  it.each([18, 4])("come back from a dataset of %d", (count) => {
    const put = points.slice(0, count);
    const made = datasetOf(put, about);
    expect(readOwn(made.about)).toEqual(made.about);
    const read = (split: "train" | "test", all: number) => ({
      point: made.read(split, "point", 0, all),
      label: made.read(split, "label", 0, all),
    });
    const { trainCount, testCount, columns } = made.about;
    expect(columns["label"]?.names).toEqual(["A", "C"]);
    expect([...read("train", trainCount).label].every((label) => label < 2)).toBe(true);
    const back = clickedOf(columns, { train: read("train", trainCount), test: read("test", testCount) });
    const key = ({ x, y, label }: Clicked): string => `${x.toFixed(5)} ${y.toFixed(5)} ${label}`;
    expect(back?.map(key).toSorted()).toEqual(put.map(key).toSorted());
  });

  it("are learnt in as many steps as more points were, and never in fewer epochs", () => {
    const { description } = presets["gan-points"];
    const epochsOf = (before: number, now: number) => withAsManySteps(description, before, now).training.epochs;
    expect([epochsOf(4096, 45), epochsOf(4096, 300), epochsOf(45, 4096), epochsOf(1_000_000, 4)]).toEqual([
      6400, 3200, 400, 10_000,
    ]);
  });

  it("of one class have no label", () => {
    const { columns, byteLength, trainCount, testCount } = datasetOf(
      points.map((point) => ({ ...point, label: 3 })),
      about,
    ).about;
    expect(Object.keys(columns)).toEqual(["point"]);
    expect(byteLength).toBe(8 * (trainCount + testCount));
  });
});
