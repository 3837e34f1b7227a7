/** The survey: what every variant of a matrix product takes on a GPU, and in how many parts. The tuner tries a few variants on
 *  a visitor's machine; this tries all, so that the choice without a tuner can be made by measurements. */
import type { Backend, Executable, GemmVariants, Tensor, TensorData } from "../backend/backend";
import { findAdapter, type WebGpuSource } from "../backend/webgpu/adapter";
import { createWebGpuBackend, gemmVariantsOf } from "../backend/webgpu/webgpuBackend";
import { isolate, type GemmLaunch, gemmsOf, totalsOf } from "../check/gemms";
import { workload } from "../check/workload";
import type { ChooseParts, Plan, Launch } from "../compile/plan";
import { sumOfParts } from "../compile/splitK";
import { blankDataset } from "../data/library";
import { BackendError, DescentError, DeviceLostError } from "../errors";
import type { GemmSize, GemmVariant } from "../graph/kernel";
import type { Node } from "../graph/node";
import type { ModelDescription } from "../model/description";
import { matmul } from "../ops/matmul";
import { state } from "../ops/leaf";
import { uniform } from "../random";
import { compileFor, type Target } from "../train/programs";

/** What has matrix products: a step of a model's training, or the product of two matrices. */
export interface SurveySubject {
  readonly name: string;
  /** A description to train with its own batch size, or the product `[m, k] · [k, n]` of matrices of noise. */
  readonly of: ModelDescription | Pick<GemmSize, "m" | "n" | "k">;
}

/** One variant for one product, and what it took. */
export interface SurveyRow {
  readonly subject: string;
  /** The layer that the product works for. */
  readonly role: string;
  /** `1x128x128x784`: batch, M, N and K of the whole product. */
  readonly size: string;
  readonly variant: GemmVariant;
  readonly parts: number;
  /** Whether this is what the engine takes by itself. */
  readonly isDefault: boolean;
  readonly workgroups: number;
  /** Microseconds of a launch of the product alone, epilogue included. */
  readonly us: number;
  /** Microseconds of launches that do nothing but add up the parts: what a reader who adds them up does besides, at most. */
  readonly sumUs: number;
}

/** Numbers of parts to try where a product may be split. */
const PARTS = [1, 2, 4, 8, 16, 32, 64];

/** K that a part must have at least: a slice of the tiles. */
const MIN_DEPTH = 16;

/** Results that all parts may have together: to add up more takes longer than the product. */
const MAX_RESULTS = 2 ** 22;

/** Variants that take so many times what the quickest takes in the usual number of parts are not tried in others. */
const HOPELESS = 10;

/** Times every variant of every product of some subjects: first in the usual number of parts, then in others, until the
 *  time is up. A variant that the device cannot do is left out.
 *  @param budgetMs after which nothing more is begun  @param onRow called with each row as it is measured
 *  @throws BackendError when there is no adapter, or no room  @throws DeviceLostError */
export async function surveyGemms(
  gpu: WebGpuSource,
  subjects: readonly SurveySubject[],
  budgetMs: number,
  onRow: (row: SurveyRow) => void,
): Promise<void> {
  const adapter = await findAdapter(gpu, 10_000);
  if (typeof adapter === "string") throw new BackendError("WebGPU: expected an adapter, got none. Install its driver.");
  const variants = await gemmVariantsOf(adapter);
  const backend = await createWebGpuBackend({ ...(gpu && { gpu }) });
  const { gemm } = backend;
  if (!gemm) throw new BackendError("WebGPU: expected a choice of variants for products, got none.");
  const survey = new Survey(backend, gemm, variants, performance.now() + budgetMs, onRow);
  try {
    for (const subject of subjects) await survey.inUsualParts(subject);
    for (const subject of subjects) await survey.inOtherParts(subject);
  } finally {
    backend.dispose();
  }
}

class Survey {
  readonly #backend: Backend;
  readonly #gemm: GemmVariants;
  readonly #variants: readonly GemmVariant[];
  readonly #endMs: number;
  readonly #onRow: (row: SurveyRow) => void;
  /** By the key of a product: its number of parts without a choice, and the variants that are not hopeless. */
  readonly #known = new Map<string, { readonly parts: number; readonly hopeful: readonly GemmVariant[] }>();
  readonly #measured = new Set<string>();

  constructor(
    backend: Backend,
    gemm: GemmVariants,
    variants: readonly GemmVariant[],
    endMs: number,
    onRow: (row: SurveyRow) => void,
  ) {
    this.#backend = backend;
    this.#gemm = gemm;
    this.#variants = variants;
    this.#endMs = endMs;
    this.#onRow = onRow;
  }

