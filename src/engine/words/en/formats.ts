/** How English writes numbers and lists. */
import { makeFormats } from "../formats";

/** The formats of English. */
export const formats = makeFormats("en", { scalar: "scalar", infinite: "infinite" });
