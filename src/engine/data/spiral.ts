/** Two spirals around each other. Made, the same each time. */
import { normal, uniform } from "../random";
import { twoClasses } from "./twoClasses";

/** How often each goes around the middle. */
const TURNS = 1.75;

/** `r (sin a, cos a)` with `a = 2 pi TURNS r` and r uniform in [0, 1], turned by half a turn for the other class, and noise of 0.02.
 *  Source: TensorFlow Playground; after Lang, Witbrock, "Learning to tell two spirals apart", 1988. */
export const spiral = twoClasses({
  id: "spiral",
  title: "Spiral",
  description: "Two spirals around each other: the hardest of these sets, which takes two hidden layers.",
  credit: "Kevin Lang and Michael Witbrock",
  names: ["first", "second"],
  draw: (label, of, seed) => {
    const radius = uniform(seed, 2, 0, of);
    const angle = 2 * Math.PI * TURNS * radius + Math.PI * label;
    return [
      radius * Math.sin(angle) + 0.02 * normal(seed, 0, 0, of),
      radius * Math.cos(angle) + 0.02 * normal(seed, 1, 0, of),
    ];
  },
});
