/** Networks that read step by step. */
import type { LayerType } from "../../nn/layers";
import { classify, digits, type Preset } from "./preset";

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
} as const satisfies Record<string, Preset>;
