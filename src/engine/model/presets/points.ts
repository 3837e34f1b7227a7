/** Networks of a few units, for points that can be drawn. */
import { MODEL } from "../../tasks/supervised";
import { dense, preset, type Preset } from "./preset";

/** A classifier of points in a plane, with hidden layers of so many units. */
const points = (title: string, help: string, dataset: string, hidden: readonly number[]): Preset =>
  preset(
    { title, help, dataset },
    { [MODEL]: [...hidden.map((units) => dense(units, "tanh")), dense(1, "sigmoid")] },
    {
      task: ["classification", { loss: "binaryCrossentropy" }],
      optimizer: ["Adam", { learningRate: 0.001 }],
      batchSize: 10,
      epochs: 800,
      validationCount: 200,
    },
  );

export const pointsPresets = {
  sine: preset(
    {
      title: "Sine forecast",
      help: "A GRU tells the next step of a noisy series. Then it goes on alone, from what it has told itself.",
      dataset: "wave",
    },
    { [MODEL]: [["GRU", { units: 32 }], dense(1, "linear")] },
    {
      task: ["regression", {}],
      optimizer: ["Adam", { learningRate: 0.005 }],
      batchSize: 64,
      epochs: 60,
      validationCount: 128,
    },
  ),
  curve: preset(
    { title: "Noisy sine", help: "A curve through noisy points: a number predicted from a number.", dataset: "sine" },
    { [MODEL]: [dense(64, "tanh"), dense(64, "tanh"), dense(1, "linear")] },
    {
      task: ["regression", {}],
      optimizer: ["Adam", { learningRate: 0.005 }],
      batchSize: 64,
      epochs: 200,
      validationCount: 128,
    },
  ),
  cars: preset(
    {
      title: "Cars",
      help: "How far a car goes on a gallon, from its weight, power and year: a table, and a number to predict.",
      dataset: "cars",
    },
    { [MODEL]: [dense(64, "relu"), dense(64, "relu"), dense(1, "linear")] },
    { task: ["regression", {}], batchSize: 32, epochs: 100, validationCount: 62 },
  ),
  xor: preset(
    {
      title: "XOR",
      help: "Four points that no straight line separates. Why a hidden layer is needed.",
      dataset: "xor",
    },
    { [MODEL]: [dense(8, "sigmoid"), dense(1, "sigmoid")] },
    {
      task: ["classification", { loss: "meanSquaredError" }],
      optimizer: ["SGD", { learningRate: 3 }],
      batchSize: 4,
      epochs: 3000,
      validationCount: 0,
    },
  ),
  "points-circle": points("Circle", "A border that closes: three units can draw it, if they bend.", "circle", [4, 2]),
  "points-moons": points("Moons", "A border that bends twice, between two crescents.", "moons", [8, 4]),
  "points-hills": preset(
    {
      title: "Hills",
      help: "A number for every place: hills and valleys come about where classes would have borders.",
      dataset: "hills",
    },
    { [MODEL]: [dense(16, "tanh"), dense(16, "tanh"), dense(1, "linear")] },
    {
      task: ["regression", {}],
      optimizer: ["Adam", { learningRate: 0.005 }],
      batchSize: 32,
      epochs: 200,
      validationCount: 128,
    },
  ),
  "points-spiral": points("Spiral", "The border that takes longest to find: watch it wind.", "spiral", [16, 16]),
} as const satisfies Record<string, Preset>;
