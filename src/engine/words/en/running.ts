/** English: what the trainer says of runs and of what they run on. */
import { formats } from "./formats";

const { count, deviation, plural } = formats;

/** Where a run went wrong, and the step to which its model went back. */
type Divergence = { readonly step: number; readonly cause: string; readonly from: number };

const wentBack = ({ step, cause, from }: Divergence): string =>
  `${count(step)}${cause === "" ? "" : `: it began with ${cause}`}. ` +
  `The model is as it was after step ${count(from)}. Lower the learning rate, or reset.`;

/** Things that happen while a model is prepared or trained. */
export const notice = {
  lossNotFinite: (values: Divergence) => `The loss is no longer a finite number at step ${wentBack(values)}`,
  weightsNotFinite: (values: Divergence) => `The weights are no longer finite numbers at step ${wentBack(values)}`,
  gradientNotFinite: (values: Divergence) =>
    `The gradient is too large for its norm to be a finite number at step ${wentBack(values)}`,
  causeColumn: ({ name }: { readonly name: string }) => `the data, column ${name}`,
  causeOutput: ({ name }: { readonly name: string }) => `the output of ${name}`,
  causeLoss: ({ name }: { readonly name: string }) => `the loss, for which the output of ${name} is too large`,
  causeGradient: ({ name }: { readonly name: string }) => `the gradient of ${name}`,
  /** `message` is a sentence of what is missing. */
  dataMissing: ({ message }: { readonly message: string }) =>
    `${message} Training is paused; Train goes on from there.`,
  stoppedEarly: ({ bestEpoch }: { readonly bestEpoch: number }) =>
    `Stopped early: the validation loss was best after epoch ${count(bestEpoch)}. The weights are those of the last epoch.`,
  stoppedAtBest: ({ bestEpoch }: { readonly bestEpoch: number }) =>
    `Stopped early: the validation loss was best after epoch ${count(bestEpoch)}. The weights are back to those of that epoch.`,
  restoredBest: ({ bestEpoch }: { readonly bestEpoch: number }) =>
    `The validation loss was best after epoch ${count(bestEpoch)}. The weights are back to those of that epoch.`,
  storageFull:
    "The browser's storage is full, so runs are no longer kept until the page is loaded again. Training goes on. Save this run as a file, or delete others to make room.",
  storageCleared:
    "The browser cleared what this page keeps, so runs are no longer kept until it is loaded again. Training goes on. Save this run as a file to have it again.",
  /** `reason` is an error's own text. */
  notKept: ({ reason }: { readonly reason: string }) =>
    `Runs cannot be kept in this browser (${reason.replace(/\.$/, "")}). Training goes on. Save this run as a file to have it again.`,
  /** `problem` is a sentence. */
  settingsRefused: ({ problem }: { readonly problem: string }) => `${problem} The old settings stay.`,
  /** `reason` is an error's own text. */
  unexpected: ({ reason }: { readonly reason: string }) =>
    `Something went wrong in the training engine: ${reason.replace(/\.$/, "")}. Change the model or reload.`,
  /** `message` is the text of an error that only a mistake in the engine can cause. */
  internal: ({ message }: { readonly message: string }) => message,
  deviceLost: (values: {
    readonly reason: string;
    readonly step: number;
    readonly isOnGpu: boolean;
    readonly adapter: string;
    readonly lostSteps: number;
  }) =>
    `The GPU was lost (${values.reason}). Training goes on from step ${count(values.step)} on ` +
    `${values.isOnGpu ? "the GPU" : "the CPU"} (${values.adapter}); ${plural(values.lostSteps, { one: "step was", other: "steps were" })} lost.`,
};

/** Why a backend was chosen. */
export const backend = {
  cpuAskedFor: "The CPU was asked for.",
  gpuAskedFor: "WebGPU was asked for.",
  gpuAvailable: "WebGPU is available on this machine.",
  lostTwice: "The GPU was lost twice, so training runs on the CPU.",
  noWebGpu: "This browser has no WebGPU, so training runs on the CPU.",
  noAdapter: "This browser found no GPU adapter, so training runs on the CPU.",
  noAnswer: ({ seconds }: { readonly seconds: number }) =>
    `The GPU did not answer within ${count(seconds)} s, so training runs on the CPU.`,
  softwareGpu: ({ adapter }: { readonly adapter: string }) =>
    `The only GPU here is a program posing as one (${adapter}); the CPU itself is faster.`,
  someGpu: "The GPU",
  gpu: ({ adapter }: { readonly adapter: string }) => `The GPU (${adapter})`,
  noDevice: ({ gpu, reason }: { readonly gpu: string; readonly reason: string }) =>
    `${gpu} gave no device (${reason}), so training runs on the CPU.`,
  /** Two sentences. */
  hindered: ({ why, hindrance }: { readonly why: string; readonly hindrance: string }) => `${why} ${hindrance}`,
  oneThread: ({ reason }: { readonly reason: string }) => `${reason}, so it uses one thread.`,
  javaScript: ({ reason }: { readonly reason: string }) => `${reason}, so JavaScript computes, which is slower.`,
  noSimd: "This browser has no WebAssembly SIMD",
  noCompiling: ({ reason }: { readonly reason: string }) => `This page may not compile WebAssembly (${reason})`,
  noMemory: ({ reason }: { readonly reason: string }) => `This machine gave WebAssembly no memory (${reason})`,
  noSetUp: ({ reason }: { readonly reason: string }) => `WebAssembly could not be set up (${reason})`,
  /** `fault` is a sentence. */
  distrusted: ({ fault }: { readonly fault: string }) => `${fault} Training runs on the CPU. See /selftest.`,
};

/** What the test of kernels found before a model was trained. */
export const fault = {
  unsteady: ({ kernel }: { readonly kernel: string }) => `This GPU computes ${kernel} differently each time.`,
  wrong: ({ kernel, error, allowed }: { readonly kernel: string; readonly error: number; readonly allowed: number }) =>
    `This GPU computes ${kernel} wrongly (error ${deviation(error)}, expected below ${deviation(allowed)}).`,
  /** `reason` is an error's own text. */
  broken: ({ reason }: { readonly reason: string }) => `This GPU cannot run the kernels of this model (${reason}).`,
  tuned: ({ fault: sentence }: { readonly fault: string }) => `${sentence} Training goes on with the usual kernels.`,
};
