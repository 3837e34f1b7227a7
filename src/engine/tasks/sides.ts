/** Which networks of a task learn together. Those that no loss joins could learn one at a time. */
import type { LossInfo } from "./task";

/** The sides of a task: networks that share a loss are on the same one, in the order of the networks. A GAN has two, an autoencoder
 *  one. Networks that learn from no loss are on none.
 *  @param losses as the task has them  @param networks all of the task, in its order */
export function sidesOf(losses: readonly LossInfo[], networks: readonly string[]): readonly (readonly string[])[] {
  const sides: (readonly string[])[] = [];
  for (const { trains } of losses) {
    if (trains.length === 0) continue;
    const joined = new Set([...trains, ...sides.filter((side) => side.some((name) => trains.includes(name))).flat()]);
    const apart = sides.filter((side) => !side.some((name) => joined.has(name)));
    sides.splice(
      0,
      sides.length,
      ...apart,
      networks.filter((name) => joined.has(name)),
    );
  }
  const placeOf = ([first = ""]: readonly string[]): number => networks.indexOf(first);
  return sides.toSorted((a, b) => placeOf(a) - placeOf(b));
}
