/** Steps of an agent in a world of cells. */
import type { DatasetDef } from "./dataset";
import { playedDataset } from "./played";

const SIDE = 8;

export const gridWorld: DatasetDef = playedDataset({
  id: "gridworld",
  title: "Grid world",
  description:
    "An agent among walls and pits that looks for the shortest way to the goal: 1 for reaching it, -1 for a pit, -0.04 for each step on the way.",
  credit: "Stuart Russell and Peter Norvig",
  environment: "gridWorld",
  sees: Array.from(
    { length: SIDE * SIDE },
    (_, cell) => `row ${Math.floor(cell / SIDE) + 1}, column ${(cell % SIDE) + 1}`,
  ),
  actions: ["up", "right", "down", "left"],
  maxSteps: 50,
});
