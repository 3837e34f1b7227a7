/** Which training samples some steps took: what a spike of a curve was made of. */
import * as v from "valibot";
import { defineInquiry, wholeSchema } from "./inquiry";

/** Samples that are named at most. */
const MOST = 1024;

/** The rows of the training set that steps took, those of the first step first, up to 1,024.
 *  @param question the first and the last of the steps, from 1 on */
export const batch = defineInquiry({
  question: v.object({ from: wholeSchema(1, 2 ** 31), to: wholeSchema(1, 2 ** 31) }),
  answer: async ({ order }, { from, to }): Promise<Uint32Array<ArrayBuffer>> => {
    const rows: number[] = [];
    for (let step = from; step <= to && rows.length < MOST; step++) rows.push(...order.rowsOf(step - 1));
    return Uint32Array.from(rows.slice(0, MOST));
  },
});
