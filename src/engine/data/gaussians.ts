/** Two clouds of points that overlap a little. Made, the same each time. */
import { normal } from "../random";
import { twoClasses } from "./twoClasses";

/** Normal with a standard deviation of 0.25 around (-0.4, -0.4) and (0.4, 0.4): the best line errs for 1.2% of them. */
export const gaussians = twoClasses({
  id: "gaussians",
  title: "Two Gaussians",
  description: "Two clouds of points that overlap a little: the one set here for which a line is best.",
  credit: "Descent",
  names: ["lower", "upper"],
  draw: (label, of, seed) => {
    const centre = label === 1 ? 0.4 : -0.4;
    return [centre + 0.25 * normal(seed, 0, 0, of), centre + 0.25 * normal(seed, 1, 0, of)];
  },
});
