/** What the self-test's page and its worker say to each other. Types only; Comlink carries them. */
import type { Verdict } from "../check/compare";

/** What a part of the self-test runs on. */
export interface TestedMachine {
  readonly kind: "webgpu" | "cpu";
  /** The adapter's name, or what the CPU backend is. */
  readonly adapter: string;
}

/** One case on one machine. */
export interface SuiteResult {
  readonly machine: TestedMachine["kind"];
  /** The op's name; for kernels of a preset's training step, the kernel's. */
  readonly op: string;
  readonly name: string;
  /** Which variant of a matrix product; empty for everything else. */
  readonly variant: string;
  /** Null when it could not be run. */
  readonly verdict: Verdict | null;
  /** Why it could not be run. */
  readonly error: string | null;
}

/** What the self-test tells its listener, in order: one start, results, one end. */
export type SuiteEvent =
  | {
      readonly type: "started";
      /** Nothing of kind `webgpu` where there is no adapter. */
      readonly machines: readonly TestedMachine[];
      readonly total: number;
    }
  /** Results since the last such event, at most ten times a second. */
  | {
      readonly type: "results";
      readonly results: readonly SuiteResult[];
      /** A guess at what the rest takes; null while there is nothing to go by. */
      readonly remainingMs: number | null;
    }
  | { readonly type: "finished"; readonly elapsedMs: number };

/** What to run; everything that is left out is run whole. */
export interface SuiteOptions {
  /** Sizes of the tensors, per dimension. */
  readonly sizes?: readonly number[];
  /** Names of ops; `presets` stands for the kernels of the presets' training steps. */
  readonly ops?: readonly string[];
  /** Names of variants of matrix products on a GPU. */
  readonly variants?: readonly string[];
}

/** The worker's one control. To cancel, end the worker. */
export interface SuiteControls {
  /** Runs every op and every kernel of the presets on every machine there is. */
  run(listener: (event: SuiteEvent) => void, options?: SuiteOptions): Promise<void>;
}
