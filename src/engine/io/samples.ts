/** Samples that travel with exported models: what each network is given and what it makes of that, worked out here in plain JavaScript
 *  by its portable steps, so that no other library and no kernel of ours has a say in it. */
import type { ColumnData } from "../data";
import { sizeOf } from "../shape";
import { steadyNoise } from "../random";
import type { ExportedModel, ExportedNetwork } from "./exported";
import type { NetworkSamples } from "./formats/format";
import { lowerNetwork, unlowered } from "./portable/lower";
import { makeRuntime, type Numbers } from "./portable/runtime";
import type { NamedArray } from "./safetensors";

/** What a network gives for samples. @param pause waited for after each, so that whoever else is at work gets a turn */
export async function runNetwork(
  network: ExportedNetwork,
  inputs: Float32Array | Uint32Array,
  count: number,
  pause: () => Promise<void> = async () => {},
): Promise<Float32Array<ArrayBuffer>> {
  const run = makeRuntime();
  const program = lowerNetwork(network);
  const numbers = numbersOf(program.weights);
  const [read, made] = [sizeOf(network.input.shape), sizeOf(network.output.shape)];
  const outputs = new Float32Array(count * made);
  for (let i = 0; i < count; i++) {
    outputs.set(run(program, numbers, inputs.subarray(i * read, (i + 1) * read)), i * made);
    await pause();
  }
  return outputs;
}

/** The numbers of arrays by their names. */
export const numbersOf = (arrays: Readonly<Record<string, NamedArray>>): Numbers =>
  Object.fromEntries(Object.entries(arrays).map(([key, { data }]) => [key, data]));

/** Samples for every network: of the data, of what the network before it gives, or of noise; none where a layer
 *  has no steps to work them out by.
 *  @param columns values of the data's columns, as networks see them, `[count, ..]` */
export async function networkSamples(
  model: ExportedModel,
  columns: Readonly<Record<string, ColumnData>>,
  count: number,
  pause?: () => Promise<void>,
): Promise<NetworkSamples[]> {
  const all: NetworkSamples[] = [];
  if (model.networks.some(({ blocks }) => unlowered(blocks).length > 0)) return all;
  for (const network of model.networks) {
    const inputs = inputsOf(network, all, columns, count);
    all.push({ network: network.name, count, inputs, outputs: await runNetwork(network, inputs, count, pause) });
  }
  return all;
}

function inputsOf(
  { reads, input }: ExportedNetwork,
  before: readonly NetworkSamples[],
  columns: Readonly<Record<string, ColumnData>>,
  count: number,
): Float32Array | Uint32Array {
  const length = count * sizeOf(input.shape);
  if (reads === "noise") return steadyNoise(length);
  // Where there are more numbers than are read, the first are: the means of a distribution, all tokens but the last.
  const values =
    ("network" in reads ? before.find(({ network }) => network === reads.network)?.outputs : columns[reads.column]) ??
    new Float32Array(length);
  const [given, read] = [values.length / Math.max(count, 1), length / Math.max(count, 1)];
  const valueAt = (_: unknown, i: number): number => values[Math.floor(i / read) * given + (i % read)] ?? 0;
  return input.dtype === "f32" ? Float32Array.from({ length }, valueAt) : Uint32Array.from({ length }, valueAt);
}
