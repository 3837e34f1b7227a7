/** How English writes numbers and lists. */
import { makeFormats } from "../formats";

/** The formats of English. */
export const formats = makeFormats("en", { scalar: "scalar", infinite: "infinite" });

/** A title within a sentence: without its capital, unless that is part of a name, as in R² or KL divergence. */
export const inSentence = (title: string): string =>
  /^\p{Lu}\p{Ll}/u.test(title) ? title.charAt(0).toLowerCase() + title.slice(1) : title;
