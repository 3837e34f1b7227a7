/** Splits matrix products of a long K and few results, and long sums over rows, as gradients of weights and biases are,
 *  into parts that run side by side. The parts are added up by the launch that reads the result: for gradients the optimizer. */
import { REPORT_BUG } from "../errors";
import type { Gemm, GemmSize, WgslArgs, WgslElement } from "../graph/kernel";
import type { Kernel, Node, Op } from "../graph/node";
import type { Attrs } from "../graph/type";
import { broadcastOps } from "../ops/broadcast";
import { reshape } from "../ops/layout";
import { part } from "../ops/wgsl";
import { dimensionOf, sizeOf } from "../shape";
import { argsOf, renamed, withInlined, withoutRepeats } from "./combine";
import { owner, rootsOf } from "./memory";
import type { ChooseParts, Computation, Launch, MergeOptions } from "./plan";
import { resultOf } from "./plan";

/** Tiles of 32x32 results that keep a GPU busy, and a program that stands in for one, which has a processor's threads. */
const ENOUGH_TILES = 64;
const PROGRAM_TILES = 4;

/** The least depth of a part: below it, adding up the parts costs what they save. */
const MIN_DEPTH = 256;
const MAX_USUAL_PARTS = 16;

/** How many parts K is worth splitting into. @param enough tiles to keep the machine busy */
export function partsOf({ batch, m, n, k }: GemmSize, enough = ENOUGH_TILES): number {
  const tiles = batch * Math.ceil(m / 32) * Math.ceil(n / 32);
  return Math.max(1, Math.min(MAX_USUAL_PARTS, Math.floor(k / MIN_DEPTH), Math.ceil(enough / tiles)));
}

/** How many parts K is worth splitting into on such a program, where its reader adds them up: for every element of all that is packed it
 *  reads the parts of everything. */
export const partsOnProgram = (size: GemmSize): number => partsOf(size, PROGRAM_TILES);

/** Tiles that a card computes side by side in hardly more time than one. */
const CARD_TILES = 512;

/** A reader adds up parts one after another, so that more of them take longer to add up than they save. */
const MAX_CARD_PARTS = 32;

/** From here on parts save a card more than it costs that the launch of the gradients no longer does the update itself. */
const MIN_CARD_K = 1024;

/** How many parts K is worth splitting into on a card, where its reader adds them up. A launch takes there as long as its
 *  deepest tile, about 1 us for each 16 of K on an H100, however many tiles there are; a part costs its reader 0.1 us. */
export function partsOnCard(size: GemmSize): number {
  const { batch, m, n, k } = size;
  if (k < MIN_CARD_K) return partsOf(size);
  const tiles = batch * Math.ceil(m / 32) * Math.ceil(n / 32);
  return Math.max(1, Math.min(MAX_CARD_PARTS, Math.floor(k / MIN_DEPTH), Math.ceil(CARD_TILES / tiles)));
}

/** The most that any product is split into: one more doubling may pay on some machine. */
export const MAX_PARTS = 2 * MAX_CARD_PARTS;

/** Other numbers of parts that may be quicker on some machine, where a depth of at least half the usual least is left.
 *  @param k of the whole product */
export function otherParts(usual: number, k: number): readonly number[] {
  const fewest = usual > MAX_USUAL_PARTS ? Math.floor(usual / 4) : 1;
  const others = usual === 1 ? [2, 4] : [2 * usual, Math.floor(usual / 2), fewest];
  return [...new Set(others)].filter((parts) => parts !== usual && k >= (parts * MIN_DEPTH) / 2);
}

/** The matrix product that a launch computes, if it does. */
export function gemmIn({ kernel, attrs, inputs, outputs }: Launch): Gemm | undefined {
  let found: Gemm | undefined;
  kernel.wgsl({
    inputTypes: inputs,
    outputTypes: outputs,
    attrs,
    gemm: (product) => {
      found = product;
      return "registers";
    },
  });
  return found;
}

/** Adds up parts. @param partial `[parts, ...shape]`  @param total `shape` */
export function sumOfParts(partial: Node, total: Node, label: string): Launch {
  return {
    kernel: broadcastOps.sum,
    attrs: { axes: [0], keepDims: false },
    inputs: [partial],
    outputs: [total],
    label,
  };
}

/** Whether a launch of the plan does nothing but add up the parts that another makes. */
export function isSumOfParts({ kernel, inputs }: Launch, { outputs }: Launch): boolean {
  return kernel === broadcastOps.sum && inputs.some((input) => outputs.includes(input));
}

/** A product in parts, `[parts, ...shape]`, and the sum of the parts of each of its outputs. */
interface Split {
  readonly product: Launch;
  readonly sums: readonly Launch[];
}

/** The same launches with long products in parts, `packedParts` where their results are parts of a pack, and packs whose reader adds
 *  them up and computes what else is quickly read. */
