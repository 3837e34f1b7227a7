/** What is said to a visitor, as data: the key of a sentence and what it tells. The engine says it, the worker sends it, and the
 *  page writes it in the visitor's language. Writes nothing itself but English, for consoles, terminals and logs. */
import type { en } from "./en";
import type { later } from "./en/later";
import { engine } from "./en/engine";

/** A whole language: what it must have is what English has, and the compiler names what it lacks. */
export type Words = typeof en & typeof later;

/** `room.entry` of every sentence. */
export type WordKey = KeyOf<Words>;
/** The same of the engine's own sentences. */
export type EngineKey = KeyOf<typeof engine>;

type KeyOf<R> = { [Room in keyof R & string]: `${Room}.${keyof R[Room] & string}` }[keyof R & string];

type EntryOf<K extends WordKey> = K extends `${infer Room extends keyof Words}.${infer Entry}`
  ? Words[Room][Entry & keyof Words[Room]]
  : never;

/** What a sentence tells: text, numbers, other sentences, and lists of those. */
export type Value = string | number | boolean | null | Said | Name | readonly Value[];

/** A sentence with what it tells. Plain data; made by {@link say}, which knows what each key needs. */
export interface Said<K extends WordKey = WordKey> {
  readonly key: K;
  readonly values?: Readonly<Record<string, Value>>;
}

/** The name of a record, such as a layer or a dataset: where a language has its word, and the record's own in English, which
 *  stands where a language has none because a visitor brought the record. */
export interface Name {
  /** For example `losses.meanSquaredError.title`. */
  readonly path: string;
  readonly english: string;
}

/** The name of a record at a path. */
export const nameOf = (path: string, english: string): Name => ({ path, english });

/** What may be given where a sentence expects `T`: for text another sentence or a name too, which are written first. */
type Sayable<T> = string extends T
  ? T | Said | Name
  : T extends readonly string[]
    ? readonly (string | Said | Name)[]
    : T;

/** The values of a sentence as an argument; none where it is a fixed text. */
export type ValuesOf<K extends WordKey> =
  EntryOf<K> extends (values: infer V) => string ? [values: { readonly [P in keyof V]: Sayable<V[P]> }] : [];

/** Says something. */
export function say<K extends WordKey>(key: K, ...[values]: ValuesOf<K>): Said<K> {
  return values === undefined ? { key } : { key, values };
}

/** Finds the word of a {@link Name}; undefined where there is none. */
export type FindName = (path: string) => string | undefined;

type Rooms = Readonly<Record<string, Readonly<Record<string, string | ((values: never) => string)>>>>;

/** Writes what is said in a language. @returns the key itself where the language does not have it */
export function render(
  { key, values = {} }: Said,
  words: Partial<Words>,
  findName: FindName = () => undefined,
): string {
  const rooms: Rooms = words;
  const [room = "", name = ""] = key.split(".");
  const entry = rooms[room]?.[name];
  if (typeof entry !== "function") return entry ?? key;
  const written = Object.fromEntries(
    Object.entries(values).map(([of, value]) => [of, writtenValue(value, words, findName)]),
  );
  // `say` took the very values that this entry needs; the key in between hides it from the compiler.
  return entry(written as never);
}

function writtenValue(value: Value, words: Partial<Words>, findName: FindName): unknown {
  // What there is no word for is left to the sentence.
  if (typeof value !== "object" || value === null) return value;
  if ("key" in value) return render(value, words, findName);
  if ("path" in value) return findName(value.path) ?? value.english;
  return value.map((item) => writtenValue(item, words, findName));
}

/** Writes a sentence of the engine in English, for consoles and terminals. */
export const english = (said: Said<EngineKey>): string => render(said, engine);
