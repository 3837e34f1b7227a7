/** The compiled kernels: picks the variant that this machine can run. It holds no memory. */
import { within } from "../../../within";

/** JavaScript computes where they do not come. */
const FETCH_TIMEOUT_MS = 8000;

/** The variants, best first, for one thread and for several, as base64. Relaxed SIMD has a fused multiply-add. Each is fetched when
 *  it is tried: a machine runs one of them. */
const variants = {
  relaxed: {
    alone: () => import("../../../../wasm/index.ts?assembly=relaxed"),
    shared: () => import("../../../../wasm/index.ts?assembly=relaxedShared"),
  },
  simd: {
    alone: () => import("../../../../wasm/index.ts?assembly=simd"),
    shared: () => import("../../../../wasm/index.ts?assembly=simdShared"),
  },
} as const;

/** Which instructions the kernels were compiled for. */
export type WasmVariant = keyof typeof variants;

/** What the kernels export; see `src/wasm/index.ts`. */
export interface Kernels {
  run(plan: number, count: number, threads: number): void;
}

/** A variant ready to instantiate. */
export interface WasmModule {
  readonly variant: WasmVariant;
  readonly module: WebAssembly.Module;
}

/** What has been compiled, by variant and sharing. Machines compile hastily first, and again what is run often: a model that is asked
 *  something runs on what training has made quick. */
const compiled = new Map<string, WebAssembly.Module>();

async function compile(variant: WasmVariant, isShared: boolean): Promise<WebAssembly.Module | undefined> {
  const key = `${variant} ${isShared}`;
  const known = compiled.get(key);
  if (known) return known;
  const fetched = variants[variant][isShared ? "shared" : "alone"]();
  const { default: base64 } = await within(fetched, FETCH_TIMEOUT_MS, "WebAssembly kernels");
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  if (!WebAssembly.validate(bytes)) return undefined;
  const module = await WebAssembly.compile(bytes);
  compiled.set(key, module);
  return module;
}

/** The best variant this machine runs, or null where WebAssembly has no SIMD.
 *  @param isShared for a memory that threads share  @param only tries just this one */
export async function loadKernels(isShared: boolean, only?: WasmVariant): Promise<WasmModule | null> {
  if (typeof WebAssembly === "undefined") return null;
  const candidates: readonly WasmVariant[] = only ? [only] : ["relaxed", "simd"];
  for (const variant of candidates) {
    const module = await compile(variant, isShared);
    if (module) return { variant, module };
  }
  return null;
}

/** Binds the kernels to a memory. @param host runs a step that has no kernel of its own */
export async function instantiate(
  { module }: WasmModule,
  memory: WebAssembly.Memory,
  host: (step: number) => void,
): Promise<Kernels> {
  const { exports } = await WebAssembly.instantiate(module, { env: { memory }, index: { host } });
  // The module is compiled from source in this repository, which declares exactly this.
  return { run: exports["run"] as Kernels["run"] };
}
