/** Merges launches, for machines on which a launch costs more than a little arithmetic:
 *  small values are computed where they are read, small launches follow each other in one workgroup, and launches that do not
 *  depend on each other share a launch. */
import type { Node } from "../graph/node";
import { isStepScalar } from "../ops/leaf";
import { onlyOutputs, programKernel } from "../ops/program";
import { dimensionOf, sizeOf } from "../shape";
import { fuseClassifiers } from "./classifier";
import { fuseColumnSums } from "./columnSums";
import { computeRows } from "./computeRows";
import { inSequence, readsOnce, sideBySide, withInlined } from "./combine";
import { Dependencies } from "./dependencies";
import { joinRows } from "./joinRows";
import { owner, rootsOf, stepsInPlace, storedBy } from "./memory";
import { fusePooling, readThroughPooling } from "./pooling";
import { sinkUpdates } from "./sinkUpdate";
import { storeThrough } from "./storeThrough";
import { splitK } from "./splitK";
import type { Computation, Launch, MergeOptions } from "./plan";
import { MAX_BINDINGS, resultOf } from "./plan";

/** Up to this many elements, computing a value again where it is read costs less than a launch. */
const MAX_INLINED = 4096;

/** What one workgroup does on its own without the rest of the machine being missed, in elements read and written. */
const MAX_SEQUENTIAL = 4096;

/** All passes of this file, and those of `pooling.ts`, `classifier.ts`, `columnSums.ts`, `splitK.ts`,
 *  `computeRows.ts`, `joinRows.ts`, `storeThrough.ts` and `sinkUpdate.ts`. */
export function mergeLaunches(
  computation: Computation,
  launches: readonly Launch[],
  { parts, packedParts, bindings = MAX_BINDINGS, storesPacked = false }: MergeOptions = {},
): Launch[] {
  const whole = fuseClassifiers(computation, fusePooling(computation, launches.flatMap(oneByOne)));
  const products = readThroughPooling(computation, fuseColumnSums(whole));
  const single = splitK(computation, products, { parts, packedParts, storesPacked });
  const homes = new Homes(computation, single);
  const inlined = inlineValues(computation, readRowsInPlace(computation, single, homes), homes);
  const fits = (launch: Launch): boolean => homes.bindings([launch]) <= MAX_BINDINGS;
  const stored = joinRows(storeThrough(computation, computeRows(computation, inlined, fits), fits), fits);
  const shared = (chained: readonly Launch[], most: number): Launch[] =>
    sinkUpdates(computation, shareLaunches(chained, homes, most), (launch, update, passed) =>
      homes.mayJoin(launch, update, passed, bindings),
    );
  // A chain saves a launch, but may hold up what waits for its first step only.
  const chains = [true, false].map((mayHoldUp) => chainSmallSteps(stored, homes, mayHoldUp));
  const usual = fewest(chains.map((chained) => shared(chained, MAX_BINDINGS)));
  if (bindings <= MAX_BINDINGS) return usual;
  // With room for more buffers a launch may also take in a gradient early, which then cannot be applied where it is made.
  return fewest([usual, ...chains.map((chained) => shared(chained, bindings))]);
}

/** The first of the shortest. */
function fewest(all: readonly Launch[][]): Launch[] {
  const least = Math.min(...all.map(({ length }) => length));
  return all.find(({ length }) => length === least) ?? [];
}

/** The memory that values will end up in, as far as it is known before planning: a state they replace, or a pack they
 *  are part of. Two values in one home need one binding. */
class Homes {
  readonly #home = new Map<Node, Node>();
  /** For what has no such home, what the same launch makes first: a launch's results share an arena. */
  readonly #beside = new Map<Node, Node>();

