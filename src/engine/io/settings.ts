/** Settings of a layer read by their kind, where its record's own type is not at hand. They have been checked against the record
 *  before, so what is not as asked for is a mistake in the engine. */
import { ArgumentError, REPORT_BUG } from "../errors";
import type { Config } from "../fields";
import type { Edges, Pair } from "./portable/program";

const isNumber = (value: unknown): value is number => typeof value === "number";
const isPair = (value: unknown): value is Pair => Array.isArray(value) && value.length === 2 && value.every(isNumber);
const isList = (value: unknown): value is readonly number[] => Array.isArray(value) && value.every(isNumber);
const isText = (value: unknown): value is string => typeof value === "string";
const isFlag = (value: unknown): value is boolean => typeof value === "boolean";

/** Reads settings by name. */
export class Settings {
  readonly #config: Config;

  constructor(config: Config) {
    this.#config = config;
  }

  #read<T>(key: string, fits: (value: unknown) => value is T, kind: string): T {
    const value = this.#config[key];
    if (fits(value)) return value;
    throw new ArgumentError(`Setting ${key}: expected ${kind}, got ${String(value)}. ${REPORT_BUG}`);
  }

  number(key: string): number {
    return this.#read(key, isNumber, "a number");
  }

  pair(key: string): Pair {
    return this.#read(key, isPair, "two numbers");
  }

  list(key: string): readonly number[] {
    return this.#read(key, isList, "numbers");
  }

  text(key: string): string {
    return this.#read(key, isText, "text");
  }

  flag(key: string): boolean {
    return this.#read(key, isFlag, "yes or no");
  }

  /** One of a few words. */
  oneOf<const T extends string>(key: string, words: readonly T[]): T {
    return this.#read(key, (value): value is T => words.some((word) => word === value), words.join(" or "));
  }

  /** The settings `rows` and `columns` as edges. */
  edges(): Edges {
    return [...this.pair("rows"), ...this.pair("columns")];
  }
}