export function splitK(
  computation: Computation,
  launches: readonly Launch[],
  { parts = () => undefined, packedParts = partsOf, storesPacked = false }: Omit<MergeOptions, "bindings"> = {},
): Launch[] {
  const packed = new Set(
    launches
      .flatMap(({ inputs }) => inputs.map((input) => owner(input).base))
      .filter(({ op }) => op.storage === "pack")
      .flatMap((pack) => pack.inputs.map((input) => owner(input).base)),
  );
  const splits = launches.map((launch) => {
    const usual = launch.outputs.every((output) => packed.has(output)) ? packedParts : partsOf;
    return splitGemm(launch, parts, usual) ?? splitSum(launch);
  });
  const separate = launches.flatMap((launch, i) => {
    const found = splits[i];
    return found ? [found.product, ...found.sums] : [launch];
  });
  const quick = storesPacked ? [] : separate.filter(isQuickToRead);
  const sums = [...splits.flatMap((found) => found?.sums ?? []), ...quick];
  const packs = new Set(separate.flatMap(({ inputs }) => inputs.map((input) => owner(input).base)));
  let current = separate;
  for (const pack of packs) {
    if (pack.op.storage === "pack") current = sumInReader(computation, current, pack, sums);
  }
  return current;
}

/** Whether a value is read from a pack in hardly more time than it takes a launch of its own to make: a sum of few arrays of its size,
 *  or what says how each element is computed, apart from programs, which find a place elsewhere. */
function isQuickToRead({ kernel, attrs, inputs, outputs }: Launch): boolean {
  const form = kernel.form?.(inputs, attrs);
  const [x] = inputs;
  if (form?.kind !== "reduction") return outputs.length === 1 && kernel.element !== undefined && !form;
  const isOfArrays = form.combine === "sum" && form.axes.length === 1 && form.axes[0] === 0;
  return isOfArrays && x !== undefined && x.shape.length > 1 && dimensionOf(x.shape, 0) <= MAX_SUMS;
}

/** A sum of many rows as sums of equal numbers of them, where their number allows it. */
function splitSum(launch: Launch): Split | undefined {
  const { kernel, attrs, inputs, label } = launch;
  const form = kernel.form?.(inputs, attrs);
  const x = inputs[0];
  if (form?.kind !== "reduction" || form.combine !== "sum" || !x) return undefined;
  const columns = x.shape.at(-1) ?? 1;
  const rows = sizeOf(x.shape) / columns;
  const isOverRows = form.axes.length === x.shape.length - 1 && form.axes.every((axis, i) => axis === i);
  const parts = largestDivisor(rows, MAX_SUMS);
  if (!isOverRows || rows < MIN_ROWS || parts === 1) return undefined;
  const output = resultOf(launch);
  const partial: Node = { ...output, shape: [parts, columns], inputs: [], attrs: {} };
  const view = reshape(x, [parts, rows / parts, columns]);
  return {
    product: {
      kernel: broadcastOps.sum,
      attrs: { axes: [1], keepDims: false },
      inputs: [view],
      outputs: [partial],
      label,
    },
    sums: [sumOfParts(partial, output, label)],
  };
}

/** From so many rows on a sum is split, into at most so many parts. */
const MIN_ROWS = 1024;
const MAX_SUMS = 64;

function largestDivisor(value: number, most: number): number {
  for (let divisor = Math.min(most, value); divisor > 1; divisor--) if (value % divisor === 0) return divisor;
  return 1;
}

function splitGemm(launch: Launch, choose: ChooseParts, usual: (size: GemmSize) => number): Split | undefined {
  const { kernel, attrs, inputs, outputs, label } = launch;
  const form = kernel.form?.(inputs, attrs);
  const { splitK: inParts } = kernel as Partial<Op>;
  if (!inParts || form?.kind !== "gemm" || form.epilogue) return undefined;
  const parts = choose(gemmIn(launch)?.key ?? "") ?? usual(form.size);
  if (parts === 1) return undefined;
  const partials = outputs.map(({ shape, ...output }): Node => {
    return { ...output, shape: [parts, ...shape], inputs: [], attrs: {} };
  });
  return {
    product: { kernel: inParts(parts), attrs, inputs, outputs: partials, label },
    sums: outputs.map((output, i) => sumOfParts(partials[i]!, output, label)),
  };
}

/** Whether a launch adds up parts where it reads them as a pack. */
export const addsUpParts = ({ kernel, fuses = [] }: Launch): boolean =>
  kernel.name === SUMMED_PACK || fuses.some(addsUpParts);

const SUMMED_PACK = "summedPack";

