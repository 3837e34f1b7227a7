/** Steps of a cart that balances a pole. */
import type { DatasetDef } from "./dataset";
import { playedDataset } from "./played";

export const cartPole: DatasetDef = playedDataset({
  id: "cartpole",
  title: "Cart-pole",
  description:
    "A cart that an agent pushes left or right, so that the pole on it does not fall. Each step that it stands earns 1, up to 500.",
  credit: "Andrew Barto, Richard Sutton and Charles Anderson",
  environment: "cartPole",
  sees: ["position", "speed", "angle", "turning"],
  actions: ["left", "right"],
  maxSteps: 500,
});
