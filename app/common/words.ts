/** The page's language: writes what is said, by the page or by the engine, and what records are called. Call it while drawing or
 *  when something happens, never while a module loads: the language may not be known then. */
import {
  englishLanguage,
  type Formats,
  type Language,
  type Name,
  nameOf,
  type Said,
  say,
  type ValuesOf,
  type WordKey,
  write,
} from "../../src/engine";

const language: Language = englishLanguage;

/** How the language writes numbers. */
export const formats = (): Formats => language.formats;

/** Writes what the engine, or a store, says. */
export const tell = (said: Said | Name): string => write(said, language);

/** Writes a sentence of the catalogue: `t("train.start")`, or with what it tells, `t("notice.stoppedEarly", { bestEpoch })`. */
export const t = <K extends WordKey>(key: K, ...values: ValuesOf<K>): string => tell(say(key, ...values));

/** The word at a path of the records' words, `layers.Dense.help` for instance. @param own the record's own, in English */
export const wordOf = (path: string, own: string): string => tell(nameOf(path, own));
