// jax-js as a contender: the whole step, optimizer included, under one `jit`. Channels first, as its convolution wants.
import { type Array as JaxArray, defaultDevice, init, jit, lax, nn, numpy as np, valueAndGrad } from "@jax-js/jax";
import { type Entrant, learningRate, lossOf, UnsupportedError } from "../../bench/entrant";
import type { Digits, Job, Weight } from "../../bench/protocol";
import { pickElements, seededMatrix, type Training, VOCABULARY, workloads } from "../../bench/workloads";
import { forwardGpt, forwardLstm, oneHotRows } from "./jaxSequences";
import { beta1, beta2, classCount, epsilon, showThreads, scaledPixels, textsOf } from "./peers";

/** Kernel and bias of every layer, in order. */
type Parameters = JaxArray[];

/** Makes jax-js ready for a job. @throws UnsupportedError where the device is missing */
export async function openJax({ backend, workload, digits, reference }: Job): Promise<Entrant> {
  if (backend !== "wasm" && backend !== "webgpu") throw new UnsupportedError(`jax-js is not measured on ${backend}`);
  const workers = countWorkers();
  const devices = await init();
  if (!devices.includes(backend)) throw new UnsupportedError(`jax-js has no device ${backend} here`);
  defaultDevice(backend);
  const what = workloads[workload];
  if (what.kind === "peak") throw new UnsupportedError("the peak is the GPU's, not a library's");
  const entrant = what.kind === "training" ? train(what, digits, reference?.weights ?? []) : multiply(what.size);
  return {
    ...entrant,
    get adapter() {
      return backend === "wasm" ? `WebAssembly, ${showThreads(Math.max(1, workers()))}` : "WebGPU";
    },
  };
}

/** Counts the threads that a library starts from now on, to see that it has them. */
function countWorkers(): () => number {
  let count = 0;
  globalThis.Worker = class extends Worker {
    constructor(url: string | URL, options?: WorkerOptions) {
      super(url, options);
      count++;
    }
  };
  return () => count;
}

const arrayOf = (data: Float32Array, shape: readonly number[]) =>
  np.array(data as Float32Array<ArrayBuffer>).reshape([...shape]);

/** Weights as channels-first wants them: `OIHW` kernels, biases that broadcast over pixels, and the rows of the dense
 *  kernel after the flatten in channel-major order. */
function toChannelsFirst(weights: readonly Weight[]): Parameters {
  const channels = weights.findLast(({ shape }) => shape.length === 4)?.shape[3];
  let isConvolution = false;
  let isFirstDense = channels !== undefined;
  return weights.map(({ shape, data }) => {
    const array = arrayOf(data, shape);
    if (shape.length === 1) return isConvolution ? array.reshape([data.length, 1, 1]) : array;
    isConvolution = shape.length === 4;
    if (isConvolution) return np.transpose(array, [3, 2, 0, 1]);
    const [inputs = 0, units = 0] = shape;
    if (!isFirstDense || channels === undefined) return array;
    isFirstDense = false;
    return np.transpose(array.reshape([inputs / channels, channels, units]), [1, 0, 2]).reshape([inputs, units]);
  });
}

function forwardMlp([w1, b1, w2, b2]: Parameters, x: JaxArray): JaxArray {
  return dense(nn.relu(dense(x, w1, b1)), w2, b2);
}

function forwardCnn([k1, c1, k2, c2, k3, c3, w1, b1, w2, b2]: Parameters, x: JaxArray): JaxArray {
  const first = pool(nn.relu(convolve(x, k1, c1)));
  const second = pool(nn.relu(convolve(first, k2, c2)));
  const third = nn.relu(convolve(second, k3, c3));
  const flat = third.reshape([third.shape[0] ?? 0, -1]);
  return dense(nn.relu(dense(flat, w1, b1)), w2, b2);
}

function dense(x: JaxArray, kernel: JaxArray | undefined, bias: JaxArray | undefined): JaxArray {
  return np.matmul(x, given(kernel)).add(given(bias));
}

function convolve(x: JaxArray, kernel: JaxArray | undefined, bias: JaxArray | undefined): JaxArray {
  return lax.conv(x, given(kernel), [1, 1], "VALID").add(given(bias));
}

const pool = (x: JaxArray) => lax.reduceWindow(x, np.max, [2, 2], [2, 2]);

