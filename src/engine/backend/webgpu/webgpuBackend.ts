/** The WebGPU backend: owns a device, makes tensors, and prepares plans. Knows nothing of training. */
import { shaderTexts } from "../../../shaders/texts";
import { BackendError } from "../../errors";
import { merging } from "../../compile/merging";
import type { Plan } from "../../compile/plan";
import { partsOnCard, partsOnProgram } from "../../compile/splitK";
import type { ChooseGemm, GemmSize, GemmVariant } from "../../graph/kernel";
import type { Node } from "../../graph/node";
import { learnShaders } from "../../ops/wgsl";
import { gemmCandidates, gemmCost, gemmVariantsFor, needsQuads } from "../../ops/gemmShader";
import { type Backend, choiceOf, type Executable, type GemmChoice, type Tensor } from "../backend";
import type { MemoryLimits } from "../memory";
import { findShortage, refuseShortage } from "../memory";
import { type AdapterSummary, defaultGpu, describeAdapter, findAdapter, summarize } from "./adapter";
import type { KernelChoices } from "./executable";
import { WebGpuExecutable } from "./executable";
import { CLOCK } from "./profile";
import { hasNeighbourQuads } from "./quads";
import { StagingPool } from "./staging";
import { WebGpuTensor } from "./tensor";

/** How to get a device. */
export interface WebGpuOptions {
  /** Use this device; it stays the caller's to destroy. */
  readonly device?: GPUDevice;
  /** Where to look for adapters; `navigator.gpu` when left out. */
  readonly gpu?: GPU;
  /** How to compute all matrix products; by default what suits the adapter and the product. Quads need a device with
   *  subgroups. */
  readonly gemm?: GemmVariant;
}

/** Limits worth raising to what the adapter offers; everything else is planned for the defaults. */
const RAISED = ["maxBufferSize", "maxStorageBufferBindingSize", "maxStorageBuffersPerShaderStage"] as const;

/** Features that kernels have a use for, where the adapter has them. */
const WANTED: readonly GPUFeatureName[] = ["subgroups", CLOCK];

/** Compilers of cards run on the host, several at once. A software adapter computes there too. */
const AHEAD_ON_CARDS = 4;

/** WebGPU does not say how much memory there is. This much any GPU of the last ten years can give one tab, and one that
 *  is given more than it has loses its device. */
const TOTAL_BYTES = 2 ** 31;

/** Opens a device and makes a backend of it.
 *  @throws BackendError when there is no WebGPU, no adapter, or not what `gemm` needs. */
export async function createWebGpuBackend(options: WebGpuOptions = {}): Promise<Backend> {
  if (options.device)
    return await backendOf(options.device, summarize(options.device.adapterInfo), false, options.gemm);
  const gpu = options.gpu ?? defaultGpu();
  const adapter = await findAdapter(gpu, 10_000);
  if (adapter === "none" || adapter === "late") {
    const came = adapter === "late" ? "no answer within 10 s" : gpu ? "no adapter" : "no navigator.gpu";
    throw new BackendError(
      `WebGPU: expected a GPU adapter, got ${came}. Use the cpu backend, or a browser with WebGPU.`,
    );
  }
  return await openBackend(adapter, options.gemm);
}

/** Opens a device with the larger buffers and the subgroups that the adapter offers, and makes a backend of it. */
export async function openBackend(adapter: GPUAdapter, gemm?: GemmVariant): Promise<Backend> {
  const summary = await describeAdapter(adapter);
  return await backendOf(await openDevice(adapter), summary, true, gemm);
}

async function openDevice(adapter: GPUAdapter): Promise<GPUDevice> {
  const requiredLimits = Object.fromEntries(RAISED.map((name) => [name, adapter.limits[name]]));
  const requiredFeatures = WANTED.filter((name) => adapter.features.has(name));
  return await adapter.requestDevice({ requiredLimits, requiredFeatures });
}

/** The variants of matrix products that an adapter has. Uses the adapter up. */
export async function gemmVariantsOf(adapter: GPUAdapter): Promise<readonly GemmVariant[]> {
  learnShaders(shaderTexts);
  const { software } = await describeAdapter(adapter);
  const device = await openDevice(adapter);
  const staging = new StagingPool(device);
  const quads = await hasNeighbourQuads(device, staging);
  staging.dispose();
  device.destroy();
  return gemmVariantsFor({ software, quads });
}

function limitsOf({ limits: { maxBufferSize, maxStorageBufferBindingSize } }: GPUDevice): MemoryLimits {
  return { valueBytes: maxStorageBufferBindingSize, blockBytes: maxBufferSize, totalBytes: TOTAL_BYTES };
}

async function backendOf(
  device: GPUDevice,
  { description, software }: AdapterSummary,
  owned: boolean,
  fixed?: GemmVariant,
): Promise<Backend> {
  learnShaders(shaderTexts);
  const staging = new StagingPool(device);
  const quads = await hasNeighbourQuads(device, staging);
  if (fixed && needsQuads(fixed) && !quads) {
    if (owned) device.destroy();
    throw new BackendError(`WebGPU: expected subgroups for "${fixed}", got a device without. Leave the choice to it.`);
  }
  const candidates = (size: GemmSize): readonly GemmVariant[] => gemmCandidates(size, { software, quads });
  const preferred = new Map<string, GemmChoice>();
  const choose = choiceOf({ candidates, preferred });
  const prepare = async (gemm: ChooseGemm, plan: Plan, leaves: ReadonlyMap<Node, Tensor>): Promise<Executable> => {
    refuseShortage("WebGPU", findShortage(plan, limitsOf(device), 0));
    const choices: KernelChoices = { gemm, dearBarriers: software };
    return await WebGpuExecutable.create({ device, staging, choices }, plan, leaves);
  };
  return {
    kind: "webgpu",
    adapter: description,
    asynchronous: true,
    merging,
    bindings: device.limits.maxStorageBuffersPerShaderStage,
    createTensor: (type, data) => new WebGpuTensor(device, staging, type, data),
    shortage: (plan, heldBytes = 0) => findShortage(plan, limitsOf(device), heldBytes),
    prepare: (plan, leaves) => prepare(fixed ? () => fixed : choose, plan, leaves),
    ...(!fixed && {
      gemm: {
        candidates,
        packedParts: software ? partsOnProgram : partsOnCard,
        storesPacked: software,
        costOf: (size) => gemmCost(size, { software, quads }),
        ahead: software ? 0 : AHEAD_ON_CARDS,
        preferred,
        prepareWith: prepare,
      },
    }),
    idle: () => staging.completion.workDone(),
    lost: Promise.race([device.lost.then(({ reason, message }) => message || reason), staging.completion.silence]),
    dispose: () => {
      staging.dispose();
      if (owned) device.destroy();
    },
  };
}
