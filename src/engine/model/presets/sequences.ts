/** Networks that read step by step. */
import type { LayerType } from "../../nn/layers";
import { MODEL } from "../../tasks/supervised";
import { classify, dense, digits, preset, type Preset } from "./preset";

/** A digit as a sequence of its 28 rows. */
const rows = (title: string, help: string, layer: LayerType): Preset =>
  digits(title, help, [["Reshape", { targetShape: [28, 28] }], [layer, { units: 128 }], classify], { batchSize: 128 });

export const sequencesPresets = {
  "simple-rnn": rows(
    "Rows as a sequence",
    "Reads each digit row by row, as a sentence is read word by word.",
    "SimpleRNN",
  ),
  lstm: rows("Rows with LSTM", "The same with a memory, whose gates learn what to keep.", "LSTM"),
  gru: rows("Rows with GRU", "The same with fewer gates, and nearly as good.", "GRU"),
  "cnn-rnn": preset(
    {
      title: "Moving digits",
      help: "A convnet looks at each frame, a GRU remembers: which way does the digit go?",
      dataset: "movingdigits",
    },
    {
      [MODEL]: [
        [
          "TimeDistributed",
          {},
          [
            [
              ["Conv2D", { filters: 8, kernelSize: [5, 5], strides: [2, 2], activation: "relu" }],
              ["Conv2D", { filters: 16, kernelSize: [3, 3], strides: [2, 2], activation: "relu" }],
              ["Flatten"],
              dense(32, "relu"),
            ],
          ],
        ],
        ["GRU", { units: 64 }],
        dense(8, "softmax"),
      ],
    },
    { optimizer: ["Adam", { learningRate: 0.002 }], batchSize: 32, epochs: 10, validationCount: 400 },
  ),
} as const satisfies Record<string, Preset>;
