// TensorFlow.js as a contender: the layers API, one `trainOnBatch` a step. Its WebAssembly backend lacks kernels that
// training needs; it says which, and that is reported.
import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops";
import * as tfl from "@tensorflow/tfjs-layers";
import { type Entrant, learningRate, lossOf, UnsupportedError } from "../../bench/entrant";
import type { BackendId, Digits, Job, Weight } from "../../bench/protocol";
import { pickElements, seededMatrix, type Training, workloads } from "../../bench/workloads";
import { beta1, beta2, epsilon, pretendCpus, scaledPixels, showThreads, textsOf } from "./peers";
import { openGpt, type Stepper } from "./tensorFlowSequences";

/** Loads a backend and tells what it is. */
const loaders: Record<BackendId, (threads: number) => Promise<() => string>> = {
  cpu: async () => {
    await import("@tensorflow/tfjs-backend-cpu");
    return () => `JavaScript, ${showThreads(1)}`;
  },
  wasm: async (threads) => {
    const { getThreadsCount, setThreadsCount, setWasmPaths } = await import("@tensorflow/tfjs-backend-wasm");
    const { wasmFiles } = await import("./tensorFlowFiles");
    setWasmPaths(wasmFiles);
    // It never starts more than half of what the machine has, whatever it is told.
    pretendCpus(2 * threads);
    setThreadsCount(threads);
    return () => `WebAssembly (XNNPACK), ${showThreads(getThreadsCount())}`;
  },
  webgpu: async () => {
    await import("@tensorflow/tfjs-backend-webgpu");
    return () => "WebGPU";
  },
};

/** Makes TensorFlow.js ready for a job. @throws UnsupportedError where the backend is missing */
export async function openTensorFlow(job: Job): Promise<Entrant> {
  const { backend, workload, threads = navigator.hardwareConcurrency, digits, reference } = job;
  const describe = await loaders[backend](threads);
  if (!(await tf.setBackend(backend))) throw new UnsupportedError(`TensorFlow.js has no backend ${backend} here`);
  await tf.ready();
  const what = workloads[workload];
  if (what.kind === "peak") throw new UnsupportedError("the peak is the GPU's, not a library's");
  const entrant =
    what.kind === "training" ? train(what, digits, reference?.weights ?? []) : multiply(what.size, backend);
  return { ...entrant, adapter: describe() };
}

function buildModel(kind: Exclude<Training["model"], "gpt">): tfl.Sequential {
  const { conv2d, dense, flatten, maxPooling2d } = tfl.layers;
  const relu = { activation: "relu" } as const;
  const output = dense({ units: 10, activation: "softmax" });
  if (kind === "lstm") {
    const lstm = tfl.layers.lstm({ units: 128, inputShape: [28, 28], recurrentActivation: "sigmoid" });
    return tfl.sequential({ layers: [lstm, output] });
  }
  if (kind === "mlp") {
    return tfl.sequential({ layers: [dense({ units: 128, inputShape: [784], ...relu }), output] });
  }
  return tfl.sequential({
    layers: [
      conv2d({ filters: 32, kernelSize: 3, inputShape: [28, 28, 1], ...relu }),
      maxPooling2d({ poolSize: 2 }),
      conv2d({ filters: 64, kernelSize: 3, ...relu }),
      maxPooling2d({ poolSize: 2 }),
      conv2d({ filters: 64, kernelSize: 3, ...relu }),
      flatten(),
      dense({ units: 64, ...relu }),
      output,
    ],
  });
}

function train(workload: Training, digits: Digits, weights: readonly Weight[]): Omit<Entrant, "adapter"> {
  const { batch } = workload;
  const optimizer = tf.train.adam(learningRate, beta1, beta2, epsilon);
  if (workload.model === "gpt") {
    const { read, told } = textsOf(batch);
    const variables = weights.map(({ data, shape }) => tf.variable(tf.tensor(data, [...shape])));
    return stepsOf(openGpt(variables, read, told, optimizer));
  }
  const model = buildModel(workload.model);
  model.compile({
    optimizer,
    loss: "sparseCategoricalCrossentropy",
    metrics: ["accuracy"],
  });
  model.setWeights(weights.map(({ data, shape }) => tf.tensor(data, [...shape])));
  const shapes = { mlp: [batch, 784], cnn: [batch, 28, 28, 1], lstm: [batch, 28, 28] };
  const x = tf.tensor(scaledPixels(digits, batch), shapes[workload.model]);
  const y = tf.tensor2d(Float32Array.from(digits.labels.subarray(0, batch)), [batch, 1]);
  return stepsOf({
    async step() {
      // The loss and the metric, read from the backend.
      const scores = await model.trainOnBatch(x, y);
      return (Array.isArray(scores) ? scores[0] : scores) ?? NaN;
    },
  });
}

function stepsOf(stepper: Stepper): Omit<Entrant, "adapter"> {
  let loss: number | undefined;
  return {
    async run(steps) {
      for (let i = 0; i < steps; i++) loss = await withReason(() => stepper.step());
    },
    outcome: async () => lossOf(loss),
  };
}

function multiply(size: number, backend: BackendId): Omit<Entrant, "adapter"> {
  const a = tf.tensor2d(seededMatrix(size, 1), [size, size]);
  const b = tf.tensor2d(seededMatrix(size, 2), [size, size]);
  let product: tf.Tensor | undefined;
  return {
    async run(steps) {
      for (let i = 0; i < steps; i++) {
        product?.dispose();
        product = await withReason(async () => tf.matMul(a, b));
        // Done on return, except on a GPU, where reading is the library's way to wait.
        if (backend === "webgpu") await product.data();
      }
    },
    outcome: async () => pickElements((await product?.data()) ?? []),
  };
}

/** Tells what a backend cannot do from what went wrong. */
async function withReason<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    if (/not registered for backend|not (yet )?(implemented|supported)/i.test(message)) {
      throw new UnsupportedError(message, { cause: error });
    }
    throw error;
  }
}
