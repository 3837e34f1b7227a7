/** Letters to turn round. */
import type { DatasetDef } from "./dataset";
import { toyDataset } from "./toy";

const LETTERS = "abcdefghij";

/** `badcafe>efacdab`: eight letters, and the same from the last to the first. */
export const reverse: DatasetDef = toyDataset({
  id: "reverse",
  title: "Reverse letters",
  description: "Eight letters, and the same from the last to the first: attention looks where it must.",
  vocabulary: `${LETTERS}>`,
  ask: (dice) => {
    const letters = Array.from({ length: 8 }, () => LETTERS[dice(LETTERS.length)] ?? "");
    return [`${letters.join("")}>`, letters.toReversed().join("")];
  },
});
