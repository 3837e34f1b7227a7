/** The backend in use, with the data that are on it. There is one at a time; it is kept for as long as models ask for the
 *  same, and a device nobody waits for any more is closed again. */
import type { WebGpuSource } from "../backend/webgpu/adapter";
import type { StartHelper } from "../backend/cpu/wasm/helper";
import type { Dataset } from "../data/dataset";
import type { ModelDescription } from "../model/description";
import type { ChosenBackend } from "../device/chooseBackend";
import { chooseBackend } from "../device/chooseBackend";
import type { DeviceStore } from "../device/deviceStore";
import type { PrepareOptions } from "./protocol";
import { ResidentData } from "../train/resident";
import { type EngineKey, type Said, say } from "../words/said";

/** What decides which backend is opened. */
export type EngineOptions = Pick<PrepareOptions, "backend" | "threads" | "tune">;

/** A device lost this often is not trusted again. */
const MAX_LOSSES = 2;

/** What machines are opened with. */
export interface Surroundings {
  readonly gpu: WebGpuSource;
  /** Starts a helping thread where there are no web workers. */
  readonly startHelper?: StartHelper;
  /** Where it is kept which adapters passed the self-test, and what is quickest on them; without one they are taken on
   *  trust, and tuned on every visit. */
  readonly store?: DeviceStore;
}

/** A backend in use. */
export interface Engine extends ChosenBackend {
  readonly options: EngineOptions;
  readonly resident: ResidentData;
}

/** Who hears of engines. */
export interface EngineListener {
  opened(engine: Engine): void;
  /** Kernels are about to be tested that the adapter has not passed yet. */
  testing(): void;
  /** The GPU failed its self-test, for this reason, and the CPU takes its place. */
  distrusted(reason: Said<EngineKey>): void;
  /** The engine in use lost its device; it is forgotten already. */
  lost(engine: Engine, reason: string): void;
}

/** Tests and tunes kernels. Fetched with the GPU's backend, and never without need. */
export const gpuCare = () => import("./gpuCare");

const isSame = (a: EngineOptions, b: EngineOptions): boolean =>
  a.backend === b.backend && a.threads === b.threads && a.tune === b.tune;

/** Opens backends and lets go of them. */
export class Engines {
  readonly #gpu: WebGpuSource;
  readonly #startHelper: StartHelper | undefined;
  /** Where it is kept what was learned of adapters. */
  readonly store: DeviceStore | undefined;
  readonly #listener: EngineListener;
  #losses = 0;
  #current: Engine | undefined;
  #verifying: Promise<unknown> = Promise.resolve();
  #opening: { readonly options: EngineOptions; readonly engine: Promise<Engine> } | undefined;

  constructor({ gpu, startHelper, store }: Surroundings, listener: EngineListener) {
    this.#gpu = gpu;
    this.#startHelper = startHelper;
    this.store = store;
    this.#listener = listener;
  }

  /** The engine in use. */
  get current(): Engine | undefined {
    return this.#current;
  }

  /** How many devices have been lost so far. */
  get losses(): number {
    return this.#losses;
  }

  /** Why no GPU is opened any more, where that is so. */
  get distrust(): Said<EngineKey> | undefined {
    return this.#losses < MAX_LOSSES ? undefined : say("backend.lostTwice");
  }

  /** The engine that fits, opened in place of the present one where that does not.
   *  @throws AbortError (DOMException) when another is asked for before this one is open */
  async open({ backend, threads, tune = false }: EngineOptions): Promise<Engine> {
    const options: EngineOptions = { backend, tune, ...(threads !== undefined && { threads }) };
    if (this.#current && isSame(this.#current.options, options)) return this.#current;
    if (this.#opening && isSame(this.#opening.options, options)) return await this.#opening.engine;
    this.release();
    const engine = this.#choose(options).then((chosen) => {
      if (this.#opening?.engine !== engine) {
        chosen.backend.dispose();
        throw new DOMException("Another backend was asked for.", "AbortError");
      }
      return this.#use({ ...chosen, options, resident: new ResidentData(chosen.backend) });
    });
    this.#opening = { options, engine };
    return await engine;
  }

  /** The engine, once it has been seen to compute this model's kernels rightly; otherwise the CPU, which from then on is
   *  given for the same options.
   *  @throws the signal's reason, or AbortError when another is asked for meanwhile  @throws DeviceLostError */
  async verified(
    opened: Engine,
    description: ModelDescription,
    dataset: Dataset,
    signal: AbortSignal,
  ): Promise<Engine> {
    // One at a time: the one before may find the fault that replaces this engine.
    const verified = this.#verifying.then(async () => {
      signal.throwIfAborted();
      const current = this.#current;
      const engine = current && isSame(current.options, opened.options) ? current : opened;
      return await this.#verify(engine, description, dataset, signal);
    });
    this.#verifying = verified.catch(() => {});
    return await verified;
  }

  /** The CPU in the place of a GPU with a fault, given for the same options from then on.
   *  @throws AbortError when another is asked for meanwhile */
  async replace(engine: Engine, fault: Said<EngineKey>): Promise<Engine> {
    const { threads } = engine.options;
    const { backend, report } = await chooseBackend("cpu", undefined, { threads, startHelper: this.#startHelper });
    if (this.#current !== engine) backend.dispose();
    this.#stillWanted(engine);
    const reason = say("backend.distrusted", { fault });
    this.release();
    const resident = new ResidentData(backend);
    this.#current = { backend, report: { ...report, reason }, options: engine.options, resident };
    this.#listener.distrusted(reason);
    return this.#current;
  }

  /** Frees the device, and whatever is still being opened once it is there. */
  release(): void {
    const engine = this.#current;
    this.#opening = undefined;
    this.#current = undefined;
    engine?.resident.dispose();
    engine?.backend.dispose();
  }

  async #choose({ backend, threads, tune }: EngineOptions): Promise<ChosenBackend> {
    const options = { threads, startHelper: this.#startHelper, distrust: this.distrust, fetchMore: gpuCare };
    const chosen = await chooseBackend(backend, this.#gpu, options);
    if (tune && this.store && chosen.backend.gemm) await (await gpuCare()).recallTuned(chosen.backend, this.store);
    return chosen;
  }

  async #verify(engine: Engine, description: ModelDescription, dataset: Dataset, signal: AbortSignal): Promise<Engine> {
    if (engine.report.kind !== "webgpu" || !this.store) return engine;
    const { findFault } = await gpuCare();
    const { preferred } = engine.backend.gemm ?? {};
    const test = (store: DeviceStore): Promise<Said<EngineKey> | undefined> =>
      findFault(engine.backend, description, dataset, store, { onStart: () => this.#listener.testing(), signal });
    let fault = await test(this.store);
    if (fault !== undefined && preferred && preferred.size > 0) {
      // The usual kernels may do.
      preferred.clear();
      fault = await test(this.store);
    }
    return fault === undefined ? this.#stillWanted(engine) : await this.replace(engine, fault);
  }

  #stillWanted(engine: Engine): Engine {
    if (this.#current !== engine) throw new DOMException("Another backend was asked for.", "AbortError");
    return engine;
  }

  #use(engine: Engine): Engine {
    this.#opening = undefined;
    this.#current = engine;
    void engine.backend.lost.then((reason) => {
      if (this.#current !== engine) return;
      this.#current = undefined;
      this.#losses++;
      this.#listener.lost(engine, reason);
    });
    this.#listener.opened(engine);
    return engine;
  }
}
