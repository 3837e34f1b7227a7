/** The environments by name: one line each. They are fetched when an agent first lives in one. */
import type { EnvironmentDef } from "./environment";

const registry = {
  cartPole: () => import("./cartPole").then(({ cartPole }) => cartPole),
  gridWorld: () => import("./gridWorld").then(({ gridWorld }) => gridWorld),
};

/** The name of an environment. */
export type EnvironmentName = keyof typeof registry;

/** An environment, by its name. */
export const environmentOf = (name: EnvironmentName): Promise<EnvironmentDef> => registry[name]();

export { MAP_SIDE, mapCells, type MapLetter, withCell } from "./gridMap";
export type { Dice, Grid, Mark, State, World } from "./environment";