function given(weight: JaxArray | undefined): JaxArray {
  if (weight === undefined) throw new Error("jax-js: expected a weight for every layer, got fewer.");
  return weight;
}

const forwards = { mlp: forwardMlp, cnn: forwardCnn, lstm: forwardLstm, gpt: forwardGpt } as const;

/** What a model reads, what it is compared with, in rows of zeros and a one, and how many of those there are. */
function batchOf({ model, batch }: Training, digits: Digits): { x: JaxArray; y: JaxArray; rows: number } {
  if (model === "gpt") {
    const texts = textsOf(batch);
    return { x: oneHotRows(texts.read, VOCABULARY), y: oneHotRows(texts.told, VOCABULARY), rows: texts.told.length };
  }
  const shapes = { mlp: [batch, 784], cnn: [batch, 1, 28, 28], lstm: [batch, 28, 28] };
  return {
    x: arrayOf(scaledPixels(digits, batch), shapes[model]),
    y: oneHotRows(digits.labels.subarray(0, batch), classCount),
    rows: batch,
  };
}

/** One step: the loss, then parameters, both moments and the powers of both betas for the next. */
function makeStep({ model }: Training, rows: number) {
  const forward = forwards[model];
  const lossFunction = (parameters: Parameters, x: JaxArray, y: JaxArray) =>
    nn
      .logSoftmax(forward(parameters, x))
      .mul(y)
      .sum()
      .mul(-1 / rows);
  return jit(
    (parameters: Parameters, means: Parameters, squares: Parameters, powers: Parameters, x: JaxArray, y: JaxArray) => {
      const own = parameters.map((parameter) => parameter.ref);
      const [loss, gradients] = valueAndGrad(lossFunction)(own, x, y) as [JaxArray, Parameters];
      const power1 = given(powers[0]).mul(beta1);
      const power2 = given(powers[1]).mul(beta2);
      const rate = np.sqrt(power2.ref.mul(-1).add(1)).mul(learningRate).div(power1.ref.mul(-1).add(1));
      const next = parameters.map((parameter, i) => {
        const gradient = given(gradients[i]);
        const mean = given(means[i])
          .mul(beta1)
          .add(gradient.ref.mul(1 - beta1));
        const square = given(squares[i])
          .mul(beta2)
          .add(gradient.ref.mul(gradient).mul(1 - beta2));
        const change = mean.ref.mul(rate.ref).div(np.sqrt(square.ref).add(epsilon));
        return { parameter: parameter.sub(change), mean, square };
      });
      rate.dispose();
      return [
        [loss],
        next.map(({ parameter }) => parameter),
        next.map(({ mean }) => mean),
        next.map(({ square }) => square),
        [power1, power2],
      ];
    },
  );
}

function train(workload: Training, digits: Digits, weights: readonly Weight[]): Omit<Entrant, "adapter"> {
  const { x, y, rows } = batchOf(workload, digits);
  const step = makeStep(workload, rows);
  let parameters =
    workload.model === "cnn" ? toChannelsFirst(weights) : weights.map(({ data, shape }) => arrayOf(data, shape));
  let means = parameters.map((parameter) => np.zeros(parameter.shape));
  let squares = parameters.map((parameter) => np.zeros(parameter.shape));
  let powers: Parameters = [np.array(1), np.array(1)];
  let loss: number | undefined;
  return {
    async run(steps) {
      for (let i = 0; i < steps; i++) {
        const [losses = [], ...rest] = step(parameters, means, squares, powers, x.ref, y.ref);
        [parameters = [], means = [], squares = [], powers = []] = rest;
        loss = (await losses[0]?.data())?.[0];
      }
    },
    outcome: async () => lossOf(loss),
  };
}

function multiply(size: number): Omit<Entrant, "adapter"> {
  const a = arrayOf(seededMatrix(size, 1), [size, size]);
  const b = arrayOf(seededMatrix(size, 2), [size, size]);
  const product = jit((x: JaxArray, y: JaxArray) => np.matmul(x, y));
  let last: JaxArray | undefined;
  return {
    async run(steps) {
      for (let i = 0; i < steps; i++) {
        last?.dispose();
        last = product(a.ref, b.ref);
        await last.blockUntilReady();
      }
    },
    outcome: async () => pickElements((await last?.ref.data()) ?? []),
  };
}
