/** What a session has on its backend: tensors, and programs ready to run over them. It knows what they take and frees them. */
import type { Backend, Executable, Tensor } from "../backend/backend";
import type { Shortage } from "../backend/memory";
import { tensorBytes } from "../backend/memory";
import type { Computation, Plan } from "../compile/plan";
import type { Split } from "../data";
import type { Node } from "../graph/node";
import type { BatchSource } from "./batches";
import { type MemoryReport, reportMemory, totalBytes } from "./memory";
import { compileFor } from "./programs";
import type { ResidentData } from "./resident";
import type { ModelState } from "./state";

/** What an executable takes memory for. */
export type Purpose = "training" | "scoring";

/** A computation over batches of a split, with its plan. */
export interface Compiled {
  readonly computation: Computation;
  readonly source: BatchSource;
  readonly plan: Plan;
}

/** The same, ready to run. */
export interface Ready {
  readonly leaves: ReadonlyMap<Node, Tensor>;
  readonly executable: Executable;
}

/** Tensors by their node, and executables by what they are for. */
export class Allocations {
  /** Datasets on the backend. */
  readonly resident: ResidentData;
  readonly #backend: Backend;
  readonly #state: ModelState;
  readonly #tensors = new Map<Node, Tensor>();
  readonly #executables: Readonly<Record<Purpose, Executable[]>> = { training: [], scoring: [] };

  /** @param resident datasets on that backend; they stay the caller's */
  constructor(backend: Backend, state: ModelState, resident: ResidentData) {
    this.#backend = backend;
    this.#state = state;
    this.resident = resident;
  }

  /** Bytes on the device, the resident dataset included. */
  get memory(): MemoryReport {
    return reportMemory({
      state: this.#state,
      own: this.#tensors.keys(),
      ...this.#executables,
      datasetBytes: this.resident.memoryBytes,
    });
  }

  /** The tensor of a node, made on first use. */
  readonly tensor = (node: Node): Tensor => {
    const known = this.#tensors.get(node);
    if (known) return known;
    const tensor = this.#backend.createTensor(node);
    this.#tensors.set(node, tensor);
    return tensor;
  };

  /** Whether there is room for a plan over a split beside what is there already. */
  shortage({ plan }: Pick<Compiled, "plan">, split: Split): Shortage | undefined {
    // What the plan shares with others is counted with the plan.
    const shared = plan.leaves.reduce((total, leaf) => total + (this.#tensors.has(leaf) ? tensorBytes(leaf) : 0), 0);
    return this.#backend.shortage(plan, totalBytes(this.memory) - shared - this.resident.bytesOf(split));
  }

  /** Prepares a plan over a split, sharing the bytes of the split with every other plan that draws from it.
   *  @param shared tensors that it shares with other plans too, by its own leaves */
  async prepare(
    { plan, source }: Compiled,
    split: Split,
    purpose: Purpose,
    shared: ReadonlyMap<Node, Tensor> = new Map(),
  ): Promise<Ready> {
    const leaves = this.#bind(plan, (leaf) => {
      if (shared.has(leaf)) return shared.get(leaf);
      const [name] = [...source.columns].find(([, node]) => node === leaf) ?? [];
      const values = name === undefined ? undefined : split.columns[name];
      return values && this.resident.tensor(leaf, split, values);
    });
    return { leaves, executable: await this.prepareBound(plan, leaves, purpose) };
  }

  /** Prepares a computation over tensors of the session's own. */
  async prepareSmall(computation: Computation, purpose: Purpose): Promise<Executable> {
    const plan = compileFor(this.#backend, computation);
    return await this.prepareBound(plan, this.#bind(plan), purpose);
  }

  /** Prepares a plan over these tensors. */
  async prepareBound(plan: Plan, leaves: ReadonlyMap<Node, Tensor>, purpose: Purpose): Promise<Executable> {
    const executable = await this.#backend.prepare(plan, leaves);
    this.#executables[purpose].push(executable);
    return executable;
  }

  /** Frees an executable, and the tensors that only it used. */
  release(executable: Executable, nodes: readonly Node[] = []): void {
    for (const owned of Object.values(this.#executables)) {
      const at = owned.indexOf(executable);
      if (at >= 0) owned.splice(at, 1)[0]?.dispose();
    }
    for (const node of nodes) {
      this.#tensors.get(node)?.dispose();
      this.#tensors.delete(node);
    }
  }

  /** Frees everything. */
  dispose(): void {
    for (const owned of Object.values(this.#executables))
      for (const executable of owned.splice(0)) executable.dispose();
    for (const tensor of this.#tensors.values()) tensor.dispose();
    this.#tensors.clear();
  }

  /** Tensors for all leaves of a plan: the session's own but for those that `other` knows. */
  #bind({ leaves }: Plan, other: (leaf: Node) => Tensor | undefined = () => undefined): ReadonlyMap<Node, Tensor> {
    return new Map(leaves.map((leaf) => [leaf, other(leaf) ?? this.tensor(leaf)]));
  }
}
