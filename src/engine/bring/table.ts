/** Makes a dataset of a table: which columns are read and how, what is predicted from them, and what is wrong with that. */
import type { ColumnInfo } from "../data/column";
import type { Cell, Scaled } from "../data/cells";
import { MAX_OWN_BYTES, type OwnDataset, ownId, type ReadRows, TABLE_ROWS } from "../data/ownData";
import { BringError } from "./refusal";
import { type Said, say } from "../words/said";
import type { Table, TableColumn } from "./csv";
import { permutation, STREAM } from "../random";
import { splitRows } from "./split";

/** How a column is read. What is embedded is read as a category is, and a model that fits looks its texts up in a table of vectors. */
export type ColumnUse = "number" | "category" | "embedded" | "off";

const readsTexts = (use: ColumnUse | undefined): boolean => use === "category" || use === "embedded";

/** What a visitor chooses for a table. */
export interface TableSettings {
  readonly kind: "table";
  readonly title: string;
  /** For each column, that of the target included. */
  readonly uses: readonly ColumnUse[];
  /** Which column is predicted: as a class where it is read as a category. */
  readonly target: number;
  /** Whether the rows of the other file are the test set. */
  readonly byFile: boolean;
  /** From 0 to 1: what is kept for the test. */
  readonly testShare: number;
  readonly seed: number;
}

/** What comes of a table with these settings. */
export interface TableReport {
  /** Null where nothing can be made of it. */
  readonly problem: Said | null;
  readonly remarks: readonly Said[];
  readonly trainCount: number;
  readonly testCount: number;
  readonly featureCount: number;
  readonly classes: readonly { readonly name: string; readonly count: number }[];
}

const isMostlyNumbers = ({ missing, notNumbers, numbers }: TableColumn): boolean =>
  notNumbers <= 0.1 * (numbers.length - missing) && numbers.length > missing;

/** Categories with more texts are embedded. */
const MANY_VALUES = 20;

/** How a column is probably meant: what counts rows, and texts that are all different, say nothing. */
export function guessUse(column: TableColumn): ColumnUse {
  const { isWide, missing, numbers } = column;
  if (missing === numbers.length) return "off";
  if (isMostlyNumbers(column)) return countsRows(numbers) ? "off" : "number";
  if (isWide || column.values.length > numbers.length / 2 + 1) return "off";
  return column.values.length > MANY_VALUES ? "embedded" : "category";
}

const countsRows = (numbers: Float64Array): boolean =>
  numbers.length > 3 && numbers.every((value, i) => i === 0 || value === (numbers[i - 1] ?? NaN) + 1);

/** What columns are called that are to be predicted. */
export const LIKELY =
  /^(target|label|labels|class|y|species|outcome|survived|diagnosis|quality|price|mpg|medv|sentiment|category|rating|spam|topic|intent)$/i;

/** What is to be begun with. */
export function guessSettings(table: Table, title: string): TableSettings {
  const uses = table.columns.map(guessUse);
  const named = table.columns.findIndex(({ name }, i) => LIKELY.test(name) && uses[i] !== "off");
  const last = uses.findLastIndex((use) => use !== "off");
  const target = named >= 0 ? named : Math.max(0, last);
  const column = table.columns[target];
  // Few whole numbers are classes more often than measures.
  const isClass = column && !column.isWide && column.values.length <= 11 && column.numbers.every((n) => !(n % 1));
  return {
    kind: "table",
    title: title.slice(0, 80),
    uses: uses.map((use, i) => (i === target && isClass ? "category" : use)),
    target,
    byFile: table.testFrom < table.rowCount,
    testShare: 0.2,
    seed: 1,
  };
}

/** Whether a row has what is to be predicted. */
function usableRows(column: TableColumn, isClass: boolean): Uint32Array {
  const rows: number[] = [];
  const { codes, numbers } = column;
  for (let n = 0; n < codes.length; n++) {
    if (isClass ? codes[n] !== 0 && codes[n] !== 0xffff : Number.isFinite(numbers[n])) rows.push(n);
  }
  return Uint32Array.from(rows);
}

