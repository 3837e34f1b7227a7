/** Numbers to add. */
import type { DatasetDef } from "./dataset";
import { toyDataset } from "./toy";

/** `123+989=2111`: numbers of up to three digits, and their sum from its last digit to its first, the way in which one adds by hand, so that
 *  each digit needs only the carry of the one before it. */
export const add: DatasetDef = toyDataset({
  id: "add",
  title: "Add numbers",
  description: "Two numbers of three digits, and their sum from its last digit on, as one adds by hand.",
  vocabulary: "0123456789+=",
  ask: (dice) => {
    const [a, b] = [dice(1000), dice(1000)];
    const digits = (value: number, count: number) => String(value).padStart(count, "0");
    return [`${digits(a, 3)}+${digits(b, 3)}=`, [...digits(a + b, 4)].toReversed().join("")];
  },
});
