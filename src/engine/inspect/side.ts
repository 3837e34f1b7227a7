/** A model beside the one that trains: its graph over samples that are given, and a copy of its state on the CPU, whatever trains it.
 *  A GPU is asked for nothing that it has not been tested on, and no memory is held afterwards. */
import type { Backend, Executable, StepRow, Tensor, TensorData } from "../backend/backend";
import { openCpuBackend } from "../backend/cpu/openCpuBackend";
import { compile } from "../compile/compile";
import type { Computation } from "../compile/plan";
import { type ColumnData, holdsIndices, typeOfColumn } from "../data/column";
import { readyOf } from "../data/dataset";
import { ArgumentError } from "../errors";
import type { Node } from "../graph/node";
import { type Block, blockNames, walk } from "../model/blocks";
import type { BoundNetwork } from "../model/build";
import { input } from "../ops/leaf";
import { add, div } from "../ops/pointwise";
import { mean } from "../ops/reduce";
import { type Shape, sizeOf } from "../shape";
import { tasks } from "../tasks";
import type { Shown, TaskGraph } from "../tasks/task";
import { construct, networkOf } from "../train/batches";
import type { Subject } from "./inquiry";

/** A model's graph over a batch that is given. */
export interface SideGraph {
  readonly batch: number;
  /** The columns that were asked for, `[batch, ...shape]`, by name. */
  readonly columns: ReadonlyMap<string, Node>;
  readonly graph: TaskGraph;
  readonly networks: Readonly<Record<string, BoundNetwork>>;
}

/** What a block gives for one sample. */
export interface BlockOutput {
  /** The network that it is in, and its name there. */
  readonly network: string;
  readonly block: string;
  /** Of the sample, without the batch; of a block that does each step alone, with the steps before. */
  readonly shape: Shape;
  /** Whether it does each step alone. */
  readonly isEachStep?: boolean;
  readonly data: Float32Array<ArrayBuffer>;
}

/** The graph of a model, to which its task is then applied: `show` or `score`. */
export function sideGraph({ model }: Pick<Subject, "model">, batch: number, training = false): SideGraph {
  const columns = new Map<string, Node>();
  const column = (name: string): Node => {
    const info = model.data.columns[name];
    if (!info) throw new ArgumentError(`Column: expected one of the dataset's, got "${name}".`);
    const { shape, dtype } = typeOfColumn(info);
    const leaf = input(`side/${name}`, [batch, ...shape], dtype);
    columns.set(name, leaf);
    return leaf;
  };
  const { graph, networks } = construct(model, batch, training, column, { mask: undefined, count: undefined });
  return { batch, columns, graph, networks };
}

/** The same with what is shown of a class, where the model tells one. @throws ArgumentError where it tells none */
export function shownClass(side: SideGraph, { model }: Pick<Subject, "model">): Shown {
  const shown = Object.values(tasks[model.description.task.type].show(side.graph));
  const found = shown.find(({ kind }) => kind === "class");
  if (!found) throw new ArgumentError("Question: expected a model that tells a class, got another.");
  return found;
}

/** What networks learn from, each loss once, as means over a batch, without penalties: the task is scored.
 *  @throws ArgumentError where nothing is learnt from */
export function lossOf(subject: Pick<Subject, "model">, side: SideGraph): Node {
  const loss = lossesOf(subject, side)(() => true);
  if (!loss) throw new ArgumentError("Question: expected a loss that is learnt from, got none.");
  return loss;
}

/** The same of the networks that are asked for: the task is scored once. @returns undefined where they learn from nothing */
export function lossesOf(
  { model }: Pick<Subject, "model">,
  { graph }: SideGraph,
): (isAsked: (network: string) => boolean) => Node | undefined {
  const task = tasks[model.description.task.type];
  const { losses, counts } = task.score(graph);
  const told = task.losses(graph);
  return (isAsked) => {
    const [first, ...rest] = told.flatMap(({ id, trains }) => {
      const loss = losses[id];
      return loss && trains.some(isAsked) ? [mean(loss)] : [];
    });
    const loss = first && rest.reduce((a, b) => add(a, b), first);
    return loss && counts ? div(loss, mean(counts)) : loss;
  };
}