interface Feature extends Scaled {
  readonly name: string;
  readonly column: TableColumn;
  /** The text that it stands for; undefined for a number. */
  readonly code?: number;
}

function statisticsOf(numbers: Float64Array, rows: Uint32Array): Scaled {
  let [count, sum] = [0, 0];
  for (const n of rows) {
    const value = numbers[n] ?? NaN;
    if (!Number.isNaN(value)) {
      count++;
      sum += value;
    }
  }
  const mean = count > 0 ? sum / count : 0;
  let squares = 0;
  for (const n of rows) {
    const value = numbers[n] ?? NaN;
    if (!Number.isNaN(value)) squares += (value - mean) ** 2;
  }
  return { mean, deviation: count > 0 ? Math.sqrt(squares / count) : 0 };
}

/** Whether numbers differ by more than the rounding of their mean. */
const isVaried = ({ mean, deviation }: Scaled): boolean => deviation > 1e-12 * Math.abs(mean);

/** What stands in a cell of a category: its text, or that none does, or one of those too rare to be kept apart. */
const textOf = (code: number, values: readonly string[]): string =>
  code === 0 ? "missing" : code === 0xffff ? "other" : (values[code] ?? "");

/** The cells that features were, those of a category together. */
function cellsOf(features: readonly Feature[]): Cell[] {
  const cells: Cell[] = [];
  features.forEach(({ column, code, mean, deviation }, i) => {
    const { name, values } = column;
    if (code === undefined) cells.push({ name, mean, deviation });
    else if (features[i - 1]?.column !== column) {
      const own = features.filter((feature) => feature.column === column);
      cells.push({ name, texts: own.map((feature) => textOf(feature.code ?? 0, values)) });
    }
  });
  return cells;
}

/** Numbers are scaled by what training rows say of them, missing ones are their mean; each text of a category is a feature. */
function featuresOf({ columns }: Table, { uses, target }: TableSettings, train: Uint32Array) {
  const features: Feature[] = [];
  /** Those of each category that is embedded, which come last. */
  const embedded: Feature[][] = [];
  const constant: string[] = [];
  let filled = 0;
  for (const [i, column] of columns.entries()) {
    const use = uses[i] ?? "off";
    if (i === target || use === "off") continue;
    const { name, missing, notNumbers, numbers, values, codes } = column;
    if (use === "number") {
      const { mean, deviation } = statisticsOf(numbers, train);
      if (!isVaried({ mean, deviation })) constant.push(name);
      else {
        features.push({ name, column, mean, deviation });
        filled += missing + notNumbers;
      }
      continue;
    }
    const seen = new Set<number>();
    for (const n of train) seen.add(codes[n] ?? 0);
    if (seen.size < 2) constant.push(name);
    else {
      const own = [...seen]
        .toSorted((a, b) => a - b)
        .map((code): Feature => {
          const text = textOf(code, values);
          return { name: `${name}=${text}`.slice(0, 60), column, code, mean: 0, deviation: 1 };
        });
      if (use === "embedded") embedded.push(own);
      else features.push(...own);
    }
  }
  return {
    features: [...features, ...embedded.flat()],
    embedded: embedded.map(({ length }) => length),
    constant,
    filled,
  };
}

/** Rows of one file, and those of the other, each in a mixed order: what is held out for validation is taken from an end. */
function divideAt(rows: Uint32Array, testFrom: number, seed: number) {
  const mixed = Uint32Array.from(permutation(rows.length, seed, 0, STREAM.split), (i) => rows[i] ?? 0);
  return { train: mixed.filter((n) => n < testFrom), test: mixed.filter((n) => n >= testFrom) };
}

