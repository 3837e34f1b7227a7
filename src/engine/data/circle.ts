/** A disc within a ring. Made, the same each time. */
import { uniform } from "../random";
import { twoClasses } from "./twoClasses";

/** Radii uniform in [0, 0.5] within, and in [0.7, 1] around; angles uniform.
 *  Source: TensorFlow Playground, Smilkov et al., "Direct-manipulation visualization of deep networks", 2017. */
export const circle = twoClasses({
  id: "circle",
  title: "Circle",
  description: "A disc of points within a ring of others: no straight line separates them.",
  credit: "Daniel Smilkov and others, TensorFlow Playground",
  names: ["around", "within"],
  draw: (label, of, seed) => {
    const radius = label === 1 ? 0.5 * uniform(seed, 0, 0, of) : 0.7 + 0.3 * uniform(seed, 0, 0, of);
    const angle = 2 * Math.PI * uniform(seed, 1, 0, of);
    return [radius * Math.cos(angle), radius * Math.sin(angle)];
  },
});