/** Lets the only reader of a pack add up the parts of what is in it. */
function sumInReader(
  computation: Computation,
  launches: Launch[],
  pack: Node,
  candidates: readonly Launch[],
): Launch[] {
  const readers = launches.filter(({ inputs }) => inputs.some((input) => owner(input).base === pack));
  const [reader] = readers;
  const index = reader?.inputs.indexOf(pack) ?? -1;
  const offsets = pack.attrs["offsets"] as readonly number[];
  const inside = candidates.filter(({ outputs }) => pack.inputs.some((input) => owner(input).base === outputs[0]));
  const readElsewhere = launches.some(({ inputs }) =>
    inputs.some((input) => inside.some(({ outputs }) => owner(input).base === outputs[0])),
  );
  if (!reader || readers.length > 1 || index < 0 || inside.length === 0 || readElsewhere) return launches;
  if (reader.kernel.inPlace !== "elementwise" || rootsOf(computation).has(pack)) return launches;
  const isInside = (input: Node): boolean => inside.some(({ outputs }) => outputs[0] === owner(input).base);
  const kept = pack.inputs.map((input, i) => ({ input, offset: offsets[i]! })).filter(({ input }) => !isInside(input));
  const rest: Node = {
    ...pack,
    inputs: kept.map(({ input }) => input),
    attrs: { ...pack.attrs, offsets: kept.map(({ offset }) => offset) },
  };
  const segments = inside.map((launch): Segment => {
    const result = resultOf(launch);
    const at = pack.inputs.findIndex((input) => owner(input).base === result);
    return { launch, from: offsets[at]!, size: sizeOf(result.shape) };
  });
  const summed = withInlined(reader, index, summedPack(pack, rest, segments));
  return launches.filter((launch) => !inside.includes(launch)).map((launch) => (launch === reader ? summed : launch));
}

/** A part of a pack, of so many elements from `from` on, which this launch would make. */
interface Segment {
  readonly launch: Launch;
  readonly from: number;
  readonly size: number;
}

/** What is read as the pack: what is computed for its segments, and what was packed elsewhere. */
function summedPack(pack: Node, rest: Node, segments: readonly Segment[]): Launch {
  const inputs = segments.flatMap(({ launch }) => launch.inputs);
  const kernel: Kernel<Attrs, ["rest", ...string[]], ["pack"]> = {
    name: SUMMED_PACK,
    inPlace: "elementwise",
    cpu: (args) => {
      const [packed, ...values] = args.inputs;
      const [out] = args.outputs;
      let next = 0;
      const runs = segments.map(({ launch, from, size }) => {
        const own = values.slice(next, (next += launch.inputs.length));
        const outputs = [out.subarray(from, from + size)];
        const { attrs, inputs: inputTypes, outputs: outputTypes } = launch;
        return launch.kernel.cpu({ ...args, attrs, inputs: own, inputTypes, outputs, outputTypes });
      });
      return () => {
        out.set(packed);
        for (const run of runs) run();
      };
    },
    wgsl: () => {
      throw new Error(
        `${SUMMED_PACK}: expected to be computed where it is read, got a request for a launch of its own. ${REPORT_BUG}`,
      );
    },
    element: (args) => {
      const computed = segments.map(({ launch }, s) => renamed(elementOf(launch, args), `part${s}_`));
      const branches = segments.map(
        ({ from, size }, s) =>
          `  if (i >= ${from}u && i < ${from + size}u) { return part${s}_element(i - ${from}u); }\n`,
      );
      const text = `fn element(i: u32) -> f32 {\n${branches.join("")}  return rest(i);\n}\n`;
      return {
        inputs: [{ name: "rest" }, ...computed.flatMap((own) => own.inputs)],
        constants: Object.assign({}, ...computed.map(({ constants }) => constants)) as WgslElement["constants"],
        parts: withoutRepeats([...computed.flatMap(({ parts }) => parts), part("(generated pack)", text)]),
      };
    },
  };
  return { kernel, attrs: {}, inputs: [rest, ...inputs], outputs: [pack], label: "" };
}

/** WGSL for an element of a launch's result. */
function elementOf(launch: Launch, args: WgslArgs): WgslElement {
  const { kernel, inputs } = launch;
  if (kernel.element) return kernel.element(argsOf(launch, args));
  const [{ shape }] = inputs as [Node];
  const parts = dimensionOf(shape, 0);
  const text = `fn element(i: u32) -> f32 {\n${additions("partial", parts, sizeOf(shape) / parts)}}\n`;
  return { inputs: [{ name: "partial" }], constants: {}, parts: [part("(generated sum)", text)] };
}

/** Parts that are read before any of them is added: one after another, each would wait for memory by itself. */
const READ_TOGETHER = 8;

/** Statements that return the sum of `parts` values, `size` apart, from element i on, always in the same order. */
function additions(name: string, parts: number, size: number): string {
  const group = (count: number, first: string): string => {
    const reads = Array.from({ length: count }, (_, j) => `    let x${j} = ${name}(${first} + ${j * size}u);\n`);
    const sums = Array.from({ length: count }, (_, j) => ` + x${j}`).join("");
    return `${reads.join("")}    sum = sum${sums};\n`;
  };
  const whole = Math.floor(parts / READ_TOGETHER);
  const rest = parts % READ_TOGETHER;
  const loop = `  for (var p = 0u; p < ${whole}u; p++) {\n${group(READ_TOGETHER, `i + p * ${READ_TOGETHER * size}u`)}  }\n`;
  const last = `  {\n${group(rest, `i + ${whole * READ_TOGETHER * size}u`)}  }\n`;
  return `  var sum = 0.0;\n${whole > 0 ? loop : ""}${rest > 0 ? last : ""}  return sum;\n`;
}