/** What a table makes with these settings, without its values. */
function plan(table: Table, settings: TableSettings) {
  const { columns } = table;
  const { target, uses, byFile, testShare, seed } = settings;
  const column = columns[target];
  const use = uses[target];
  if (!column || use === "off" || use === undefined) throw new BringError(say("brought.noTarget"));
  const isClass = readsTexts(use);
  if (isClass && column.isWide) throw new BringError(say("brought.wideTarget", { column: column.name }));
  const rows = usableRows(column, isClass);
  const labels = isClass ? Uint32Array.from(rows, (n) => column.codes[n] ?? 0) : undefined;
  const { train, test } = byFile ? divideAt(rows, table.testFrom, seed) : splitRows(rows, labels, testShare, seed);
  if (train.length < 1 || test.length < 1) throw new BringError(say("brought.fewRows", { got: rows.length }));
  const used = isClass ? [...new Set(labels)].toSorted((a, b) => a - b) : [];
  if (isClass && used.length < 2) throw new BringError(say("brought.oneClass", { column: column.name }));
  const scaled = isClass ? undefined : statisticsOf(column.numbers, train);
  if (scaled && !isVaried(scaled)) throw new BringError(say("brought.oneValue", { column: column.name }));
  const { features, embedded, constant, filled } = featuresOf(table, settings, train);
  if (features.length === 0) throw new BringError(say("brought.noFeatures"));
  const byteLength = rows.length * (features.length * 4 + (isClass ? 1 : 4));
  if (byteLength > MAX_OWN_BYTES) throw new BringError(say("brought.manyValues", { byteLength, most: MAX_OWN_BYTES }));
  return { column, isClass, scaled, rows, labels, train, test, used, features, embedded, constant, filled, byteLength };
}

/** Features that give the target away: alone they tell nearly every row's. */
function leaksOf({ column: target, isClass, rows, features }: ReturnType<typeof plan>): string[] {
  const found = new Set<string>();
  for (const { column, code } of features) {
    if (found.has(column.name)) continue;
    const gives = isClass
      ? tellsClass(column, target, rows, code !== undefined)
      : code === undefined && Math.abs(correlation(column.numbers, target.numbers, rows)) > 0.9995;
    if (gives) found.add(column.name);
  }
  return [...found];
}

const BINS = 64;

/** Whether the commonest class of each text, or of each of a few ranges of numbers, is right for nearly every row. */
function tellsClass(column: TableColumn, target: TableColumn, rows: Uint32Array, isCategory: boolean): boolean {
  const { numbers, codes, values } = column;
  const keys = isCategory
    ? Uint32Array.from(rows, (n) => codes[n] ?? 0)
    : ranksOf(Float64Array.from(rows, (n) => numbers[n] ?? NaN));
  if (isCategory && values.length > rows.length / 4) return false;
  const counts = new Map<number, number>();
  const all = new Map<number, number>();
  rows.forEach((n, i) => {
    const label = target.codes[n] ?? 0;
    const key = (keys[i] ?? 0) * 1024 + label;
    counts.set(key, (counts.get(key) ?? 0) + 1);
    all.set(label, (all.get(label) ?? 0) + 1);
  });
  const best = new Map<number, number>();
  for (const [key, count] of counts) {
    const group = Math.floor(key / 1024);
    best.set(group, Math.max(best.get(group) ?? 0, count));
  }
  const right = [...best.values()].reduce((sum, count) => sum + count, 0) / rows.length;
  const chance = Math.max(...all.values()) / rows.length;
  return rows.length >= 40 && right > 0.995 && chance < 0.98;
}

/** Which of some ranges of equally many a number is in; of those that are equal, the same. */
function ranksOf(numbers: Float64Array): Uint32Array {
  const sorted = numbers.filter((value) => !Number.isNaN(value)).toSorted();
  const length = Math.min(BINS, Math.ceil(sorted.length / 4));
  const edges = Array.from({ length }, (_, i) => sorted[Math.floor((i * sorted.length) / length)] ?? 0);
  return Uint32Array.from(numbers, (value) =>
    Number.isNaN(value) ? 0 : 1 + edges.findLastIndex((edge) => edge <= value),
  );
}

