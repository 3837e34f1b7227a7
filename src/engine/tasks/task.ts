/** What a task is: which networks there are, what they read, what is compared with what, and what is told of it. Everything
 *  above (analysis, programs, charts, views) is derived from the record. */
import type { ColumnInfo, ColumnKind, DataInfo } from "../data";
import type { ConfigOf, Fields } from "../fields";
import type { Node } from "../graph/node";
import type { TensorType } from "../graph/type";
import type { LayerType } from "../nn/layers";
import { type Ending, type LossProblem, type LossType, nameOfLoss } from "../nn/losses";
import type { MetricType, NumberFormat } from "../nn/metrics";
import type { TargetInfo } from "../nn/target";
import type { Shape } from "../shape";
import { type EngineKey, type Name, type Said } from "../words/said";
import type { Play } from "./play";

/** What a task is asked about: a dataset, and the task's own settings. */
export interface About<F extends Fields = Fields> {
  readonly data: DataInfo;
  readonly config: ConfigOf<F>;
}

/** The types that networks give, by name; null where they are not known yet or broken. */
export type NetworkOutputs = Readonly<Record<string, TensorType | null>>;

/** One network of a task. */
export interface NetworkDef<F extends Fields = Fields> {
  readonly title: string;
  /** One sentence: what it is given, and what it is to give. */
  readonly help: string;
  /** What it is given, without the batch; null where that is not known yet. @param outputs of the networks before it */
  input(about: About<F>, outputs: NetworkOutputs): TensorType | null;
  /** Whether that is noise. */
  readonly readsNoise?: true;
  /** The column of the data whose values its answers are, or tell; left out where they mean something of their own. */
  gives?(about: About<F>): string | undefined;
}

/** Something wrong with what a network gives. */
export interface TaskProblem {
  /** The network at whose end the problem is; undefined where it is the data that do not fit the task. */
  readonly network?: string;
  readonly said: Said<EngineKey>;
  /** The units that the last Dense layer must have; left out where more than one number will do. */
  readonly units?: number;
  /** The activation after it; left out where that is a matter of taste. */
  readonly activation?: string;
  /** A row is wanted for each step of a series, rather than one. */
  readonly isEachStep?: true;
}

/** One of the numbers that are told of training: a loss or a metric. */
export interface CurveInfo {
  readonly id: string;
  readonly title: string;
  /** One sentence: what it says. */
  readonly help: string;
  /** What it is counted in; empty for plain numbers. */
  readonly unit: string;
  readonly format: NumberFormat;
  readonly better: "higher" | "lower";
  /** Whether it is told of whole splits alone, and of no step. */
  readonly ofSplits?: true;
}

/** A loss: its curve, and which networks learn from it; none, where it is only told, as the parts of a loss are. */
export interface LossInfo extends CurveInfo {
  readonly trains: readonly string[];
}

/** What a loss is called, and a sentence about it. */
interface CurveWords {
  readonly title: string;
  readonly help: string;
}

/** What a task builds its graph from. Every tensor begins with the batch axis. */
export interface TaskGraph<F extends Fields = Fields> extends About<F> {
  /** Samples in a batch. */
  readonly batch: number;
  readonly training: boolean;
  /** A batch of a column as networks see it: scaled f32, or u32 indices. `[N, ...shape]` */
  column(name: string): Node;
  /** What a network gives for `x`. Called again, the same weights are used again. */
  apply(network: string, x: Node): Node;
  /** New numbers at every step, `[N, ...shape]` f32. */
  random: {
    /** From 0 to 1. */
    uniform(shape: Shape): Node;
    /** Of mean 0 and variance 1. */
    normal(shape: Shape): Node;
  };
}

/** What a batch is worth. */
export interface BatchScores {
  /** By loss, a number for each sample, `[N]` f32. */
  readonly losses: Readonly<Record<string, Node>>;
  /** How many things a loss is of in each sample, such as tokens, `[N]` f32: losses are means over those. 1 where left out. */
  readonly counts?: Node;
  /** By metric, what is summed of each sample, `[N]` or `[N, W]` f32 each. */
  readonly metrics: Readonly<Partial<Record<MetricType, readonly Node[]>>>;
}

/** What is shown of a model: a value for each sample. */
export interface Shown {
  /** What it is, by which a view is chosen. */
  readonly kind: ColumnKind | "codes" | "actions";
  readonly node: Node;
  /** Whether a softmax or a sigmoid made it, so that it can be read as probabilities. */
  readonly areProbabilities?: boolean;
}

