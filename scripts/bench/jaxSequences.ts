// The networks that read sequences, in jax-js: a loop over time written out, and a transformer. An array is used up by what takes
// it, so that `.ref` stands where it is needed once more.
import { type Array as JaxArray, nn, numpy as np } from "@jax-js/jax";
import { TEXT_LENGTH } from "../../bench/workloads";

const HEADS = 4;
/** Keras's of a layer normalization. */
const EPSILON = 1e-3;

/** Takes weights in the order of the layers. */
class Weights {
  #next = 0;
  readonly #all: readonly JaxArray[];

  constructor(all: readonly JaxArray[]) {
    this.#all = all;
  }

  next(): JaxArray {
    const weight = this.#all[this.#next++];
    if (weight === undefined) throw new Error("jax-js: expected a weight for every layer, got fewer.");
    return weight;
  }
}

/** Rows `[N, T, D]` to the logits of classes, by an LSTM whose gates are input, forget, candidate and output, as Keras has them. */
export function forwardLstm(parameters: readonly JaxArray[], x: JaxArray): JaxArray {
  const weights = new Weights(parameters);
  const [kernel, recurrent, bias] = [weights.next(), weights.next(), weights.next()];
  const [count = 0, steps = 0, width = 0] = x.shape;
  const units = recurrent.shape[0] ?? 0;
  const all = np
    .matmul(x.reshape([count * steps, width]), kernel)
    .add(bias)
    .reshape([count, steps, 4 * units]);
  let h: JaxArray | undefined;
  let c: JaxArray | undefined;
  for (let t = 0; t < steps; t++) {
    const own = all.ref.slice([], t);
    const gates = h === undefined ? own : own.add(np.matmul(h, recurrent.ref));
    const gate = (k: number) => gates.ref.slice([], [k * units, (k + 1) * units]);
    const added = nn.sigmoid(gate(0)).mul(np.tanh(gate(2)));
    c = c === undefined ? added : c.mul(nn.sigmoid(gate(1))).add(added);
    h = np.tanh(c.ref).mul(nn.sigmoid(gate(3)));
    gates.dispose();
  }
  all.dispose();
  recurrent.dispose();
  c?.dispose();
  if (h === undefined) throw new Error("jax-js: expected a step at least, got none.");
  return np.matmul(h, weights.next()).add(weights.next());
}

/** Characters `[N, T]`, as one-hot rows `[N T, V]`, to the logits of those that follow, `[N T, V]`. */
export function forwardGpt(parameters: readonly JaxArray[], tokens: JaxArray): JaxArray {
  const weights = new Weights(parameters);
  const rows = tokens.shape[0] ?? 0;
  const count = rows / TEXT_LENGTH;
  const embedded = np.matmul(tokens, weights.next());
  const width = embedded.shape[1] ?? 0;
  const normalize = (x: JaxArray) =>
    nn.standardize(x, -1, { epsilon: EPSILON }).mul(weights.next()).add(weights.next());
  const project = (x: JaxArray) =>
    np.matmul(x, weights.next().reshape([width, width])).add(weights.next().reshape([width]));
  let x = embedded.reshape([count, TEXT_LENGTH, width]).add(weights.next()).reshape([rows, width]);
  // The last three are a normalization's two and a dense layer's kernel, before its bias.
  const blocks = (parameters.length - 6) / 16;
  for (let block = 0; block < blocks; block++) {
    const normal = normalize(x.ref);
    const inHeads = (y: JaxArray) => y.reshape([count, TEXT_LENGTH, HEADS, width / HEADS]);
    const query = inHeads(project(normal.ref));
    const key = inHeads(project(normal.ref));
    const value = inHeads(project(normal));
    const seen = nn.dotProductAttention(query, key, value, { isCausal: true });
    x = x.add(project(seen.reshape([rows, width])));
    const hidden = np.matmul(normalize(x.ref), weights.next()).add(weights.next());
    x = x.add(np.matmul(nn.gelu(hidden, { approximate: false }), weights.next()).add(weights.next()));
  }
  return np.matmul(normalize(x), weights.next()).add(weights.next());
}

/** Indices as rows of zeros and a one. */
export function oneHotRows(indices: Uint8Array, classes: number): JaxArray {
  const rows = new Float32Array(indices.length * classes);
  for (const [row, index] of indices.entries()) rows[row * classes + index] = 1;
  return np.array(rows).reshape([indices.length, classes]);
}
