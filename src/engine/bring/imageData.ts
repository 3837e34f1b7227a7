/** Makes a dataset of pictures: which classes, which of them for the test, and what is worth a word before anybody trains on it. */
import { type ColumnInfo, indexType } from "../data/column";
import { arrayTypes, elementBytes } from "../graph/type";
import { MAX_OWN_BYTES, type OwnDataset, ownId, type ReadRows } from "../data/ownData";
import { permutation, STREAM } from "../random";
import { type Said, say } from "../words/said";
import type { Look } from "./decode";
import type { ImageSet } from "./imageSet";
import { BringError } from "./refusal";
import { splitRows } from "./split";

/** What a visitor chooses for pictures. */
export interface ImageSettings {
  readonly kind: "images";
  readonly title: string;
  readonly look: Look;
  /** What the pictures of each group are called: groups of one name are one class. */
  readonly names: readonly string[];
  /** Which groups are left out. */
  readonly off: readonly boolean[];
  /** Whether a picture that is there again is left out. */
  readonly skipsTwins: boolean;
  /** Whether the files say which are for the test. */
  readonly byFile: boolean;
  readonly testShare: number;
  readonly seed: number;
}

/** What comes of pictures with these settings. */
export interface ImageReport {
  readonly problem: Said | null;
  readonly remarks: readonly Said[];
  readonly trainCount: number;
  readonly testCount: number;
  readonly classes: readonly { readonly name: string; readonly count: number }[];
}

const MAX_CLASSES = 1000;
/** How many times larger the largest class may be than the smallest without a word. */
const MAX_UNEVEN = 5;

/** Whether the files say which pictures are for the test. */
export const saysSplit = ({ samples }: ImageSet): boolean =>
  samples.some(({ split }) => split === "test") && samples.some(({ split }) => split !== "test");

/** What is to be begun with. */
export function guessImageSettings(set: ImageSet, look: Look, title: string): ImageSettings {
  const { groups } = set;
  return {
    kind: "images",
    title: title.slice(0, 80),
    look,
    names: groups.map((group) => group.slice(0, 60)),
    off: groups.map(() => false),
    skipsTwins: true,
    byFile: saysSplit(set),
    testShare: 0.2,
    seed: 1,
  };
}

/** Which samples are taken, as which class, on which side. */
function plan({ samples, shape }: ImageSet, settings: ImageSettings) {
  const { names, off, skipsTwins, byFile, testShare, seed } = settings;
  const called = names.map((name) => name.trim());
  if (called.some((name, group) => name === "" && off[group] !== true))
    throw new BringError(say("brought.namelessClass"));
  const classes = [...new Set(called.filter((_, group) => off[group] !== true))];
  if (classes.length === 0) throw new BringError(say("brought.noClass"));
  if (classes.length > MAX_CLASSES) {
    throw new BringError(say("brought.manyClasses", { most: MAX_CLASSES, got: classes.length }));
  }
  const classAt = new Map(classes.map((name, i) => [name, i]));
  const classOf = called.map((name, group) => (off[group] === true ? -1 : (classAt.get(name) ?? -1)));
  const rows: number[] = [];
  const labels: number[] = [];
  let [twins, disputed] = [0, 0];
  for (const [n, { group, twin }] of samples.entries()) {
    const label = classOf[group] ?? -1;
    if (label < 0) continue;
    const other = twin < 0 ? -1 : (classOf[samples[twin]?.group ?? -1] ?? -1);
    if (other >= 0) {
      twins++;
      if (other !== label) disputed++;
      if (skipsTwins) continue;
    }
    rows.push(n);
    labels.push(label);
  }
  const seen = new Set(labels);
  const empty = classes.filter((_, i) => !seen.has(i));
  if (empty.length > 0) throw new BringError(say("brought.emptyClasses", { classes: empty }));
  const { train, test } = byFile
    ? divideByFile(samples, rows, seed)
    : splitRows(Uint32Array.from(rows), Uint32Array.from(labels), testShare, seed);
  if (train.length < 1 || test.length < 1) throw new BringError(say("brought.fewPictures", { got: rows.length }));
  const byteLength = rows.length * (shape[0] * shape[1] * shape[2] + (classes.length > 1 ? labelBytes(classes) : 0));
  if (byteLength > MAX_OWN_BYTES) {
    throw new BringError(say("brought.manyPixels", { most: MAX_OWN_BYTES, got: byteLength }));
  }
  return { classes, classOf, rows, labels, train, test, twins, disputed, byteLength };
}

