// This project's engine, as a contender: the session that the page's trainer drives, one step a call.
import type { Backend, ColumnData, Dataset, ModelDescription } from "../src/engine";
import {
  BackendError,
  compile,
  createWebGpuBackend,
  defaultLearning,
  expectedPeakSum,
  matmul,
  openCpuBackend,
  openPeakKernel,
  type PeakForm,
  presets,
  requireDataset,
  ResidentData,
  Session,
  state,
} from "../src/engine";
import { type Entrant, learningRate, lossOf, pixelCount, UnsupportedError } from "./entrant";
import type { Digits, Job } from "./protocol";
import { pickElements, seededMatrix, seededTexts, type Training, VOCABULARY, workloads } from "./workloads";

/** Makes the engine ready for a job. @throws UnsupportedError where there is no GPU */
export async function openDescent({ backend: kind, workload, threads, digits }: Job): Promise<Entrant> {
  const what = workloads[workload];
  try {
    if (what.kind === "peak") return await openPeak(what.form);
    const backend = kind === "webgpu" ? await createWebGpuBackend() : await openCpuBackend({ threads });
    return what.kind === "training" ? await train(backend, what, digits) : await multiply(backend, what.size);
  } catch (error) {
    if (error instanceof BackendError) throw new UnsupportedError(error.message, { cause: error });
    throw error;
  }
}

async function train(backend: Backend, workload: Training, digits: Digits): Promise<Entrant> {
  const { description, data } = subjectOf(workload, digits);
  const training = { ...description.training, batchSize: workload.batch, validationCount: 0 };
  const learning = { ...defaultLearning, optimizer: { type: "Adam", config: { learningRate } } } as const;
  const networks = Object.entries(description.networks).map(([name, { blocks }]) => [name, { blocks, ...learning }]);
  const model: ModelDescription = { ...description, networks: Object.fromEntries(networks), training };
  const rates = Object.fromEntries(networks.map(([name]) => [name, learningRate]));
  const dataset = oneBatch(workload.batch, data);
  const session = await Session.create({ backend, description: model, dataset, resident: new ResidentData(backend) });
  const weights = Object.entries(await session.weights()).map(([name, weight]) => ({ name, ...weight }));
  let step = 0;
  let loss: number | undefined;
  return {
    adapter: backend.adapter,
    weights,
    async run(steps) {
      for (const end = step + steps; step < end; step++) session.runSteps(step, [rates]);
      // The page reads scores about ten times a second, which is about once a sample here. Reading waits for the steps.
      loss = (await session.readScores(step - 1, step))[0]?.["loss"];
    },
    outcome: async () => lossOf(loss),
  };
}

const presetOf = { mlp: "perceptron", cnn: "convnet", lstm: "lstm", gpt: "book-transformer" } as const;

/** What a batch is made of. */
type Data = Pick<Dataset, "id" | "title" | "columns"> & { readonly values: Readonly<Record<string, ColumnData>> };

/** The model that a workload is about, and what it learns from. */
function subjectOf(
  { model, batch }: Training,
  { pixels, labels }: Digits,
): { description: ModelDescription; data: Data } {
  const { description } = presets[presetOf[model]];
  if (model !== "gpt") {
    const { id, title, columns } = requireDataset("mnist");
    const values = { image: pixels.slice(0, batch * pixelCount), label: labels.slice(0, batch) };
    return { description, data: { id, title, columns, values } };
  }
  const { id, title, columns } = requireDataset("book");
  const text = columns["text"];
  if (!text?.names) throw new Error("bench: expected the book to have a vocabulary, got none.");
  const networks = Object.entries(description.networks).map(([name, network]) => {
    const blocks = network.blocks.map((block, i, { length }) => {
      if (block.type === "Embedding") return { ...block, config: { ...block.config, inputDim: VOCABULARY } };
      return i === length - 1 ? { ...block, config: { ...block.config, units: VOCABULARY } } : block;
    });
    return [name, { ...network, blocks }] as const;
  });
  return {
    description: { ...description, networks: Object.fromEntries(networks) },
    data: {
      id,
      title,
      columns: { text: { ...text, names: text.names.slice(0, VOCABULARY) } },
      values: { text: seededTexts(batch) },
    },
  };
}

/** A dataset of a single batch, so that every step sees the samples that the other libraries see. */
function oneBatch(count: number, { values, ...about }: Data): Dataset {
  const split = { count, columns: values };
  return { ...about, trainCount: count, train: split, test: split };
}

async function multiply(backend: Backend, size: number): Promise<Entrant> {
  const a = state("a", [size, size]);
  const b = state("b", [size, size]);
  const c = matmul(a, b);
  const leaves = new Map([
    [a, backend.createTensor(a, seededMatrix(size, 1))],
    [b, backend.createTensor(b, seededMatrix(size, 2))],
  ]);
  const executable = await backend.prepare(compile({ outputs: [c] }), leaves);
  return {
    adapter: backend.adapter,
    async run(steps) {
      for (let i = 0; i < steps; i++) {
        executable.run([{}]);
        await backend.idle();
      }
    },
    outcome: async () => pickElements(await executable.read(c)),
  };
}

async function openPeak(form: PeakForm): Promise<Entrant> {
  const kernel = await openPeakKernel(form);
  const expected = expectedPeakSum(form);
  return {
    adapter: kernel.adapter,
    flopsPerStep: kernel.flopsPerLaunch,
    run: (steps) => kernel.run(steps),
    async outcome() {
      const sum = await kernel.read();
      // Arithmetic that was left out would look fast.
      if (Math.abs(sum / expected - 1) < 1e-3) return [sum];
      throw new Error(`peak: expected a sum of ${expected}, got ${sum}.`);
    },
  };
}
