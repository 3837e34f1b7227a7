/** Texts of classes as a {@link Source}: in folders, in a column of a table, or as tokens in arrays. */
import { say } from "../words/said";
import { placesOf } from "./classes";
import { byName } from "./imageSet";
import { readTable, type Table } from "./csv";
import type { Item } from "./items";
import type { OpenedSorted } from "./protocol";
import type { Block } from "./readArrays";
import { BringError } from "./refusal";
import { settingsOf, type Source } from "./source";
import { areTokens, guessSortedSettings, judgeSorted, makeSorted, type SortedTexts, type Sorting } from "./sortedTexts";
import { LIKELY } from "./table";
import { decodedText } from "./textSource";

/** Bytes of all texts together. */
const MAX_BYTES = 200 * 2 ** 20;
const MAX_CLASSES = 1000;
const MAX_TOKEN = 65_535;
/** Shorter rows, and rows of fewer different numbers, are hardly texts. */
const [LEAST_LENGTH, LEAST_TOKENS] = [8, 64];
/** Texts that are shown, and letters of each. */
const [SHOWN, SHOWN_LETTERS] = [8, 300];

export function sortedSource(all: SortedTexts, title: string): Source {
  const settings = guessSortedSettings(all, title);
  const shown = (target: number): OpenedSorted["preview"] => {
    const sorting = all.sortings[target];
    // The first of each class, and of the next.
    const seen = new Map<number, number>();
    const rows = [...all.texts.keys()].filter((n) => {
      const label = sorting?.labels[n] ?? -1;
      const count = seen.get(label) ?? 0;
      seen.set(label, count + 1);
      return label >= 0 && count < Math.max(1, SHOWN / (sorting?.classes.length ?? 1));
    });
    return rows.slice(0, SHOWN).map((n) => {
      const text = all.texts[n] ?? "";
      const written = typeof text === "string" ? text : text.subarray(text.findIndex((token) => token > 0)).join(" ");
      return { text: written.slice(0, SHOWN_LETTERS), of: sorting?.classes[sorting.labels[n] ?? -1] ?? "" };
    });
  };
  const opened: OpenedSorted = {
    kind: "sorted",
    areTokens: areTokens(all),
    sortings: all.sortings.map(({ name, classes }) => ({ name, classes })),
    hasFiles: settings.byFile,
    preview: shown(settings.target),
    settings,
    report: judgeSorted(all, settings),
  };
  return {
    opened,
    async change(changed) {
      const own = settingsOf("sorted", changed);
      return { ...opened, preview: shown(own.target), settings: own, report: judgeSorted(all, own) };
    },
    make: async (chosen) => makeSorted(all, settingsOf("sorted", chosen)),
  };
}

/** Texts that lie in the folders of their classes; null where they lie otherwise.
 *  @throws BringError where there are more than the limits allow */
export async function textsInFolders(items: readonly Item[]): Promise<SortedTexts | null> {
  const places = placesOf(items.map(({ path }) => path));
  const isInFolder = items.every(({ path }, n) =>
    path
      .split("/")
      .slice(0, -1)
      .includes(places[n]?.group ?? ""),
  );
  const classes = [...new Set(places.map(({ group }) => group))].toSorted(byName);
  if (!isInFolder || classes.length < 2 || items.length < 2 * classes.length) return null;
  if (classes.length > MAX_CLASSES) {
    throw new BringError(say("brought.manyClasses", { most: MAX_CLASSES, got: classes.length }));
  }
  const size = items.reduce((sum, item) => sum + item.size, 0);
  if (size > MAX_BYTES) throw new BringError(say("brought.longText", { byteLength: size, most: MAX_BYTES }));
  const texts: string[] = [];
  for (const item of items) texts.push(decodedText(await item.read()));
  return {
    texts,
    sortings: [{ name: "", classes, labels: Int32Array.from(places, ({ group }) => classes.indexOf(group)) }],
    isTest: Uint8Array.from(places, ({ split }) => (split === "test" ? 1 : 0)),
  };
}

