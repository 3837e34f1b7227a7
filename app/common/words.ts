/** The page's language: writes what is said, by the page or by the engine. Call it while drawing or when something happens, never
 *  while a module loads: the language may not be known then. */
import {
  en,
  englishFormats,
  type Formats,
  render,
  say,
  type Said,
  type ValuesOf,
  type WordKey,
} from "../../src/engine";

/** How the language writes numbers. */
export const formats = (): Formats => englishFormats;

/** Writes what the engine, or a store, says. */
export const tell = (said: Said): string => render(said, en);

/** Writes a sentence of the catalogue: `t("train.start")`, or with what it tells, `t("notice.stoppedEarly", { bestEpoch })`. */
export const t = <K extends WordKey>(key: K, ...values: ValuesOf<K>): string => tell(say(key, ...values));
