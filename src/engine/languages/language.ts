/** What a language is, and English, which the others are held against. Another is one file here, a {@link Translation}: the
 *  compiler names every sentence and every record's word that it lacks. */
import { en } from "../words/en";
import { formats } from "../words/en/formats";
import type { Formats } from "../words/formats";
import { type Name, render, type Said, type Words } from "../words/said";
import { type RecordWords, wordAt } from "./records";

/** A language of the page. */
export interface Language {
  /** As documents name it, for example `en`. */
  readonly tag: string;
  /** As far as they have been fetched. */
  readonly words: Partial<Words>;
  readonly formats: Formats;
  /** Null in English, which records have themselves. */
  readonly records: RecordWords | null;
}

/** A language beside English. */
export interface Translation extends Language {
  readonly words: Words;
  readonly records: RecordWords;
}

const words: Partial<Words> = { ...en };

/** English. */
export const english: Language = { tag: "en", words, formats, records: null };

/** Fetches the sentences of what a first look at the page does without. */
export async function fetchLaterWords(): Promise<void> {
  Object.assign(words, (await import("../words/en/later")).later);
}

const wordIn = (path: string, { records }: Language): string | undefined =>
  records === null ? undefined : wordAt(records, path);

/** Writes what is said, or what a record is called, in a language. */
export function write(what: Said | Name, language: Language): string {
  if ("path" in what) return wordIn(what.path, language) ?? what.english;
  return render(what, language.words, (path) => wordIn(path, language));
}
