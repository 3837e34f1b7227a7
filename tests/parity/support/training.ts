// Trains the same model on the same batches with Descent and with TensorFlow.js, and gives both loss curves.
import "@tensorflow/tfjs-backend-cpu";
// The bundle for Node leaves its gradients out.
import "@tensorflow/tfjs-core/dist/register_all_gradients";
import * as tf from "@tensorflow/tfjs-core";
import type * as tfl from "@tensorflow/tfjs-layers";
import type { Backend } from "../../../src/engine/backend/backend";
import type { Dataset } from "../../../src/engine/data";
import { readConfig } from "../../../src/engine/fields";
import type { ModelDescription } from "../../../src/engine/model/description";
import { optimizers } from "../../../src/engine/optim/optimizers";
import { permutation, STREAM } from "../../../src/engine/random";
import type { Score } from "../../../src/engine/trainer/protocol";
import { ResidentData } from "../../../src/engine/train/resident";
import { Session } from "../../../src/engine/train/session";
import { splitRows } from "../../../src/engine/train/splitRows";
import { tasks } from "../../../src/engine/tasks";
import { columnOf } from "../../support/data";
import { networkOf, ratesOf } from "../../support/models";
import { buildPeer, copyWeights } from "./layers";
import { peerOptimizer } from "./optimizers";

type Weights = Awaited<ReturnType<Session["weights"]>>;

/** The weights a model starts from, and the scores of its first steps, trained by Descent. */
export async function trainOurs(
  backend: Backend,
  description: ModelDescription,
  dataset: Dataset,
  steps: number,
): Promise<{ initial: Weights; scores: Score[]; final: Weights }> {
  const resident = new ResidentData(backend);
  const session = await Session.create({ backend, description, dataset, resident });
  try {
    const initial = await session.weights();
    const { type, config } = networkOf(description).optimizer;
    const learningRate = Number(readConfig(optimizers[type].fields, config).config["learningRate"]);
    for (let step = 0; step < steps;) {
      const count = Math.min(session.order.stepsAvailable(step), steps - step);
      session.runSteps(step, ratesOf(learningRate, count));
      step += count;
    }
    return { initial, scores: await session.readScores(0, steps), final: await session.weights() };
  } finally {
    session.dispose();
    resident.dispose();
  }
}

/** Row numbers of the batch of a step: consecutive ones of the epoch's permutation, the last batch as short as it is. */
function batchRows({ training }: ModelDescription, { train }: Dataset, step: number): Uint32Array {
  const rows = splitRows(train.count, training).train;
  const stepsPerEpoch = Math.ceil(rows.length / training.batchSize);
  const order = permutation(rows.length, training.seed, Math.floor(step / stepsPerEpoch), STREAM.shuffle);
  const from = (step % stepsPerEpoch) * training.batchSize;
  return order.slice(from, from + training.batchSize).map((i) => rows[i] ?? 0);
}

/** The column that a classifier reads, and the one that it tells. */
function endsOf({ columns }: Dataset) {
  const all = Object.entries(columns).map(([name, column]) => ({ name, column }));
  const target = all.find(({ column }) => column.kind === "class");
  const input = all.find((one) => one !== target);
  if (!input || !target) throw new Error(`expected an input and a class, got ${Object.keys(columns).join(", ")}`);
  return [input, target] as const;
}

/** The name of a classifier's loss, which is Keras's. */
const lossNameOf = ({ task }: ModelDescription): string =>
  String(readConfig(tasks[task.type].fields, task.config).config["loss"]);

/** A batch as TensorFlow.js wants it: class numbers for the sparse loss, one value or one-hot otherwise. */
function batchTensors(description: ModelDescription, dataset: Dataset, rows: Uint32Array, outputs: number) {
  const { train } = dataset;
  const [input, target] = endsOf(dataset);
  const [inputs, classes] = [columnOf(train, input.name), columnOf(train, target.name)];
  const { shape, scale } = input.column;
  const length = inputs.length / train.count;
  const pixels = new Float32Array(rows.length * length);
  rows.forEach((row, n) => {
    for (let i = 0; i < length; i++) pixels[n * length + i] = (inputs[row * length + i] ?? NaN) * scale;
  });
  const labels = Array.from(rows, (row) => classes[row] ?? 0);
  const column = tf.tensor2d(labels, [rows.length, 1]);
  const isColumn = lossNameOf(description) === "sparseCategoricalCrossentropy" || outputs === 1;
  const y = isColumn
    ? column
    : tf.cast(tf.oneHot(tf.tensor1d(labels, "int32"), target.column.names?.length ?? 0), "float32");
  return { x: tf.tensor(pixels, [rows.length, ...shape]), y };
}

/** Chooses its own cpu backend, without the banner that recommends another. */
export async function startTensorFlow(): Promise<void> {
  tf.env().set("IS_TEST", true);
  await tf.setBackend("cpu");
}

/** The scores of the same steps, trained by TensorFlow.js from the same weights. */
export async function trainPeer(
  description: ModelDescription,
  dataset: Dataset,
  steps: number,
  initial: Weights,
): Promise<{ scores: Score[]; optimizer: tf.Optimizer; model: tfl.LayersModel }> {
  await startTensorFlow();
  const clock = { step: 0 };
  const model = buildPeer(description, endsOf(dataset)[0].column.shape, clock);
  copyWeights(initial, model);
  const optimizer = peerOptimizer(networkOf(description));
  const outputs = Number([model.outputShape].flat()[1]);
  const loss = lossNameOf(description);
  // What Keras takes "accuracy" for; TensorFlow.js counts units rather than samples after this loss.
  const accuracy = loss === "binaryCrossentropy" && outputs > 1 ? "categoricalAccuracy" : "accuracy";
  model.compile({ optimizer, loss, metrics: [accuracy] });
  const scores: Score[] = [];
  for (; clock.step < steps; clock.step++) {
    const { x, y } = batchTensors(description, dataset, batchRows(description, dataset, clock.step), outputs);
    const result = await model.trainOnBatch(x, y);
    const [mean, share] = Array.isArray(result) ? result : [result];
    scores.push({ loss: mean ?? NaN, accuracy: share ?? NaN });
  }
  return { scores, optimizer, model };
}