  async inUsualParts(subject: SurveySubject): Promise<void> {
    await this.#withGemms(subject, undefined, async (products, leaves) => {
      for (const product of products) {
        const { key, parts } = product.product;
        if (this.#known.has(key)) continue;
        const times = await this.#timeAll(subject, product, this.#variants, leaves);
        const quickest = Math.min(...times.values());
        const hopeful = this.#variants.filter((variant) => (times.get(variant) ?? Infinity) <= HOPELESS * quickest);
        this.#known.set(key, { parts, hopeful });
      }
    });
  }

  async inOtherParts(subject: SurveySubject): Promise<void> {
    const splittable = new Set<string>();
    // What has no part of its own in two has none in more; one part comes last, when it is known what may be split.
    for (const parts of [...PARTS.slice(1), 1]) {
      if (performance.now() >= this.#endMs) return;
      await this.#withGemms(subject, parts, async (products, leaves) => {
        for (const product of products) {
          const { key, batch, m, n, k } = product.product;
          const isSplit = product.product.parts === parts && k >= MIN_DEPTH && batch * m * n <= MAX_RESULTS;
          if (isSplit) splittable.add(key);
          const known = this.#known.get(key);
          if (!known || known.parts === parts || !(isSplit || (parts === 1 && splittable.has(key)))) continue;
          await this.#timeAll(subject, product, known.hopeful, leaves);
        }
      });
    }
  }

  /** The products of a subject in so many parts, on leaves that hold numbers. */
  async #withGemms(
    { of }: SurveySubject,
    parts: number | undefined,
    work: (products: readonly GemmLaunch[], leaves: ReadonlyMap<Node, Tensor>) => Promise<void>,
  ): Promise<void> {
    const { plan, feeds } = "k" in of ? plain(this.#backend, of, parts) : training(this.#backend, of, parts);
    const leaves = new Map([...feeds].map(([leaf, data]) => [leaf, this.#backend.createTensor(leaf, data)]));
    try {
      await work(gemmsOf(plan), leaves);
    } finally {
      for (const tensor of leaves.values()) tensor.dispose();
    }
  }

  /** @returns microseconds by variant, of those that the device can do and that there was time for */
  async #timeAll(
    { name: subject }: SurveySubject,
    product: GemmLaunch,
    variants: readonly GemmVariant[],
    leaves: ReadonlyMap<Node, Tensor>,
  ): Promise<ReadonlyMap<GemmVariant, number>> {
    const { key, parts } = product.product;
    const times = new Map<GemmVariant, number>();
    const [usual] = this.#gemm.candidates(product.product);
    const id = `${key} ${parts}`;
    if (this.#measured.has(id) || performance.now() >= this.#endMs) return times;
    this.#measured.add(id);
    const totals = totalsOf(product);
    const sums = product.step.outputs.map((partial, i) => sumOfParts(partial, totals[i] ?? partial, ""));
    const summed = parts > 1 ? await this.#time(product, sums, "tiled", leaves) : undefined;
    const usualParts = this.#known.get(key)?.parts ?? parts;
    for (const variant of variants) {
      if (performance.now() >= this.#endMs) break;
      const timed = await this.#time(product, [product.step], variant, leaves);
      if (!timed) continue;
      times.set(variant, timed.us);
      this.#onRow({
        ...{ subject, role: product.step.label, size: key.split(" ", 1)[0] ?? "", variant, parts },
        isDefault: variant === usual && parts === usualParts,
        workgroups: timed.workgroups,
        us: timed.us,
        sumUs: summed?.us ?? 0,
      });
    }
    return times;
  }

  async #time(
    { plan }: GemmLaunch,
    steps: readonly Launch[],
    variant: GemmVariant,
    leaves: ReadonlyMap<Node, Tensor>,
  ): Promise<{ readonly us: number; readonly workgroups: number } | undefined> {
    const piece = isolate(this.#backend, plan, steps, leaves);
    let executable: Executable | undefined;
    try {
      executable = await this.#gemm.prepareWith(() => variant, piece.plan, piece.leaves);
      const { stepMs } = await executable.profile({}, async () => {});
      return {
        us: 1000 * stepMs.reduce((total, elapsedMs) => total + elapsedMs, 0),
        workgroups: executable.launches[0]?.workgroups ?? 0,
      };
    } catch (error) {
      if (error instanceof DescentError && !(error instanceof DeviceLostError)) return undefined;
      throw error;
    } finally {
      executable?.dispose();
      piece.dispose();
    }
  }
}

/** A plan, and what is in its leaves. */
interface Fed {
  readonly plan: Plan;
  readonly feeds: ReadonlyMap<Node, TensorData>;
}

/** A step of training on samples of noise. */
function training(target: Target, description: ModelDescription, parts: number | undefined): Fed {
  const dataset = blankDataset(description.dataset, 2 * description.training.batchSize);
  const { plan, feeds } = workload("training", description, dataset, target, always(parts));
  return { plan, feeds: feeds() };
}

/** A product by itself, of matrices of noise. */
function plain(target: Target, { m, n, k }: Pick<GemmSize, "m" | "n" | "k">, parts: number | undefined): Fed {
  const [a, b] = [state("a", [m, k]), state("b", [k, n])];
  const noise = (length: number) => Float32Array.from({ length }, (_, i) => 2 * uniform(0, 0, 0, i) - 1);
  return {
    plan: compileFor(target, { outputs: [matmul(a, b)] }, always(parts)),
    feeds: new Map([
      [a, noise(m * k)],
      [b, noise(k * n)],
    ]),
  };
}

const always = (parts: number | undefined): ChooseParts | undefined => (parts === undefined ? parts : () => parts);
