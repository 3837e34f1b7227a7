/** The backend in use, with the data that are on it. There is one at a time; it is kept for as long as models ask for the
 *  same, and a device nobody waits for any more is closed again. */
import type { WebGpuSource } from "../backend/webgpu/webgpuBackend";
import type { StartHelper } from "../backend/cpu/wasm/helper";
import type { ChosenBackend } from "./chooseBackend";
import { chooseBackend } from "./chooseBackend";
import type { PrepareOptions } from "./protocol";
import { ResidentData } from "./resident";

/** What decides which backend is opened. */
export type Wish = Pick<PrepareOptions, "backend" | "threads">;

/** A device lost this often is not trusted again. */
const MAX_LOSSES = 2;

/** A backend in use. */
export interface Engine extends ChosenBackend {
  readonly wish: Wish;
  readonly resident: ResidentData;
}

/** Who hears of engines. */
export interface EngineListener {
  opened(engine: Engine): void;
  /** The engine in use lost its device; it is forgotten already. */
  lost(engine: Engine, reason: string): void;
}

const isSame = (a: Wish, b: Wish): boolean => a.backend === b.backend && a.threads === b.threads;

/** Opens backends and lets go of them. */
export class Engines {
  readonly #gpu: WebGpuSource;
  readonly #startHelper: StartHelper | undefined;
  readonly #listener: EngineListener;
  #losses = 0;
  #current: Engine | undefined;
  #opening: { readonly wish: Wish; readonly engine: Promise<Engine> } | undefined;

  constructor(gpu: WebGpuSource, startHelper: StartHelper | undefined, listener: EngineListener) {
    this.#gpu = gpu;
    this.#startHelper = startHelper;
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
  get distrust(): string | undefined {
    return this.#losses < MAX_LOSSES ? undefined : "The GPU was lost twice, so training runs on the CPU.";
  }

  /** The engine that fits, opened in place of the present one where that does not.
   *  @throws AbortError (DOMException) when another is asked for before this one is open */
  async open({ backend, threads }: PrepareOptions): Promise<Engine> {
    const wish: Wish = { backend, ...(threads !== undefined && { threads }) };
    if (this.#current && isSame(this.#current.wish, wish)) return this.#current;
    if (this.#opening && isSame(this.#opening.wish, wish)) return await this.#opening.engine;
    this.release();
    const options = { threads, startHelper: this.#startHelper, distrust: this.distrust };
    const engine = chooseBackend(backend, this.#gpu, options).then((chosen) => {
      if (this.#opening?.engine !== engine) {
        chosen.backend.dispose();
        throw new DOMException("Another backend was asked for.", "AbortError");
      }
      return this.#use({ ...chosen, wish, resident: new ResidentData(chosen.backend) });
    });
    this.#opening = { wish, engine };
    return await engine;
  }

  /** Frees the device, and whatever is still being opened once it is there. */
  release(): void {
    const engine = this.#current;
    this.#opening = undefined;
    this.#current = undefined;
    engine?.resident.dispose();
    engine?.backend.dispose();
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