const labelBytes = (classes: readonly string[]): number => elementBytes(indexType(classes.length));

/** As the files say, each side in a mixed order: they come by class, and what is held out for validation is taken from an end. */
function divideByFile(samples: ImageSet["samples"], rows: readonly number[], seed: number) {
  const mixed = permutation(rows.length, seed, 0, STREAM.split).map((i) => rows[i] ?? 0);
  const isTest = (n: number): boolean => samples[n]?.split === "test";
  return { train: mixed.filter((n) => !isTest(n)), test: mixed.filter(isTest) };
}

/** What these settings come to, for the visitor to see before anything is made. */
export function judgeImages(set: ImageSet, settings: ImageSettings): ImageReport {
  try {
    const { classes, classOf, labels, train, test, twins, disputed } = plan(set, settings);
    const counts = classes.map(() => 0);
    for (const label of labels) counts[label] = (counts[label] ?? 0) + 1;
    const [fewest, most] = [Math.min(...counts), Math.max(...counts)];
    const tested = new Set(Array.from(test, (n) => classOf[set.samples[n]?.group ?? -1]));
    const lacking = classes.filter((_, i) => !tested.has(i));
    return {
      problem: null,
      remarks: [
        ...set.remarks,
        ...(disputed > 0 ? [say("brought.disputed", { pictures: disputed })] : []),
        ...(twins > 0 ? [say("brought.twins", { pictures: twins, isOut: settings.skipsTwins })] : []),
        ...(most > MAX_UNEVEN * fewest
          ? [
              say("brought.uneven", {
                large: classes[counts.indexOf(most)] ?? "",
                most,
                small: classes[counts.indexOf(fewest)] ?? "",
                fewest,
              }),
            ]
          : []),
        ...(classes.length > 1 && lacking.length > 0 ? [say("brought.lackingInTest", { classes: lacking })] : []),
        ...(classes.length === 1 ? [say("brought.oneClassOnly")] : []),
      ],
      trainCount: train.length,
      testCount: test.length,
      classes: classes.map((name, i) => ({ name, count: counts[i] ?? 0 })),
    };
  } catch (error) {
    if (!(error instanceof BringError)) throw error;
    return { problem: error.said, remarks: set.remarks, trainCount: 0, testCount: 0, classes: [] };
  }
}

/** The dataset: `image` `[H, W, C]` u8 and, where there is more than one class, `label`.
 *  @throws BringError where nothing can be made of it */
export function makeImages(
  set: ImageSet,
  settings: ImageSettings,
): { readonly about: OwnDataset; readonly read: ReadRows } {
  const { classes, classOf, train, test, byteLength } = plan(set, settings);
  const { samples, pixels, shape } = set;
  const labelType = indexType(classes.length);
  const columns: Record<string, ColumnInfo> = {
    image: { kind: "image", shape: [...shape], dtype: "u8", scale: 1 / 255 },
    ...(classes.length > 1 && {
      label: { kind: "class", shape: [], dtype: labelType, scale: 1, names: classes },
    }),
  };
  const rowsOf = { train, test };
  return {
    about: {
      id: ownId(),
      title: settings.title.trim() || "Pictures",
      description: `${train.length + test.length} pictures of ${shape[1]}×${shape[0]}`,
      columns,
      trainCount: train.length,
      testCount: test.length,
      byteLength,
      createdAt: Date.now(),
    },
    read: (split, name, from, to) => {
      const rows = rowsOf[split].subarray(from, to);
      const labelOf = (n: number): number => classOf[samples[n]?.group ?? -1] ?? 0;
      if (name === "label") return arrayTypes[labelType].from(Array.from(rows, labelOf));
      const values = new Uint8Array(rows.length * pixels.byteLength);
      for (const [i, n] of rows.entries()) values.set(pixels.get(n), i * pixels.byteLength);
      return values;
    },
  };
}
