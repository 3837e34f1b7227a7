/** A copy of a model's networks on the CPU, asked by an agent: a step of an episode is a few numbers in and a few out, for which
 *  the way to a GPU and back takes longer than the answer. */
import type { Backend, Executable, Tensor, TensorData } from "../backend/backend";
import { compile } from "../compile/compile";
import type { Node } from "../graph/node";
import { sizeOf } from "../shape";
import type { ProgramModel } from "./batches";
import { showProgram } from "./programs";

/** What is shown of some observations, `[count, width]` by name. */
export type Answers = Readonly<Record<string, Float32Array>>;

/** What the task shows of a number of observations at a time. */
export class Actor {
  readonly #executable: Executable;
  readonly #tensors: ReadonlyMap<Node, Tensor>;
  readonly #observation: Tensor | undefined;
  readonly #state: readonly { readonly name: string; readonly tensor: Tensor }[];
  readonly #shown: readonly (readonly [name: string, node: Node])[];

  private constructor(
    executable: Executable,
    tensors: ReadonlyMap<Node, Tensor>,
    observation: Node | undefined,
    state: readonly { readonly name: string; readonly tensor: Tensor }[],
    shown: readonly (readonly [string, Node])[],
  ) {
    this.#executable = executable;
    this.#tensors = tensors;
    this.#observation = observation && tensors.get(observation);
    this.#state = state;
    this.#shown = shown;
  }

  /** @param count of observations at a time  @param cpu stays the caller's */
  static async open(model: ProgramModel, count: number, cpu: Backend): Promise<Actor> {
    const { computation, columns, shown } = showProgram(model, count);
    const plan = compile(computation, { fuse: true });
    const tensors = new Map(plan.leaves.map((leaf) => [leaf, cpu.createTensor(leaf)] as const));
    const state = model.state.tensors.flatMap(({ name, node }) => {
      const tensor = tensors.get(node);
      return tensor ? [{ name, tensor }] : [];
    });
    const nodes = Object.entries(shown).map(([name, { node }]) => [name, node] as const);
    return new Actor(await cpu.prepare(plan, tensors), tensors, columns.get("observation"), state, nodes);
  }

  /** The names of what it must be given of a model's state. */
  get reads(): readonly string[] {
    return this.#state.map(({ name }) => name);
  }

  /** Numbers that are shown of one observation, by name. */
  get widths(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#shown.map(([name, { shape }]) => [name, sizeOf(shape.slice(1))]));
  }

  /** Takes over a model's state. */
  learn(tensors: Readonly<Record<string, TensorData>>): void {
    for (const { name, tensor } of this.#state) {
      const values = tensors[name];
      if (values) tensor.write(values);
    }
  }

  /** What is shown of observations; the arrays are its own until the next question. */
  async ask(observations: Float32Array): Promise<Answers> {
    this.#observation?.write(observations);
    this.#executable.run([{}]);
    const read = this.#shown.map(
      async ([name, node]) => [name, Float32Array.from(await this.#executable.read(node))] as const,
    );
    return Object.fromEntries(await Promise.all(read));
  }

  dispose(): void {
    this.#executable.dispose();
    for (const tensor of this.#tensors.values()) tensor.dispose();
  }
}
