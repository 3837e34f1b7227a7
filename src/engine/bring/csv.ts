/** Reads tables from CSV and TSV, a piece of the file at a time: what is in each column, as numbers and as different texts. Rows
 *  that do not fit are named and left out. */
import Papa from "papaparse";
import { BringError } from "./refusal";
import { type Said, say } from "../words/said";

/** Limits, checked before anything of that size is made. */
export const TABLE_LIMITS = {
  fileBytes: 500 * 2 ** 20,
  columns: 512,
  cells: 20_000_000,
  /** Characters in one row. */
  rowLength: 2 ** 20,
  /** Different texts of a column that are told apart. */
  values: 256,
  /** Bytes of the file that are read at a time. */
  pieceBytes: 2 ** 21,
} as const;

const PREVIEW_ROWS = 12;
const NAMED_ROWS = 8;
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const DECIMAL_COMMA = /^[+-]?\d*,\d+$/;
const MISSING = new Set(["", "na", "n/a", "nan", "null", "none", "?", "-"]);

/** A column as it was read. */
export interface TableColumn {
  readonly name: string;
  /** A number for each row; NaN where there is none. */
  readonly numbers: Float64Array;
  /** For each row which of `values` it has; 0 where it is missing, and 0xffff where there are too many to tell apart. */
  readonly codes: Uint16Array;
  /** Different texts in the order in which they come, after an empty one. */
  readonly values: readonly string[];
  readonly isWide: boolean;
  readonly missing: number;
  /** Texts that are there and no numbers. */
  readonly notNumbers: number;
}

/** A table as it was read. */
export interface Table {
  readonly columns: readonly TableColumn[];
  readonly rowCount: number;
  readonly preview: readonly (readonly string[])[];
  /** Rows that were left out, and the first of them with their reasons. */
  readonly refusedCount: number;
  readonly refused: readonly Said[];
  /** Where the rows of another file begin, which are for the test; `rowCount` where there is none. */
  readonly testFrom: number;
}

/** Whether a text stands for nothing. */
const isMissing = (text: string): boolean => MISSING.has(text.toLowerCase());

/** Takes the cells of a column, one row after another. */
export class ColumnReader {
  #numbers = new Float64Array(1024);
  #codes = new Uint16Array(1024);
  readonly #places = new Map<string, number>();
  readonly values: string[] = [""];
  isWide = false;
  missing = 0;
  notNumbers = 0;

  constructor(readonly name: string) {}

