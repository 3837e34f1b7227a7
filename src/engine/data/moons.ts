/** Two crescents that reach into each other. Made, the same each time. */
import { normal, uniform } from "../random";
import { twoClasses } from "./twoClasses";

/** Halves of two unit circles, the second turned over and moved by (1, 0.5), with noise of 0.1; moved to the middle and made smaller by
 *  1.5. Source: scikit-learn, `make_moons`. */
export const moons = twoClasses({
  id: "moons",
  title: "Moons",
  description: "Two crescents that reach into each other: a curve separates them, a line does not.",
  credit: "scikit-learn developers",
  names: ["upper", "lower"],
  draw: (label, of, seed) => {
    const angle = Math.PI * uniform(seed, 2, 0, of);
    const [x, y] = label === 0 ? [Math.cos(angle), Math.sin(angle)] : [1 - Math.cos(angle), 0.5 - Math.sin(angle)];
    const noisy = (value: number, stream: number): number => value + 0.1 * normal(seed, stream, 0, of);
    return [(noisy(x, 0) - 0.5) / 1.5, (noisy(y, 1) - 0.25) / 1.5];
  },
});