/** What is asked of a model beside what it shows: of columns, or of tensors that the caller gives. */
export interface AskedGraph<F extends Fields = Fields> extends TaskGraph<F> {
  /** A batch of the caller's own, by a name that no column has. `[N, ...shape]` f32 */
  given(name: string, shape: Shape): Node;
}

/** Something that a model can be asked beside what it shows. */
export interface Question<F extends Fields = Fields> {
  /** The network whose answers alone these are: of samples, of `noise`, or of the `code` that the one before gives. */
  readonly network?: string;
  /** The answer, by name. */
  show(graph: AskedGraph<F>): Readonly<Record<string, Shown>>;
}

/** One network's input, what its answer is held against, and how. */
export interface Lesson {
  /** A column by name. */
  readonly input: string;
  /** Another; null for what follows each token of the input. */
  readonly target: string | null;
  readonly loss: LossType;
}

/** A task. */
export interface TaskDef<F extends Fields = Fields> {
  readonly title: string;
  /** One sentence for a visitor who chooses. */
  readonly help: string;
  readonly fields: F;
  /** The type of the layer that all its networks end in, which learns by itself, without a gradient; left out where losses say what an
   *  end must be like. */
  readonly endsIn?: LayerType;
  /** In the order in which data flow. */
  readonly networks: Readonly<Record<string, NetworkDef<F>>>;
  /** The columns that it reads, the input first; or why the data do not fit. */
  columns(about: About<F>): readonly string[] | TaskProblem;
  /** What is wrong with the networks' outputs, all of which are known. */
  problems(about: About<F>, outputs: Readonly<Record<string, TensorType>>): readonly TaskProblem[];
  /** What networks should end in for the losses to learn, by network; asked only where the data fit. `by` says whose wish it
   *  is, as the subject of a sentence. */
  endings(about: About<F>): Readonly<Record<string, Ending & { readonly by: Said<EngineKey> | Name }>>;
  /** What its losses are called, by id. */
  readonly curves: Readonly<Record<string, CurveWords>>;
  /** Its losses. The first decides when training stops early. */
  losses(about: About<F>): readonly LossInfo[];
  /** Of networks that do not learn at every step, at every how many they do; left out where all do. */
  every?(about: About<F>): Readonly<Record<string, number>>;
  /** The metrics that it tells. */
  metrics(about: About<F>): readonly MetricType[];
  /** The losses and metrics of a batch. */
  score(graph: TaskGraph<F>): BatchScores;
  /** What is shown of samples, by name. */
  show(graph: TaskGraph<F>): Readonly<Record<string, Shown>>;
  /** What other libraries need to train it, where that is one network held against a column, or against the tokens that follow. */
  lesson?(about: About<F>): Lesson | undefined;
  /** What else can be asked of a model, by name; left out where there is nothing. */
  readonly asked?: Readonly<Record<string, Question<NoInfer<F>>>>;
  /** Where samples are steps of an agent: how it acts by what is shown, and what it learns from that. */
  readonly play?: Play<NoInfer<F>>;
}

/** Lets TypeScript infer the type of a task's settings from its fields. */
export function defineTask<const F extends Fields>(def: TaskDef<F>): TaskDef<F> {
  return def;
}

/** The first column of one of these kinds, but for one that is taken. */
export function columnOf(
  { columns }: DataInfo,
  kinds: readonly ColumnKind[],
  taken?: string,
): { readonly name: string; readonly column: ColumnInfo } | undefined {
  for (const [name, column] of Object.entries(columns)) {
    if (name !== taken && kinds.includes(column.kind)) return { name, column };
  }
  return undefined;
}

/** A column by name. @throws Error when the dataset has none of that name, which `columns` would have told */
export function requireColumn({ columns }: DataInfo, name: string): ColumnInfo {
  const column = columns[name];
  if (!column) {
    throw new Error(`Column: expected one of ${Object.keys(columns).join(", ")}, got "${name}". Choose one of those.`);
  }
  return column;
}

/** What a column is as a target. */
export function targetOf({ kind, shape, names, question }: ColumnInfo): TargetInfo {
  if (kind === "class") return { kind, classes: names?.length ?? 1 };
  if (kind !== "text") return { kind: "values", shape };
  const steps = (shape[0] ?? 1) - 1;
  return { kind: "tokens", vocabulary: names?.length ?? 1, steps, isAnswer: question !== undefined };
}

/** What a loss finds wrong with what a network gives, as a problem of the task. */
export const problemOf = ({ said, ...rest }: LossProblem, loss: LossType, network: string): TaskProblem => ({
  ...rest,
  network,
  said: said(nameOfLoss(loss)),
});
