/** What recurrent layers share: their fields, their weights, and the walk that they are. */
import { choice, type ConfigOf, flag, real, whole } from "../../fields";
import type { Node } from "../../graph/node";
import type { TensorType } from "../../graph/type";
import { constant } from "../../ops/constant";
import { dropout } from "../../ops/dropout";
import { flip } from "../../ops/flip";
import { reshape } from "../../ops/layout";
import { matmul } from "../../ops/matmul";
import { add, mul } from "../../ops/pointwise";
import { recurrent } from "../../ops/recurrent";
import { type CellName, cells, type SquashName } from "../../ops/recurrentCells";
import { recurrentInitializers } from "../initializers";
import { type BuildContext, f32, variable, type VariableSpec } from "../layer";
import { initializerField, l1Field, l2Field, rarePenalties, recurrentPenalties, seriesProblem } from "./shared";
import { type EngineKey, type Said, say } from "../../words/said";

/** Functions whose slope follows from their result, which is all that is kept for the way back. */
const squashNames = ["tanh", "relu", "sigmoid", "linear"] as const satisfies readonly SquashName[];

/** How many units a layer has; together with four gates they fit what a GPU's workgroup shares. */
const units = whole({
  label: "Units",
  help: "Numbers in the state that goes from step to step, which is also the output.",
  min: 1,
  max: 512,
  default: 64,
});

const activation = choice({
  label: "Activation",
  help: "What the state passes through. tanh keeps it between -1 and 1 however long the sequence is.",
  options: squashNames,
  default: "tanh",
});

/** What the gates of a layer pass through. */
export const gateField = choice({
  label: "Recurrent activation",
  help: "What the gates pass through. sigmoid makes each a share from 0 to 1.",
  options: squashNames,
  default: "sigmoid",
});

/** Settings about the sequence and about where weights start. */
const others = {
  useBias: flag({ label: "Bias", help: "Adds trainable offsets to every step.", default: true }),
  returnSequences: flag({
    label: "Return sequences",
    help: "Gives the state of every step rather than the last one, as another recurrent layer after it needs.",
    default: false,
  }),
  goBackwards: flag({
    label: "Go backwards",
    help: "Reads the sequence from its end, and gives states in that order.",
    default: false,
  }),
  dropout: real({
    label: "Dropout",
    help: "Share of the input's channels zeroed in each training step, the same ones at every step of a sequence.",
    min: 0,
    max: 0.95,
    step: 0.05,
    default: 0,
    live: true,
  }),
  kernelInitializer: initializerField,
  recurrentInitializer: choice({
    label: "Recurrent initializer",
    help: "How the weights of the state are drawn. Orthogonal ones keep its length from step to step.",
    options: recurrentInitializers,
    default: "orthogonal",
  }),
  kernelL2: l2Field,
  kernelL1: l1Field,
  ...recurrentPenalties,
  ...rarePenalties,
};

/** The fields of a recurrent layer, `own` ones between. */
export const recurrentFields = <const F extends object>(own: F) => ({ units, activation, ...own, ...others });

/** Settings that all recurrent layers have. */
type Settings = ConfigOf<{ readonly units: typeof units; readonly activation: typeof activation } & typeof others> & {
  readonly recurrentActivation?: SquashName;
};

/** The two settings worth showing. */
export const recurrentSummary = ({
  units: count,
  returnSequences,
}: Settings): readonly (string | Said<EngineKey>)[] => [
  `${count}`,
  say(returnSequences ? "summary.everyStep" : "summary.lastStep"),
];

/** What it does to the sequence that it is given. */
export const recurrentHere = (
  { shape: [steps = 1, inputs = 1] }: TensorType,
  _: TensorType,
  { units: count, returnSequences, goBackwards }: Settings,
): Said<EngineKey> =>
  say("here.read", { steps, inputs, units: count, givesEach: returnSequences, isBackwards: goBackwards });

/** Read from its end, a step is given with all after it; and a single state knows of all steps. */
export const recurrentLooksAhead = ({ goBackwards, returnSequences }: Settings): boolean =>
  goBackwards || !returnSequences;

/** `[T, units]` or `[units]` from `[T, F]`. */
export function recurrentOutput(input: TensorType, { units: count, returnSequences }: Settings) {
  const [steps = 1] = input.shape;
  return seriesProblem(input) ?? f32(returnSequences ? [steps, count] : [count]);
}

/** A kernel, a recurrent kernel and a bias, as Keras lists them. */
export function recurrentVariables(
  cell: CellName,
  { shape }: TensorType,
  { units: count, useBias, kernelInitializer, recurrentInitializer, ...factors }: Settings,
  bias: VariableSpec = { shape: [cells[cell].gates * count], initializer: "zeros" },
): Readonly<Record<string, VariableSpec>> {
  const width = cells[cell].gates * count;
  return {
    kernel: {
      shape: [shape[1] ?? 1, width],
      initializer: kernelInitializer,
      l1: factors.kernelL1,
      l2: factors.kernelL2,
    },
    recurrentKernel: {
      shape: [count, width],
      initializer: recurrentInitializer,
      l1: factors.recurrentL1,
      l2: factors.recurrentL2,
    },
    ...(useBias && { bias: { ...bias, l1: factors.biasL1, l2: factors.biasL2 } }),
  };
}

/** Multiply-adds count as two. */
export function recurrentFlops(cell: CellName, { shape }: TensorType, { units: count }: Settings): number {
  const [steps = 1, channels = 1] = shape;
  return 2 * steps * (channels + count) * cells[cell].gates * count;
}

/** What a walk is built from. */
interface Recurrence {
  readonly cell: CellName;
  readonly variables: Readonly<Record<string, Node>>;
  readonly settings: Settings;
  readonly context: BuildContext;
  /** Of the input's sums. */
  readonly bias?: Node | undefined;
  /** Of the state's sums, where they have one of their own. */
  readonly stateBias?: Node | undefined;
}

/** The walk over `[N, T, F]`, to `[N, T, units]` or `[N, units]`. */
export function buildRecurrent(x: Node, { cell, variables, settings, context, bias, stateBias }: Recurrence): Node {
  const { training, seed, step, stream } = context;
  const { activation: tell, recurrentActivation = "sigmoid", goBackwards, returnSequences, dropout: rate } = settings;
  const [samples = 1, steps = 1, channels = 1] = x.shape;
  const isDropping = training && rate > 0;
  const ones = isDropping && constant(1, [samples, 1, channels]);
  const read = ones ? mul(x, dropout(ones, seed, step, { rate, stream })) : x;
  const product = matmul(reshape(read, [samples * steps, channels]), variable(variables, "kernel"));
  const sums = bias ? add(product, bias) : product;
  const width = sums.shape[1] ?? 1;
  const states = recurrent(
    reshape(sums, [samples, steps, width]),
    variable(variables, "recurrentKernel"),
    {
      cell,
      activation: tell,
      recurrentActivation,
      reverse: goBackwards,
      sequences: returnSequences,
    },
    stateBias,
  );
  return goBackwards && returnSequences ? flip(states, 1) : states;
}
