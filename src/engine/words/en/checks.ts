/** English: the pages beside the app, self-test and benchmark. */
import { formats } from "./formats";

const { count, deviation } = formats;

type Counts<K extends string> = Readonly<Record<K, number>>;

/** The self-test. */
export const selfTest = {
  title: "Self-test",
  intro:
    "Every kernel runs twice on this device and is compared, number by number, with the same computation in double precision. A right kernel stays within the allowed error and gives the same bits both times.",
  progress: "Progress",
  again: "Run again",
  copyReport: "Copy report",
  report: "Report as Markdown",
  show: "Show",
  all: ({ cases }: Counts<"cases">) => `All ${count(cases)}`,
  failures: ({ cases }: Counts<"cases">) => `Failures ${count(cases)}`,
  gpu: "GPU",
  cpu: "CPU",
  browser: "Browser",
  none: "none",
  asking: "asking",
  notKnown: "not known",
  noGpu:
    "**No GPU to test.** This browser found no GPU adapter. Training runs on the CPU here, so its kernels are what is tested.",
  noWebGpu:
    "**No GPU to test.** This browser has no WebGPU. Training runs on the CPU here, so its kernels are what is tested.",
  casesDone: "Cases done",
  done: ({ done, all }: Counts<"done" | "all">) => `${count(done)} of ${count(all)} cases`,
  doneIn: ({ done, time }: { readonly done: string; readonly time: string }) => `${done} in ${time}`,
  timeLeft: ({ done, time }: { readonly done: string; readonly time: string }) => `${done}, about ${time} left`,
  starting: "Starting",
  nothingWrong: "nothing wrong so far",
  failedSoFar: ({ cases }: Counts<"cases">) => `${count(cases)} failed so far`,
  running: ({ found }: { readonly found: string }) => `Testing: ${found}`,
  cancelled: ({ found }: { readonly found: string }) => `Cancelled: ${found}`,
  broken: "The self-test broke off",
  nothing: "Nothing to test by that name",
  allPassed: ({ cases }: Counts<"cases">) => `All ${count(cases)} passed`,
  failed: ({ cases }: Counts<"cases">) => `${count(cases)} failed`,
  results: "Results",
  op: "Op",
  case: "Case",
  on: "On",
  result: "Result",
  worst: "Worst error",
  allowed: "Allowed",
  sameBits: "Same bits twice",
  noFailures: "No failures.",
  noResults: "No results yet.",
  notRun: "Did not run",
  wrong: "Wrong",
  unsteady: "Unsteady",
  pass: "Pass",
  variant: ({ machine, variant }: { readonly machine: string; readonly variant: string }) => `${machine}, ${variant}`,
  deviation: ({ error }: Counts<"error">) => deviation(error),
  yes: "yes",
  no: "no",
};

/** The benchmark. What its table is also printed as in terminals and reports is in `bench/`, in English. */
export const bench = {
  title: "Benchmark",
  intro:
    "How fast does this machine train? Steps of two networks and products of square matrices, on your GPU and on your CPU, with the engine that trains in the app. It takes about a minute, and nothing leaves this device.",
  start: "Start",
  again: "Start again",
  status: "Benchmark status",
  share: "Share of the benchmark that is done",
  results: "Results",
  copy: "Copy as Markdown",
  report: "Results as Markdown",
  gpu: "GPU",
  cpu: "CPU",
  cpus: ({ cpus }: Counts<"cpus">) => `${count(cpus)} logical CPUs`,
  cpuOf: ({ cpu, cpus }: { readonly cpu: string; readonly cpus: string }) => `${cpu}, of ${cpus}`,
  looking: "looking …",
  lookingForGpu: "Looking for a GPU …",
  software: ({ gpu }: { readonly gpu: string }) => `${gpu} (a program posing as a GPU)`,
  noGpu: "none that this browser offers",
  ready: "Keep this tab in front, and the machine at rest.",
  readyCpu: "There is no WebGPU adapter here, so the CPU alone is measured.",
  done: "Done.",
  cancelled: "Cancelled.",
  notes: "What the figures mean",
  workloads:
    "**mlp** is 784-128-10, **cnn** has three convolutions and 93,322 parameters, **lstm** reads an image row by row with 128 units, **gpt** is a transformer of four blocks over 64 characters, with 212,545; **b32** and **b128** are the batch. A step is forward, backward and Adam. A figure is the median of 7 samples of at least 100 ms; where a sample takes long there are fewer.",
  figures: "**GFLOP/s** counts the multiply-adds of the matrix products, as two each.",
  figuresOfGpu:
    "**Of peak** compares with the faster of the first two rows, kernels that do multiply-adds and nothing else, on vectors of four and on single numbers. **Dispatches** and **submits** are what a step asks of the GPU. GPU and CPU are sampled in turn, and the GPU's first steps must agree with the CPU's before it is timed.",
  peers: "`npm run bench` measures TensorFlow.js and jax-js beside Descent.",
  table: "Speed of each workload on the GPU and the CPU",
  workload: "workload",
  on: "on",
};