  add(row: number, cell: string): void {
    if (row >= this.#numbers.length) {
      const numbers = new Float64Array(2 * row);
      numbers.set(this.#numbers);
      const codes = new Uint16Array(2 * row);
      codes.set(this.#codes);
      [this.#numbers, this.#codes] = [numbers, codes];
    }
    const text = cell.trim();
    if (isMissing(text)) {
      this.missing++;
      this.#numbers[row] = NaN;
      return;
    }
    const value = NUMBER.test(text) ? Number(text) : DECIMAL_COMMA.test(text) ? Number(text.replace(",", ".")) : NaN;
    const isNumber = Math.abs(value) < 1e30;
    this.#numbers[row] = isNumber ? value : NaN;
    if (!isNumber) this.notNumbers++;
    let place = this.#places.get(text);
    if (place === undefined && this.values.length <= TABLE_LIMITS.values) {
      place = this.values.length;
      this.values.push(text.slice(0, 80));
      this.#places.set(text, place);
    }
    if (place === undefined) this.isWide = true;
    this.#codes[row] = place ?? 0xffff;
  }

  done(rowCount: number): TableColumn {
    const { name, values, isWide, missing, notNumbers } = this;
    const [numbers, codes] = [this.#numbers.subarray(0, rowCount), this.#codes.subarray(0, rowCount)];
    return { name, numbers, codes, values, isWide, missing, notNumbers };
  }
}

/** Names of columns that are not empty and all different. */
function namesFrom(cells: readonly string[]): string[] {
  const taken = new Set<string>();
  return cells.map((cell, i) => {
    const stem = cell.trim().slice(0, 60) || `column ${i + 1}`;
    let name = stem;
    for (let n = 2; taken.has(name); n++) name = `${stem} (${n})`;
    taken.add(name);
    return name;
  });
}

/** The pieces of a file as text: UTF-8, or what its byte order mark says, or Western European where it is no UTF-8. */
async function* piecesOf(file: Blob): AsyncGenerator<{ readonly text: string; readonly at: number }> {
  const head = new Uint8Array(await file.slice(0, 2 ** 16).arrayBuffer());
  const decoder = new TextDecoder(encodingOf(head, file.size <= head.length));
  for (let at = 0; at < file.size; at += TABLE_LIMITS.pieceBytes) {
    const end = Math.min(file.size, at + TABLE_LIMITS.pieceBytes);
    const bytes = new Uint8Array(await file.slice(at, end).arrayBuffer());
    yield { text: decoder.decode(bytes, { stream: end < file.size }), at: end };
  }
}

/** UTF-8, or what a byte order mark says, or Western European where it is no UTF-8.
 *  @param isWhole whether nothing comes after it  @throws BringError for what is no text */
export function encodingOf(head: Uint8Array, isWhole: boolean): string {
  if (head[0] === 0xff && head[1] === 0xfe) return "utf-16le";
  if (head[0] === 0xfe && head[1] === 0xff) return "utf-16be";
  if (head.includes(0)) throw new BringError(say("brought.notText"));
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(head, { stream: !isWhole });
    return "utf-8";
  } catch {
    return "windows-1252";
  }
}

/** @param hear how much of it was read, from 0 to 1
 *  @param test another file, of the same columns, whose rows are for the test
 *  @param keep is given the cells of each row that is taken
 *  @throws BringError for what is no table, or is larger than the limits */
export async function readTable(
  file: Blob,
  hear: (share: number) => void = () => {},
  test?: Blob,
  keep?: (cells: readonly string[]) => void,
): Promise<Table> {
  const size = file.size + (test?.size ?? 0);
  if (size > TABLE_LIMITS.fileBytes) throw new BringError(say("brought.largeTable", { most: TABLE_LIMITS.fileBytes }));
  let delimiter = "";
  let rest = "";
  let readers: ColumnReader[] | undefined;
  /** Whether the names of the columns stand above the first file, and are expected above the other. */
  let [hasNames, isHead] = [false, false];
  let [rowCount, line, refusedCount] = [0, 0, 0];
  const preview: string[][] = [];
  const refused: Said[] = [];
  const take = (cells: readonly string[]): void => {
    line++;
    if (cells.length === 1 && cells[0]?.trim() === "") return;
    if (!readers) {
      if (cells.length > TABLE_LIMITS.columns) {
        throw new BringError(say("brought.manyColumns", { most: TABLE_LIMITS.columns, got: cells.length }));
      }
      hasNames = cells.every((cell) => !NUMBER.test(cell.trim()));
      readers = namesFrom(hasNames ? cells : cells.map(() => "")).map((name) => new ColumnReader(name));
      if (hasNames) return;
    }
    if (isHead) {
      isHead = false;
      const expected = readers.map(({ name }) => name);
      const got = namesFrom(cells);
      if (got.length !== expected.length || got.some((name, i) => name !== expected[i])) {
        throw new BringError(say("brought.otherColumns", { expected: expected.slice(0, 8), got: got.slice(0, 8) }));
      }
      return;
    }
    if (cells.length !== readers.length) {
      refusedCount++;
      const about = { line, got: cells.length, expected: readers.length };
      if (refused.length < NAMED_ROWS) refused.push(say("brought.raggedRow", about));
      return;
    }
    if ((rowCount + 1) * readers.length > TABLE_LIMITS.cells) {
      throw new BringError(say("brought.manyCells", { most: TABLE_LIMITS.cells }));
    }
    for (const [i, reader] of readers.entries()) reader.add(rowCount, cells[i] ?? "");
    keep?.(cells);
    if (preview.length < PREVIEW_ROWS) preview.push(cells.map((cell) => cell.slice(0, 80)));
    rowCount++;
  };
  const read = async (blob: Blob, before: number): Promise<void> => {
    [delimiter, rest, line] = ["", "", 0];
    for await (const { text, at } of piecesOf(blob)) {
      rest += text;
      const isLast = at >= blob.size;
      if (delimiter === "") delimiter = delimiterOf(rest);
      // Its parser takes what is whole, and says where that ends.
      const parsed = new Papa.Parser({ delimiter }).parse(rest, 0, !isLast) as Papa.ParseResult<string[]>;
      for (const cells of parsed.data) take(cells);
      rest = isLast ? "" : rest.slice(parsed.meta.cursor);
      if (rest.length > TABLE_LIMITS.rowLength) throw new BringError(say("brought.longRow", { line: line + 1 }));
      hear((before + at) / size);
    }
  };
  await read(file, 0);
  const testFrom = rowCount;
  if (test) {
    isHead = hasNames;
    await read(test, file.size);
  }
  if (!readers || rowCount < 2) throw new BringError(say("brought.noRows"));
  const count = rowCount;
  return { columns: readers.map((reader) => reader.done(count)), rowCount, preview, refusedCount, refused, testFrom };
}

/** The delimiter by which most of the first rows have as many cells as the first, and of several such that which gives most. */
function delimiterOf(text: string): string {
  const head = text.slice(0, 2 ** 16);
  let best = { delimiter: ",", score: 0 };
  for (const delimiter of [",", ";", "\t", "|"]) {
    const { data } = new Papa.Parser({ delimiter, preview: 12 }).parse(head, 0, false) as Papa.ParseResult<string[]>;
    const [first] = data;
    const width = first?.length ?? 1;
    const rows = data.filter((cells) => cells.length > 1 || cells[0] !== "");
    const even = rows.filter((cells) => cells.length === width).length / Math.max(1, rows.length);
    const score = width < 2 ? 0 : even + Math.min(width, 1000) / 10_000;
    if (score > best.score) best = { delimiter, score };
  }
  return best.delimiter;
}
