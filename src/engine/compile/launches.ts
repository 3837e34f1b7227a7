/** Fewer launches from the same steps, for machines on which a launch costs more than a little arithmetic:
 *  small values are computed where they are read, small steps follow each other in one workgroup, and steps that do not
 *  depend on each other share a launch. */
import type { Node } from "../graph/node";
import { isStepScalar } from "../ops/leaf";
import { onlyOutputs, programKernel } from "../ops/program";
import { sizeOf } from "../shape";
import { fuseClassifiers } from "./classifier";
import { fuseColumnSums } from "./columnSums";
import { inSequence, readsOnce, sideBySide, withInlined } from "./combine";
import { Dependencies } from "./dependencies";
import { owner, rootsOf, storedBy } from "./memory";
import { fusePooling, readThroughPooling } from "./pooling";
import { sinkUpdates } from "./sinkUpdate";
import { storeThrough } from "./storeThrough";
import { splitK } from "./splitK";
import type { CompileOptions, Computation, Step } from "./plan";
import { MAX_BINDINGS } from "./plan";

/** Up to this many elements, computing a value again where it is read costs less than a launch. */
const MAX_INLINED = 4096;

/** What one workgroup does on its own without the rest of the machine being missed, in elements read and written. */
const MAX_SEQUENTIAL = 4096;

/** All passes of this file, and those of `pooling.ts`, `classifier.ts`, `columnSums.ts`, `splitK.ts`,
 *  `storeThrough.ts` and `sinkUpdate.ts`. */
export function mergeLaunches(
  computation: Computation,
  steps: readonly Step[],
  { parts, packedParts, bindings = MAX_BINDINGS }: Pick<CompileOptions, "parts" | "packedParts" | "bindings"> = {},
): Step[] {
  const whole = fuseClassifiers(computation, fusePooling(computation, steps.flatMap(oneByOne)));
  const products = readThroughPooling(computation, fuseColumnSums(whole));
  const single = splitK(computation, products, parts, packedParts);
  const homes = new Homes(computation, single);
  const inlined = inlineValues(computation, readRowsInPlace(computation, single, homes), homes);
  const stored = storeThrough(computation, inlined, (step) => homes.bindings([step]) <= MAX_BINDINGS);
  const chained = chainSmallSteps(stored, homes);
  // With room for more buffers a launch may also take in a gradient early, which then cannot be applied where it is made.
  const [usual, roomy] = [MAX_BINDINGS, bindings].map((most) =>
    sinkUpdates(computation, shareLaunches(chained, homes, most), (launch, update, passed) =>
      homes.mayJoin(launch, update, passed, bindings),
    ),
  ) as [Step[], Step[]];
  return roomy.length < usual.length ? roomy : usual;
}

/** The memory that values will end up in, as far as it is known before planning: a state they replace, or a pack they
 *  are part of. Two values in one home need one binding. */
class Homes {
  readonly #home = new Map<Node, Node>();
  /** For what has no such home, what the same step makes first: a step's results share an arena. */
  readonly #beside = new Map<Node, Node>();

