/** A model as file formats see it: its networks as trees of blocks, each with its settings complete, its types and its weights. Joins
 *  a description with the weights of a run, and refuses what does not fit. */
import type { DataInfo } from "../data";
import { ArgumentError, ModelError } from "../errors";
import { type Config, readConfig } from "../fields";
import type { TensorType } from "../graph/type";
import { aboutOf, analyzeModel, columnsOf, type LayerReport, type NetworkReport } from "../model/analyze";
import { type Block, defOf, isContainer } from "../model/blocks";
import type { ModelDescription } from "../model/description";
import type { ContainerType } from "../nn/containers";
import type { LayerType } from "../nn/layers";
import { sameShape, showShape } from "../shape";
import { tasks } from "../tasks";
import type { NetworkOutputs } from "../tasks/task";
import type { NamedArray } from "./safetensors";

interface AnyExported {
  readonly name: string;
  /** Settings, with the defaults of what was left out. */
  readonly config: Config;
  readonly input: TensorType;
  readonly output: TensorType;
}

/** A layer. */
export interface ExportedLayer extends AnyExported {
  readonly kind: "layer";
  readonly type: LayerType;
  /** By the names of its variables, in their order. */
  readonly weights: Readonly<Record<string, NamedArray>>;
}

/** A container with its branches. */
export interface ExportedContainer extends AnyExported {
  readonly kind: "container";
  readonly type: ContainerType;
  readonly branches: readonly (readonly ExportedBlock[])[];
}

/** A block of a network. */
export type ExportedBlock = ExportedLayer | ExportedContainer;

/** One network. */
export interface ExportedNetwork {
  readonly name: string;
  readonly input: TensorType;
  readonly output: TensorType;
  /** What it reads: a column of the data, what the network before it gives, or noise. */
  readonly reads: { readonly column: string } | { readonly network: string } | "noise";
  /** The column whose values its answers are, or tell: of classes, a number for each. Null where they mean something of their own. */
  readonly gives: string | null;
  readonly blocks: readonly ExportedBlock[];
}

/** A model with its weights. */
export interface ExportedModel {
  readonly description: ModelDescription;
  readonly data: DataInfo;
  readonly networks: readonly ExportedNetwork[];
  /** All weights by their names in the run, `dense_1/kernel`, after `network/` where there are several networks. */
  readonly weights: Readonly<Record<string, NamedArray>>;
}

/** Joins a description with weights. @param weights as {@link Session.weights} gives them; left out, all are zeros: enough to ask
 *  which formats can take a model
 *  @throws ModelError when the model has an error  @throws ArgumentError for weights that are missing or misshapen, naming them */
export function exportedModel(
  description: ModelDescription,
  data: DataInfo,
  weights?: Readonly<Record<string, NamedArray>>,
): ExportedModel {
  const report = analyzeModel(description, data);
  const error = report.problems.find(({ severity }) => severity === "error");
  if (error) throw new ModelError(error.said, error.layerId, error.fix);
  const names = Object.keys(report.networks);
  const found: Record<string, NamedArray> = {};
  const networks = names.flatMap((name): ExportedNetwork[] => {
    const network = report.networks[name];
    if (!network?.input || !network.output) return [];
    const layers = new Map(network.layers.map((layer) => [layer.id, layer]));
    const prefix = names.length > 1 ? `${name}/` : "";
    const arrayOf = (path: string, shape: NamedArray["shape"]): NamedArray => {
      const array = weights ? weights[path] : { shape, data: new Float32Array() };
      if (!array || !sameShape(array.shape, shape)) {
        throw new ArgumentError(
          `Weights: expected "${path}" of ${showShape(shape)}, got ${array ? showShape(array.shape) : "none"}. ` +
            "Choose the weights of this model.",
        );
      }
      found[path] = array;
      return array;
    };
    const blocks = exportBlocks(description.networks[name]?.blocks ?? [], layers, (layer, variable, shape) =>
      arrayOf(`${prefix}${layer}/${variable}`, shape),
    );
    const { input, output } = network;
    const reads = readsOf(description, data, name, report.networks);
    const def = tasks[description.task.type].networks[name];
    return [{ name, input, output, reads, gives: def?.gives?.(aboutOf(description, data)) ?? null, blocks }];
  });
  const unknown = Object.keys(weights ?? {}).find((path) => !(path in found));
  if (unknown !== undefined) {
    throw new ArgumentError(`Weights: expected those of the model, got "${unknown.slice(0, 80)}" beside them.`);
  }
  return { description, data, networks, weights: found };
}

type ArrayOf = (layer: string, variable: string, shape: NamedArray["shape"]) => NamedArray;

const exportBlocks = (
  blocks: readonly Block[],
  reports: ReadonlyMap<string, LayerReport>,
  arrayOf: ArrayOf,
): ExportedBlock[] =>
  blocks.flatMap((block): ExportedBlock[] => {
    const report = reports.get(block.id);
    if (!report?.input || !report.output) return [];
    const { name, input, output, variables } = report;
    const { config } = readConfig(defOf(block.type).fields, block.config);
    const common = { name, input, output, config };
    if (isContainer(block)) {
      const branches = block.branches.map((branch) => exportBlocks(branch, reports, arrayOf));
      return [{ ...common, kind: "container", type: block.type, branches }];
    }
    const weights = Object.entries(variables).map(([key, { shape }]) => [key, arrayOf(name, key, shape)] as const);
    return [{ ...common, kind: "layer", type: block.type, weights: Object.fromEntries(weights) }];
  });

/** What a network reads follows from its task's record: noise, or the output of the one without which it has no input, or the data. */
function readsOf(
  description: ModelDescription,
  data: DataInfo,
  name: string,
  networks: Readonly<Record<string, NetworkReport>>,
): ExportedNetwork["reads"] {
  const def = tasks[description.task.type].networks[name];
  if (def?.readsNoise) return "noise";
  const about = aboutOf(description, data);
  const readsBy = (outputs: NetworkOutputs): boolean => Boolean(def?.input(about, outputs));
  const before = Object.entries(networks).find(([other, { output }]) => readsBy({ [other]: output }));
  if (!readsBy({}) && before) return { network: before[0] };
  const [column = ""] = columnsOf(description, data);
  return { column };
}

/** All layers of a stack, those in containers included, in order. */
export const layersIn = (blocks: readonly ExportedBlock[]): ExportedLayer[] =>
  blocks.flatMap((block) => (block.kind === "layer" ? [block] : block.branches.flatMap(layersIn)));
