/** What a format is that models are written to. Records say what they can take before anything is written. */
import type { Said } from "../../words/said";
import type { ExportedModel, ExportedNetwork } from "../exported";
import type { Dataset } from "../../data";
import { unlowered } from "../portable/lower";
import type { NumpyArray } from "../npy";

/** Files by path. */
export type Files = Readonly<Record<string, Uint8Array<ArrayBuffer>>>;

/** Samples that travel with a network, and what the page gives for them: by them a reader can tell whether all arrived. */
export interface NetworkSamples {
  readonly network: string;
  readonly count: number;
  readonly inputs: Float32Array | Uint32Array;
  readonly outputs: Float32Array;
}

/** A layer that a format cannot take, and why. */
export interface Refusal {
  readonly name: string;
  readonly why: Said;
}

/** A format. */
export interface ExportFormat {
  readonly title: string;
  /** One sentence: what is in the file, and who opens it. */
  readonly help: string;
  /** How the names of its files end. */
  readonly ending: string;
  /** Whether samples and a script that checks them can travel along. */
  readonly carriesSamples: boolean;
  /** Whether the data travel along, which must be fetched first. */
  readonly carriesData?: true;
  /** What it cannot take of a model; nothing where it can take all. */
  refusals(model: ExportedModel): readonly Refusal[];
  /** The files. @param samples travel along where the format has room for them  @param more what formats that carry data need */
  write(model: ExportedModel, samples: readonly NetworkSamples[], more?: DataAndStep): Promise<Files>;
}

/** The data of a model, and how far it is. */
export interface DataAndStep {
  readonly dataset: Dataset;
  /** Steps that have been made. */
  readonly step: number;
  /** Waited for now and then, so that whoever else is at work gets a turn. */
  readonly pause: () => Promise<void>;
}

/** The layers that have no portable steps. */
export const withoutSteps = ({ networks }: ExportedModel): readonly Refusal[] =>
  networks.flatMap(({ blocks }) => unlowered(blocks));

/** How many numbers a model's weights are; of shapes alone too, before there are weights. */
export const numbersIn = ({ weights }: ExportedModel): number =>
  Object.values(weights).reduce(
    (total, { data, shape }) => total + (data.length || shape.reduce((a, b) => a * b, 1)),
    0,
  );

/** A name for files: `Convnet with dropout` becomes `convnet-with-dropout`. */
export const stemOf = ({ description }: Pick<ExportedModel, "description">): string =>
  description.name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "") || "model";

/** The name of a network's file: the model's, and the network's where there are several. */
export const fileOf = (model: ExportedModel, { name }: ExportedNetwork, ending: string): string =>
  `${stemOf(model)}${model.networks.length > 1 ? `-${name}` : ""}.${ending}`;

/** A file for each network. */
export async function eachNetwork(
  model: ExportedModel,
  ending: string,
  write: (network: ExportedNetwork) => Uint8Array<ArrayBuffer> | Promise<Uint8Array<ArrayBuffer>>,
): Promise<Files> {
  const files = model.networks.map(async (network) => [fileOf(model, network, ending), await write(network)] as const);
  return Object.fromEntries(await Promise.all(files));
}

/** Samples as arrays for NumPy: `inputs` and `outputs`, after the network's name where there are several. */
export function samplesAsArrays(model: ExportedModel, samples: readonly NetworkSamples[]): Record<string, NumpyArray> {
  const isOnly = model.networks.length === 1;
  return Object.fromEntries(
    samples.flatMap(({ network, count, inputs, outputs }) => {
      const found = model.networks.find(({ name }) => name === network);
      const prefix = isOnly ? "" : `${network}_`;
      return [
        [`${prefix}inputs`, { shape: [count, ...(found?.input.shape ?? [])], data: inputs }] as const,
        [`${prefix}outputs`, { shape: [count, ...(found?.output.shape ?? [])], data: outputs }] as const,
      ];
    }),
  );
}