  constructor({ outputs, updates = [] }: Computation, launches: readonly Launch[]) {
    const read = [...launches.flatMap(({ inputs }) => inputs), ...outputs, ...updates.map(({ value }) => value)];
    for (const { base } of read.map(owner)) {
      if (base.op.storage === "pack") for (const source of base.inputs) this.#home.set(owner(source).base, base);
    }
    for (const { state, value } of updates) {
      for (const made of [value, ...stepsInPlace(state, value)]) this.#home.set(made, state);
    }
    for (const { outputs: made } of launches) {
      const loose = made.filter((output) => !this.#home.has(output));
      for (const output of loose) this.#beside.set(output, loose[0]!);
    }
  }

  of(node: Node): Node {
    const { base } = owner(node);
    return this.#home.get(base) ?? base;
  }

  /** Buffers that these launches bind as one, at most: one for each value it reads and each home it writes to, and
   *  one for all else that it makes. */
  bindings(launches: readonly Launch[]): number {
    const made = launches.flatMap(({ outputs }) => outputs);
    const loose = new Set(made.filter((output) => !this.#home.has(output)));
    const read = launches
      .flatMap((launch) => this.reads(launch))
      .filter((home) => !loose.has(home))
      .map((home) => this.#beside.get(home) ?? home);
    const homes = made.filter((output) => !loose.has(output)).map((output) => this.of(output));
    return new Set([...read, ...homes]).size + (loose.size > 0 ? 1 : 0);
  }

  /** Whether a launch that reads what a launch passes on can be done by that launch: within so many bindings, and writing over
   *  nothing that the launch reads. */
  mayJoin(launch: Launch, update: Launch, passed: ReadonlySet<Node>, most: number): boolean {
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

  reads({ inputs }: Launch): Node[] {
    return inputs.filter((input) => !isStepScalar(input)).map((input) => this.of(input));
  }

  writes({ outputs }: Launch): Node[] {
    return outputs.map((output) => this.of(output));
  }

  /** Whether one of two launches replaces state that the other reads. */
  overwrites(a: Launch, b: Launch): boolean {
    return this.#writesWhatReads(a, b, isState) || this.#writesWhatReads(b, a, isState);
  }

  /** Whether one of two independent launches reads memory that the other writes. */
  collide(a: Launch, b: Launch): boolean {
    return this.#writesWhatReads(a, b) || this.#writesWhatReads(b, a);
  }

  #writesWhatReads(writer: Launch, reader: Launch, counts: (home: Node) => boolean = () => true): boolean {
    const read = new Set(this.reads(reader).filter(counts));
    return this.writes(writer).some((home) => read.has(home));
  }
}

const isState = ({ op }: Node): boolean => op.storage === "leaf";

const rereads = ({ kernel }: Launch): boolean => kernel.rereads === true;

/** Lets products over the samples of a batch read them where the dataset has them, if nobody else wants the batch. */
function readRowsInPlace(computation: Computation, launches: readonly Launch[], homes: Homes): Launch[] {
  const kept = storedBy(computation);
  let current = [...launches];
  for (const producer of launches.filter(({ kernel }) => kernel.rows)) {
    const output = resultOf(producer);
    const readers = current.filter((launch) => launch.inputs.some((input) => owner(input).base === output));
    const inlined = new Map(readers.map((reader) => [reader, withRows(reader, producer)]));
    if (kept.has(output) || readers.length === 0) continue;
    if ([...inlined.values()].some((launch) => !launch || homes.bindings([launch]) > MAX_BINDINGS)) continue;
    current = current.filter((launch) => launch !== producer).map((launch) => inlined.get(launch) ?? launch);
  }
  return current;
}

/** The reader with its batch read in place, if it reads it once and sample by sample. */
function withRows(reader: Launch, producer: Launch): Launch | undefined {
  const output = resultOf(producer);
  const [index, ...more] = reader.inputs.flatMap((input, i) => (owner(input).base === output ? [i] : []));
  if (index === undefined || more.length > 0) return undefined;
  const { kernel, attrs, inputs, outputs } = reader;
  const { sample } = kernel.wgsl({ inputTypes: inputs, outputTypes: outputs, attrs, gemm: () => "tiled" }).inputs[
    index
  ]!;
  const isRow = sample !== undefined && sizeOf(output.shape) === sample * dimensionOf(output.shape, 0);
  return isRow ? withInlined(reader, index, producer, "rows") : undefined;
}

/** Readers for which a large value is computed again, each for itself, rather than stored. */
const MAX_COPIES = 2;

/** Whether computing a value where it is read costs no more than storing it: it is small, or read element by element, and either by
 *  one reader, by sums alone, by readers who load what it is made of anyway, or merely a few numbers spread out. */
function isCheaper({ kernel, attrs, inputs, outputs }: Launch, readers: readonly Launch[]): boolean {
  const [value] = outputs as [Node];
  const size = sizeOf(value.shape);
  if (size <= MAX_INLINED) return true;
  if (readers.length > MAX_COPIES || !readers.every((reader) => readsOnce(reader, size))) return false;
  if (kernel.isSpread?.(inputs, attrs)) return true;
  const large = inputs.filter(({ shape }) => sizeOf(shape) > MAX_INLINED).map((input) => owner(input).base);
  const loadsAll = (reader: Launch): boolean => {
    const loaded = new Set(reader.inputs.map((input) => owner(input).base));
    return large.every((input) => loaded.has(input));
  };
  const isElementwise = kernel.form?.(inputs, attrs)?.kind === "program";
  return isElementwise && (readers.length === 1 || readers.every(isReduction) || readers.every(loadsAll));
}

const isReduction = ({ kernel, inputs, attrs }: Launch): boolean => kernel.form?.(inputs, attrs)?.kind === "reduction";

/** Computes values in the launches of those who read them, where that costs less than to store them. What is part of a pack, or read
 *  many times over by others, is stored as well. */
function inlineValues(computation: Computation, launches: readonly Launch[], homes: Homes): Launch[] {
  const roots = rootsOf(computation);
  const stored = storedBy(computation);
  let current = [...launches];
  // From the last to the first, so that a value that is computed elsewhere brings along what it is computed from.
  for (const maker of launches.toReversed()) {
    for (const output of maker.outputs) {
      const launch = current.find(({ outputs }) => outputs.includes(output))!;
      const producer = making(launch, output);
      if (!producer?.kernel.element || roots.has(output)) continue;
      const reads = current.flatMap(({ inputs }) => inputs.filter((input) => owner(input).base === output));
      const readers = current.filter(({ inputs }) => inputs.some((input) => reads.includes(input)));
      // Who reads a value many times over had better find it in memory; others need not wait for it, if it is small.
      const taking = readers.filter((reader) => !rereads(reader));
      const isShared = taking.length < readers.length;
      if (taking.length === 0 || reads.some((read) => owner(read).offset > 0)) continue;
      if (isShared ? sizeOf(output.shape) > MAX_INLINED : !isCheaper(producer, readers)) continue;
      const inlined = new Map(taking.map((reader) => [reader, inlinedEverywhere(reader, output, producer)]));
      if ([...inlined.values()].some((reader) => homes.bindings([reader]) > MAX_BINDINGS)) continue;
      const left = isShared || stored.has(output) ? [launch] : without(launch, output);
      current = current.flatMap((other) => (other === launch ? left : [inlined.get(other) ?? other]));
    }
  }
  return current;
}

/** The part of a launch that makes one of its results, where it is element-wise or makes no other. */
function making(launch: Launch, output: Node): Launch | undefined {
  if (launch.outputs.length === 1) return launch;
  return partOf(launch, [output]);
}

/** A launch without one of its results. */
function without(launch: Launch, output: Node): Launch[] {
  const others = launch.outputs.filter((other) => other !== output);
  const left = others.length > 0 ? partOf(launch, others) : undefined;
  return left ? [left] : [];
}

/** An element-wise launch with some of its results only; undefined for other launches. */
function partOf(launch: Launch, outputs: readonly Node[]): Launch | undefined {
  const form = launch.kernel.form?.(launch.inputs, launch.attrs);
  if (form?.kind !== "program") return undefined;
  const wanted = outputs.map((output) => launch.outputs.indexOf(output));
  const { program, used } = onlyOutputs(form.program, wanted);
  const kernel = programKernel(outputs.map(({ op }) => op.name).join("+"), () => program);
  return { ...launch, kernel, attrs: {}, inputs: used.map((input) => launch.inputs[input]!), outputs };
}

function inlinedEverywhere(reader: Launch, value: Node, producer: Launch): Launch {
  const index = reader.inputs.findIndex((input) => owner(input).base === value);
  return index < 0 ? reader : inlinedEverywhere(withInlined(reader, index, producer), value, producer);
}

/** An element-wise launch of several small outputs as one launch for each: alone they may be computed where they are read,
 *  and none of them waits for what only another needs. */
function oneByOne(launch: Launch): Launch[] {
  const { outputs } = launch;
  if (outputs.length === 1 || sizeOf(resultOf(launch).shape) > MAX_INLINED) return [launch];
  const parts = outputs.map((output) => partOf(launch, [output]));
  return parts.every((own) => own !== undefined) ? parts : [launch];
}

/** Lets one workgroup do small launches one after another, where each feeds the next.
 *  @param mayHoldUp whether a chain may make the longest path longer, by what waits for its first step only */
function chainSmallSteps(launches: readonly Launch[], homes: Homes, mayHoldUp: boolean): Launch[] {
  const graph = new Dependencies(launches);
  for (const launch of launches.filter(isSmall)) {
    for (const need of graph.needs(launch).filter(isSmall)) {
      if (graph.groupOf(need) === graph.groupOf(launch)) continue;
      const joined = [...graph.groupOf(need), ...graph.groupOf(launch)];
      // What replaces state that others read must come in a launch after theirs.
      const isClear = joined.every((one, i) => joined.slice(i + 1).every((other) => !homes.overwrites(one, other)));
      if (isClear && homes.bindings(joined) <= MAX_BINDINGS)
        graph.tryJoin(joined, mayHoldUp ? Infinity : graph.depth());
    }
  }
  return graph.groups().map(inSequence);
}

const kindOf = ({ kernel, inputs, attrs }: Launch): string | undefined => kernel.form?.(inputs, attrs)?.kind;

/** The launches that a merged launch is made of; others are their own. */
const partsOf = (launch: Launch): readonly Launch[] => (launch.fuses ? launch.fuses.flatMap(partsOf) : [launch]);

/** Whether a launch sums up all of a leaf, whereas one that gathers rows reads a few of those of a dataset. */
function sumsUp(launch: Launch, leaf: Node): boolean {
  const parts = partsOf(launch);
  const isReduced = parts.some((part) => kindOf(part) === "reduction");
  return isReduced && parts.some((part) => kindOf(part) !== undefined && part.inputs.includes(leaf));
}

function isSmall(launch: Launch): boolean {
  // A launch that works in place touches a part of its output only.
  const made = typeof launch.kernel.inPlace === "number" ? [] : launch.outputs;
  const read = launch.inputs.filter((input) => input.op.storage !== "leaf" || sumsUp(launch, input));
  const touched = [...made, ...read];
  return !rereads(launch) && touched.reduce((sum, { shape }) => sum + sizeOf(shape), 0) <= MAX_SEQUENTIAL;
}

/** Puts launches that do not depend on each other into one. Those on the longest path set the number of rounds; the
 *  others join the first round in which they find room. */
function shareLaunches(launches: readonly Launch[], homes: Homes, mostBindings: number): Launch[] {
  const graph = new Dependencies(launches);
  const earliest = new Map<Launch, number>();
  for (const launch of launches) earliest.set(launch, after(graph.needs(launch), earliest));
  const last = Math.max(...earliest.values());
  const latest = new Map<Launch, number>();
  for (const launch of launches.toReversed()) {
    const own = latest.get(launch) ?? last;
    latest.set(launch, own);
    for (const need of graph.needs(launch)) latest.set(need, Math.min(latest.get(need) ?? last, own - 1));
  }
  const rounds: Launch[][][] = Array.from({ length: last + 1 }, () => []);
  const placed = new Map<Launch, number>();
  const place = (launch: Launch, from: number, to: number): void => {
    for (let round = from; round <= to; round++) {
      const group = rounds[round]!.find((members) => fitsBeside(members, launch, homes, mostBindings));
      if (!group) continue;
      group.push(launch);
      placed.set(launch, round);
      return;
    }
    rounds[from]!.push([launch]);
    placed.set(launch, from);
  };
  const isUrgent = (launch: Launch): boolean => earliest.get(launch) === latest.get(launch);
  for (const launch of launches.filter(isUrgent)) place(launch, earliest.get(launch)!, earliest.get(launch)!);
  for (const launch of launches.filter((other) => !isUrgent(other))) {
    place(launch, after(graph.needs(launch), placed), latest.get(launch)!);
  }
  return rounds.flat().map(sideBySide);
}

const after = (needs: readonly Launch[], round: ReadonlyMap<Launch, number>): number =>
  Math.max(0, ...needs.map((need) => round.get(need)! + 1));

function fitsBeside(members: readonly Launch[], launch: Launch, homes: Homes, mostBindings: number): boolean {
  return (
    homes.bindings([...members, launch]) <= mostBindings && !members.some((member) => homes.collide(member, launch))
  );
}