  constructor({ outputs, updates = [] }: Computation, steps: readonly Step[]) {
    const read = [...steps.flatMap(({ inputs }) => inputs), ...outputs, ...updates.map(({ value }) => value)];
    for (const { base } of read.map(owner)) {
      if (base.op.storage === "pack") for (const source of base.inputs) this.#home.set(owner(source).base, base);
    }
    for (const { state, value } of updates) this.#home.set(value, state);
    for (const { outputs: made } of steps) {
      const loose = made.filter((output) => !this.#home.has(output));
      for (const output of loose) this.#beside.set(output, loose[0]!);
    }
  }

  of(node: Node): Node {
    const { base } = owner(node);
    return this.#home.get(base) ?? base;
  }

  /** Buffers that a launch of these steps binds, at most: one for each value it reads and each home it writes to, and
   *  one for all else that it makes. */
  bindings(steps: readonly Step[]): number {
    const made = steps.flatMap(({ outputs }) => outputs);
    const loose = new Set(made.filter((output) => !this.#home.has(output)));
    const read = steps
      .flatMap((step) => this.reads(step))
      .filter((home) => !loose.has(home))
      .map((home) => this.#beside.get(home) ?? home);
    const homes = made.filter((output) => !loose.has(output)).map((output) => this.of(output));
    return new Set([...read, ...homes]).size + (loose.size > 0 ? 1 : 0);
  }

  /** Whether a step that reads what a launch passes on can be done by that launch: within so many bindings, and writing over
   *  nothing that the launch reads. */
  mayJoin(launch: Step, update: Step, passed: ReadonlySet<Node>, most: number): boolean {
    const read = new Set(this.reads(launch));
    if (this.writes(update).some((home) => read.has(home))) return false;
    const makes = launch.outputs.filter((output) => !passed.has(output));
    const takes = update.inputs.filter(({ op }) => op.storage !== "pack");
    return (
      this.bindings([
        { ...launch, outputs: makes },
        { ...update, inputs: takes },
      ]) <= most
    );
  }

  reads({ inputs }: Step): Node[] {
    return inputs.filter((input) => !isStepScalar(input)).map((input) => this.of(input));
  }

  writes({ outputs }: Step): Node[] {
    return outputs.map((output) => this.of(output));
  }

  /** Whether one of two steps replaces state that the other reads. */
  overwrites(a: Step, b: Step): boolean {
    return this.#writesWhatReads(a, b, isState) || this.#writesWhatReads(b, a, isState);
  }

  /** Whether one of two independent steps reads memory that the other writes. */
  collide(a: Step, b: Step): boolean {
    return this.#writesWhatReads(a, b) || this.#writesWhatReads(b, a);
  }

  #writesWhatReads(writer: Step, reader: Step, counts: (home: Node) => boolean = () => true): boolean {
    const read = new Set(this.reads(reader).filter(counts));
    return this.writes(writer).some((home) => read.has(home));
  }
}

const isState = ({ op }: Node): boolean => op.storage === "leaf";

const rereads = ({ kernel }: Step): boolean => kernel.rereads === true;

/** Lets products over the samples of a batch read them where the dataset has them, if nobody else wants the batch. */
function readRowsInPlace(computation: Computation, steps: readonly Step[], homes: Homes): Step[] {
  const kept = storedBy(computation);
  let current = [...steps];
  for (const producer of steps.filter(({ kernel }) => kernel.rows)) {
    const output = producer.outputs[0]!;
    const readers = current.filter((step) => step.inputs.some((input) => owner(input).base === output));
    const inlined = new Map(readers.map((reader) => [reader, withRows(reader, producer)]));
    if (kept.has(output) || readers.length === 0) continue;
    if ([...inlined.values()].some((step) => !step || homes.bindings([step]) > MAX_BINDINGS)) continue;
    current = current.filter((step) => step !== producer).map((step) => inlined.get(step) ?? step);
  }
  return current;
}

/** The reader with its batch read in place, if it reads it once and sample by sample. */
function withRows(reader: Step, producer: Step): Step | undefined {
  const [output] = producer.outputs;
  const [index, ...more] = reader.inputs.flatMap((input, i) => (owner(input).base === output ? [i] : []));
  if (index === undefined || more.length > 0) return undefined;
  const { kernel, attrs, inputs, outputs } = reader;
  const { sample } = kernel.wgsl({ inputTypes: inputs, outputTypes: outputs, attrs, gemm: () => "tiled" }).inputs[
    index
  ]!;
  const isRow = sample !== undefined && sizeOf(output!.shape) === sample * output!.shape[0]!;
  return isRow ? withInlined(reader, index, producer, "rows") : undefined;
}

/** Readers for which a large value is computed again, each for itself, rather than stored. */
const MAX_COPIES = 2;

/** Whether computing a value where it is read costs no more than storing it: it is small, or read element by element, and either by
 *  one reader, by sums alone, by readers who load what it is made of anyway, or merely a few numbers spread out. */
function isCheaper({ kernel, attrs, inputs, outputs }: Step, readers: readonly Step[]): boolean {
  const [value] = outputs as [Node];
  const size = sizeOf(value.shape);
  if (size <= MAX_INLINED) return true;
  if (readers.length > MAX_COPIES || !readers.every((reader) => readsOnce(reader, size))) return false;
  if (kernel.isSpread?.(inputs, attrs)) return true;
  const large = inputs.filter(({ shape }) => sizeOf(shape) > MAX_INLINED).map((input) => owner(input).base);
  const loadsAll = (reader: Step): boolean => {
    const loaded = new Set(reader.inputs.map((input) => owner(input).base));
    return large.every((input) => loaded.has(input));
  };
  const isElementwise = kernel.form?.(inputs, attrs)?.kind === "program";
  return isElementwise && (readers.length === 1 || readers.every(isReduction) || readers.every(loadsAll));
}

const isReduction = ({ kernel, inputs, attrs }: Step): boolean => kernel.form?.(inputs, attrs)?.kind === "reduction";

/** Computes values in the launches of those who read them, where that costs less than to store them. What is part of a pack is stored
 *  as well. */
function inlineValues(computation: Computation, steps: readonly Step[], homes: Homes): Step[] {
  const roots = rootsOf(computation);
  const stored = storedBy(computation);
  let current = [...steps];
  // From the last to the first, so that a value that is computed elsewhere brings along what it is computed from.
  for (const maker of steps.toReversed()) {
    for (const output of maker.outputs) {
      const step = current.find(({ outputs }) => outputs.includes(output))!;
      const producer = making(step, output);
      if (!producer?.kernel.element || roots.has(output)) continue;
      const reads = current.flatMap(({ inputs }) => inputs.filter((input) => owner(input).base === output));
      const readers = current.filter(({ inputs }) => inputs.some((input) => reads.includes(input)));
      if (readers.length === 0 || readers.some(rereads) || reads.some((read) => owner(read).offset > 0)) continue;
      if (!isCheaper(producer, readers)) continue;
      const inlined = new Map(readers.map((reader) => [reader, inlinedEverywhere(reader, output, producer)]));
      if ([...inlined.values()].some((reader) => homes.bindings([reader]) > MAX_BINDINGS)) continue;
      const left = stored.has(output) ? [step] : without(step, output);
      current = current.flatMap((other) => (other === step ? left : [inlined.get(other) ?? other]));
    }
  }
  return current;
}

/** The part of a step that makes one of its results, where it is element-wise or makes no other. */
function making(step: Step, output: Node): Step | undefined {
  if (step.outputs.length === 1) return step;
  return partOf(step, [output]);
}

/** A step without one of its results. */
function without(step: Step, output: Node): Step[] {
  const others = step.outputs.filter((other) => other !== output);
  const left = others.length > 0 ? partOf(step, others) : undefined;
  return left ? [left] : [];
}

/** An element-wise step with some of its results only; undefined for other steps. */
function partOf(step: Step, outputs: readonly Node[]): Step | undefined {
  const form = step.kernel.form?.(step.inputs, step.attrs);
  if (form?.kind !== "program") return undefined;
  const wanted = outputs.map((output) => step.outputs.indexOf(output));
  const { program, used } = onlyOutputs(form.program, wanted);
  const kernel = programKernel(outputs.map(({ op }) => op.name).join("+"), () => program);
  return { ...step, kernel, attrs: {}, inputs: used.map((input) => step.inputs[input]!), outputs };
}

function inlinedEverywhere(reader: Step, value: Node, producer: Step): Step {
  const index = reader.inputs.findIndex((input) => owner(input).base === value);
  return index < 0 ? reader : inlinedEverywhere(withInlined(reader, index, producer), value, producer);
}

/** An element-wise step of several small outputs as one step for each: alone they may be computed where they are read,
 *  and none of them waits for what only another needs. */
function oneByOne(step: Step): Step[] {
  const { outputs } = step;
  if (outputs.length === 1 || sizeOf(outputs[0]!.shape) > MAX_INLINED) return [step];
  const parts = outputs.map((output) => partOf(step, [output]));
  return parts.every((own) => own !== undefined) ? parts : [step];
}

/** Lets one workgroup do small steps one after another, where each feeds the next. */
function chainSmallSteps(steps: readonly Step[], homes: Homes): Step[] {
  const graph = new Dependencies(steps);
  for (const step of steps.filter(isSmall)) {
    for (const need of graph.needs(step).filter(isSmall)) {
      if (graph.groupOf(need) === graph.groupOf(step)) continue;
      const joined = [...graph.groupOf(need), ...graph.groupOf(step)];
      // What replaces state that others read must come in a launch after theirs.
      const isClear = joined.every((one, i) => joined.slice(i + 1).every((other) => !homes.overwrites(one, other)));
      if (isClear && homes.bindings(joined) <= MAX_BINDINGS) graph.tryJoin(joined);
    }
  }
  return graph.groups().map(inSequence);
}

const kindOf = ({ kernel, inputs, attrs }: Step): string | undefined => kernel.form?.(inputs, attrs)?.kind;

/** The steps that a step is made of, itself where it stands for none. */
const partsOf = (step: Step): readonly Step[] => (step.fuses ? step.fuses.flatMap(partsOf) : [step]);

/** Whether a step sums up all of a leaf, whereas one that gathers rows reads a few of those of a dataset. */
function sumsUp(step: Step, leaf: Node): boolean {
  const parts = partsOf(step);
  const isReduced = parts.some((part) => kindOf(part) === "reduction");
  return isReduced && parts.some((part) => kindOf(part) !== undefined && part.inputs.includes(leaf));
}

function isSmall(step: Step): boolean {
  // A step that works in place touches a part of its output only.
  const made = typeof step.kernel.inPlace === "number" ? [] : step.outputs;
  const read = step.inputs.filter((input) => input.op.storage !== "leaf" || sumsUp(step, input));
  const touched = [...made, ...read];
  return !rereads(step) && touched.reduce((sum, { shape }) => sum + sizeOf(shape), 0) <= MAX_SEQUENTIAL;
}

/** Puts launches that do not depend on each other into one. Those on the longest path set the number of rounds; the
 *  others join the first round in which they find room. */
function shareLaunches(steps: readonly Step[], homes: Homes, mostBindings: number): Step[] {
  const graph = new Dependencies(steps);
  const earliest = new Map<Step, number>();
  for (const step of steps) earliest.set(step, after(graph.needs(step), earliest));
  const last = Math.max(...earliest.values());
  const latest = new Map<Step, number>();
  for (const step of steps.toReversed()) {
    const own = latest.get(step) ?? last;
    latest.set(step, own);
    for (const need of graph.needs(step)) latest.set(need, Math.min(latest.get(need) ?? last, own - 1));
  }
  const rounds: Step[][][] = Array.from({ length: last + 1 }, () => []);
  const placed = new Map<Step, number>();
  const place = (step: Step, from: number, to: number): void => {
    for (let round = from; round <= to; round++) {
      const launch = rounds[round]!.find((members) => fitsBeside(members, step, homes, mostBindings));
      if (!launch) continue;
      launch.push(step);
      placed.set(step, round);
      return;
    }
    rounds[from]!.push([step]);
    placed.set(step, from);
  };
  const isUrgent = (step: Step): boolean => earliest.get(step) === latest.get(step);
  for (const step of steps.filter(isUrgent)) place(step, earliest.get(step)!, earliest.get(step)!);
  for (const step of steps.filter((other) => !isUrgent(other))) {
    place(step, after(graph.needs(step), placed), latest.get(step)!);
  }
  return rounds.flat().map(sideBySide);
}

const after = (needs: readonly Step[], round: ReadonlyMap<Step, number>): number =>
  Math.max(0, ...needs.map((need) => round.get(need)! + 1));

function fitsBeside(members: readonly Step[], step: Step, homes: Homes, mostBindings: number): boolean {
  return homes.bindings([...members, step]) <= mostBindings && !members.some((member) => homes.collide(member, step));
}