/** The column of a table that holds sentences; -1 where none does. */
export function textColumnOf({ columns, preview, rowCount }: Table): number {
  const lengths = columns.map(({ isWide, values, missing, notNumbers }, i) => {
    const isOften = notNumbers > (rowCount - missing) / 2 && (isWide || values.length > rowCount / 2);
    const cells = preview.map((row) => row[i] ?? "").filter((cell) => cell.includes(" "));
    return isOften && cells.length > preview.length / 2 ? cells.reduce((sum, cell) => sum + cell.length, 0) : 0;
  });
  const longest = Math.max(...lengths);
  return longest > 0 && sortingsOf({ columns, rowCount }).length > 0 ? lengths.indexOf(longest) : -1;
}

/** Columns of a few texts or numbers each, the likeliest to be asked for first. */
function sortingsOf(table: Pick<Table, "columns" | "rowCount">): readonly Sorting[] {
  const few = table.columns.filter(
    ({ isWide, values }) => !isWide && values.length > 2 && values.length <= Math.max(3, table.rowCount / 4),
  );
  return few
    .toSorted((a, b) => Number(LIKELY.test(b.name)) - Number(LIKELY.test(a.name)) || a.values.length - b.values.length)
    .map(({ name, values, codes }) => ({
      name,
      classes: values.slice(1),
      labels: Int32Array.from(codes, (code) => code - 1),
    }));
}

/** Texts of a column of a table, which may be sorted by others. @throws BringError where there are more than the limits allow */
export async function textsOfTable(file: Blob, column: number, hear: (share: number) => void): Promise<SortedTexts> {
  const texts: string[] = [];
  let size = 0;
  const table = await readTable(file, hear, undefined, (cells) => {
    const text = cells[column] ?? "";
    size += text.length;
    if (size > MAX_BYTES) throw new BringError(say("brought.longText", { byteLength: size, most: MAX_BYTES }));
    texts.push(text);
  });
  return { texts, sortings: sortingsOf(table), isTest: new Uint8Array(texts.length) };
}

/** Rows of whole numbers as texts of classes, and whether they probably are: in most places of a row any token may stand, where the
 *  columns of a table have ranges of their own. Null where they are something else. */
export function tokensOf(blocks: readonly Block[]): { readonly all: SortedTexts; readonly isLikely: boolean } | null {
  const [first] = blocks;
  const length = first?.inputs.shape[1] ?? 0;
  const areAlike = blocks.every(
    ({ inputs: { shape, values, areWide }, labels }) =>
      shape.length === 2 &&
      shape[1] === length &&
      areWide === true &&
      labels?.values.every((label) => Number.isInteger(label)) === true &&
      values.every((token) => Number.isInteger(token) && token >= 0 && token <= MAX_TOKEN),
  );
  if (!areAlike) return null;
  const tops = new Uint32Array(length);
  for (const { inputs } of blocks) {
    for (const [i, token] of inputs.values.entries()) tops[i % length] = Math.max(tops[i % length] ?? 0, token);
  }
  const top = tops.reduce((most, token) => Math.max(most, token), 0);
  const isEven = tops.filter((token) => token > top / 2).length >= length / 2;
  const labels = [...new Set(blocks.flatMap((block) => [...new Set(block.labels?.values)]))].toSorted((a, b) => a - b);
  if (labels.length > MAX_CLASSES) return null;
  const rowsOf = ({ inputs: { shape, values } }: Block): Uint32Array[] =>
    Array.from({ length: shape[0] ?? 0 }, (_, n) => Uint32Array.from(values.subarray(n * length, (n + 1) * length)));
  const placeOf = new Map(labels.map((label, place) => [label, place]));
  const own = blocks.flatMap((block) => Array.from(block.labels?.values ?? [], (label) => placeOf.get(label) ?? -1));
  const all: SortedTexts = {
    texts: blocks.flatMap(rowsOf),
    sortings: [{ name: "", classes: labels.map(String), labels: Int32Array.from(own) }],
    isTest: Uint8Array.from(
      blocks.flatMap(({ split, inputs }) =>
        Array.from({ length: inputs.shape[0] ?? 0 }, () => Number(split === "test")),
      ),
    ),
  };
  return { all, isLikely: isEven && length >= LEAST_LENGTH && top >= LEAST_TOKENS };
}