function correlation(a: Float64Array, b: Float64Array, rows: Uint32Array): number {
  const both = rows.filter((n) => !Number.isNaN(a[n]) && !Number.isNaN(b[n]));
  if (both.length < 40) return 0;
  const [x, y] = [statisticsOf(a, both), statisticsOf(b, both)];
  let sum = 0;
  for (const n of both) sum += ((a[n] ?? 0) - x.mean) * ((b[n] ?? 0) - y.mean);
  return sum / (both.length * x.deviation * y.deviation);
}

/** What these settings come to, for the visitor to see before anything is made. */
export function judgeTable(table: Table, settings: TableSettings): TableReport {
  try {
    const made = plan(table, settings);
    const { column, isClass, rows, labels, train, test, used, features, embedded, constant, filled } = made;
    const lacking = table.rowCount - rows.length;
    const leaks = leaksOf(made);
    return {
      problem: null,
      remarks: [
        ...(leaks.length > 0 ? [say("brought.leaks", { columns: leaks, target: column.name })] : []),
        ...(lacking > 0 ? [say("brought.noTargetIn", { rows: lacking, target: column.name })] : []),
        ...(filled > 0 ? [say("brought.filled", { cells: filled })] : []),
        ...(constant.length > 0 ? [say("brought.constantColumns", { columns: constant })] : []),
        ...(embedded.length > 0 ? [say("brought.embedded", { columns: embedded.length })] : []),
        ...(isClass ? [] : [say("brought.targetScaled", { target: column.name })]),
      ],
      trainCount: train.length,
      testCount: test.length,
      featureCount: features.length,
      classes: used.map((code) => ({
        name: column.values[code] ?? "",
        count: labels?.reduce((sum, label) => sum + (label === code ? 1 : 0), 0) ?? 0,
      })),
    };
  } catch (error) {
    if (!(error instanceof BringError)) throw error;
    return { problem: error.said, remarks: [], trainCount: 0, testCount: 0, featureCount: 0, classes: [] };
  }
}

/** The dataset: `features` `[D]` f32 and `target`, a class or a number of mean 0 and deviation 1 over the training rows.
 *  @throws BringError where nothing can be made of it */
export function makeTable(
  table: Table,
  settings: TableSettings,
): { readonly about: OwnDataset; readonly read: ReadRows } {
  const made = plan(table, settings);
  const { column, isClass, scaled: target, train, test, used, features, embedded, byteLength } = made;
  const columns: Record<string, ColumnInfo> = {
    [TABLE_ROWS]: {
      kind: "points",
      shape: [features.length],
      dtype: "f32",
      scale: 1,
      names: features.map(({ name }) => name),
      cells: cellsOf(features),
      ...(embedded.length > 0 && { embedded }),
    },
    target: isClass
      ? { kind: "class", shape: [], dtype: "u8", scale: 1, names: used.map((code) => column.values[code] ?? "") }
      : { kind: "value", shape: [], dtype: "f32", scale: 1, names: [column.name], ...(target && { unit: target }) },
  };
  const rowsOf = { train, test };
  const places = new Map(used.map((code, i) => [code, i]));
  return {
    about: {
      id: ownId(),
      title: settings.title.trim() || "Table",
      description: `${column.name} from ${features.length} features`,
      columns,
      trainCount: train.length,
      testCount: test.length,
      byteLength,
      createdAt: Date.now(),
    },
    read: (split, name, from, to) => {
      const rows = rowsOf[split].subarray(from, to);
      if (name === "target") {
        return target
          ? Float32Array.from(rows, (n) => ((column.numbers[n] ?? 0) - target.mean) / target.deviation)
          : Uint8Array.from(rows, (n) => places.get(column.codes[n] ?? 0) ?? 0);
      }
      const values = new Float32Array(rows.length * features.length);
      let at = 0;
      for (const n of rows) {
        for (const { column: own, code, mean, deviation } of features) {
          const value = own.numbers[n] ?? NaN;
          if (code !== undefined) values[at++] = own.codes[n] === code ? 1 : 0;
          else values[at++] = Number.isNaN(value) ? -0 : (value - mean) / deviation;
        }
      }
      return values;
    },
  };
}