/** A block by its network and its name there. */
export function blockOf({ model }: Pick<Subject, "model">, network: string, name: string): Block | undefined {
  const { blocks } = networkOf(model.description, network);
  const names = blockNames(blocks);
  for (const { block } of walk(blocks, { network, parent: null })) if (names.get(block.id) === name) return block;
  return undefined;
}

/** A computation over a copy of a model's state, ready to run. */
export class Side {
  readonly #executable: Executable;
  readonly #tensors: ReadonlyMap<Node, Tensor>;
  readonly #backend: Backend | undefined;
  readonly #row: StepRow;

  private constructor(
    executable: Executable,
    tensors: ReadonlyMap<Node, Tensor>,
    backend: Backend | undefined,
    row: StepRow,
  ) {
    this.#executable = executable;
    this.#tensors = tensors;
    this.#backend = backend;
    this.#row = row;
  }

  /** @param inputs leaves beside the model's state  @param backend stays the caller's; one of its own when left out */
  static async open(
    { model, snapshot }: Subject,
    computation: Computation,
    inputs: Iterable<Node>,
    backend?: Backend,
  ): Promise<Side> {
    const own = backend ? undefined : await openCpuBackend({ threads: 1 });
    const on = backend ?? own;
    if (!on) throw new Error("Side: expected a backend, got none.");
    const tensors = new Map<Node, Tensor>();
    for (const leaf of inputs) tensors.set(leaf, on.createTensor(leaf));
    for (const { name, node, start } of model.state.tensors) {
      tensors.set(node, on.createTensor(node, snapshot.tensors[name] ?? start()));
    }
    const row = { seed: model.description.training.seed, step: snapshot.step };
    const executable = await on.prepare(compile(computation, { fuse: true }), tensors);
    return new Side(executable, tensors, own, row);
  }

  /** Overwrites a leaf from an element on. */
  write(leaf: Node | undefined, values: TensorData, offset = 0): void {
    const tensor = leaf && this.#tensors.get(leaf);
    if (!tensor) throw new Error("Side: expected a leaf that is bound, got another.");
    tensor.write(values, offset);
  }

  run(scalars: StepRow = {}): void {
    this.#executable.run([{ ...this.#row, ...scalars }]);
  }

  read(node: Node): Promise<TensorData> {
    return this.#executable.read(node);
  }

  dispose(): void {
    this.#executable.dispose();
    for (const tensor of this.#tensors.values()) tensor.dispose();
    this.#backend?.dispose();
  }
}

/** The values of a column for `count` samples. @throws ArgumentError when they are missing, of another length or not finite */
export function givenColumn(
  { model }: Pick<Subject, "model">,
  given: Readonly<Record<string, ColumnData>>,
  name: string,
  count = 1,
): ColumnData {
  const info = model.data.columns[name];
  const values = given[name];
  const wanted = count * sizeOf(info?.shape ?? []);
  if (!info || values?.length !== wanted || !values.every(Number.isFinite)) {
    throw new ArgumentError(
      `Column "${name}": expected ${wanted} finite numbers for ${count} samples, got ${values?.length ?? "none"}.`,
    );
  }
  return values;
}

/** Samples as networks see them, the first ones of the training set or those from a row on; the first again where there are fewer.
 *  @throws ArgumentError without any */
export function fillBatch(
  { model, dataset }: Subject,
  opened: Side,
  columns: ReadonlyMap<string, Node>,
  count: number,
  from = 0,
  of: "train" | "test" = "train",
): void {
  const split = dataset[of];
  const ready = Math.min(from + count, readyOf(split));
  if (ready === 0) throw new ArgumentError(`Question: expected samples to ${of}, got none yet. Ask again later.`);
  for (const [name, leaf] of columns) {
    const info = model.data.columns[name];
    const stored = split.columns[name];
    if (!info || !stored) throw new ArgumentError(`Column: expected one of the dataset's, got "${name}".`);
    const length = sizeOf(info.shape);
    const valueAt = (i: number): number => stored[(from * length + i) % (ready * length)] ?? 0;
    const all = { length: count * length };
    const values = holdsIndices(info)
      ? Uint32Array.from(all, (_, i) => valueAt(i))
      : Float32Array.from(all, (_, i) => valueAt(i) * info.scale);
    opened.write(leaf, values);
  }
}
