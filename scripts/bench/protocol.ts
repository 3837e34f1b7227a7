// What the script, the page and the worker say to each other. Types alone.
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

/** What this project's engine starts from and gets: what the others start from and must get too. */
export interface Reference {
  /** In the order of the layers; empty for a product. */
  readonly weights: readonly Weight[];
  readonly outcomes: readonly (readonly number[])[];
}

/** What the script asks of the page. */
export interface Order extends Contender {
  readonly workload: WorkloadId;
  /** Samples wanted; slow contenders give fewer. */
  readonly samples: number;
  readonly threads: number;
}

/** What the page asks of a worker. */
export interface Job extends Order {
  readonly digits: Digits;
  /** Missing for this project's engine, which makes it. */
  readonly reference?: Reference;
}

/** A contender that computes what this project computes, warmed up. */
export interface Preparation {
  /** What the library says it runs on. */
  readonly adapter: string;
  /** How many samples to ask for. */
  readonly samples: number;
  readonly stepsPerSample: number;
  /** The first loss, or the first element of the product that is compared. */
  readonly first: number;
  /** The largest relative difference from this project's outcomes. */
  readonly difference: number;
  /** Kernel launches, where they can be counted. */
  readonly dispatchesPerStep?: number;
}

/** What a contender got or gave. `unsupported`: the library says itself that it cannot. */
export type Answer<T> =
  | { readonly kind: "done"; readonly value: T }
  | { readonly kind: "unsupported" | "failed"; readonly message: string };

/** The worker that a contender lives in. */
export interface Measurer {
  /** Loads the library, compares its first steps, warms it up. @param report hears what is being done */
  prepare(job: Job, report: (text: string) => void): Promise<{ preparation: Preparation; reference: Reference }>;
  /** Milliseconds per step of one sample. */
  sample(): Promise<number>;
}
