// What the page or script that measures and the worker with the measured library send each other. Types alone.
import type { WorkloadId } from "./workloads";

export type LibraryId = "descent" | "tfjs" | "jax-js";
export type BackendId = "cpu" | "wasm" | "webgpu";

/** A library as it takes part. */
export interface Contender {
  readonly library: LibraryId;
  readonly backend: BackendId;
}

/** Digits, and which they are. */
export interface Digits {
  /** `[128, 28, 28]` u8 */
  readonly pixels: Uint8Array<ArrayBuffer>;
  /** `[128]` u8 */
  readonly labels: Uint8Array<ArrayBuffer>;
}

/** A trained array as Keras lays it out: `HWIO` kernels of convolutions, `[inputs, units]` of dense layers. */
export interface Weight {
  readonly name: string;
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** What the first contender starts from and gets: what the others start from and must get too. */
export interface Reference {
  /** In the order of the layers; empty for a product. */
  readonly weights: readonly Weight[];
  readonly outcomes: readonly (readonly number[])[];
}

/** How to measure. */
export interface Settings {
  /** Samples wanted; slow contenders give fewer. */
  readonly samples: number;
  /** For each library; left out, what it takes by itself. */
  readonly threads?: number;
  readonly digits: Digits;
}

/** What a worker is to get ready for. */
export interface Job extends Settings, Contender {
  readonly workload: WorkloadId;
  /** Missing for the first contender, which makes it. */
  readonly reference?: Reference;
}

/** A contender that computes what the first one computes, warmed up. */
export interface Preparation {
  /** What the library says it runs on. */
  readonly adapter: string;
  /** How many samples to ask for. */
  readonly samples: number;
  readonly stepsPerSample: number;
  /** The floating-point operations of a step. */
  readonly flopsPerStep: number;
  /** The first loss, or the first element of the product that is compared. */
  readonly first: number;
  /** The largest relative difference from the first contender's outcomes. */
  readonly difference: number;
}

/** Some steps that were timed; all figures are for one of them. */
export interface Sample {
  readonly ms: number;
  /** Kernel launches and submissions to the queue, of our library or another; 0 where there is no GPU. */
  readonly dispatches: number;
  readonly submits: number;
}

/** A contender ready, and its samples. */
export interface Measurement extends Preparation {
  readonly taken: readonly Sample[];
}

/** What became of one contender on one workload. */
export interface Finding extends Contender {
  readonly workload: WorkloadId;
  readonly answer: Answer<Measurement>;
}

/** What a contender got or gave. `unsupported`: it says itself that it cannot. */
export type Answer<T> =
  | { readonly kind: "done"; readonly value: T }
  | { readonly kind: "unsupported" | "failed"; readonly message: string };

/** The worker that a contender lives in. */
export interface Measurer {
  /** Loads the library, compares its first steps, warms it up. @param report hears what is being done */
  prepare(job: Job, report: (text: string) => void): Promise<{ preparation: Preparation; reference: Reference }>;
  sample(): Promise<Sample>;
}
