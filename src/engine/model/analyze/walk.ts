/** Follows types through a network, block by block. Never throws: whatever is wrong is in the reports. */
import type { ModelFix } from "../../errors";
import { readConfig } from "../../fields";
import type { TensorType } from "../../graph/type";
import { containers } from "../../nn/containers";
import { isProblem, type ShapeProblem, type VariableSpec } from "../../nn/layer";
import { layers } from "../../nn/layers";
import { layerFor } from "../../nn/layers/roles";
import { type Shape, sizeOf } from "../../shape";
import { type Block, blockNames, type ContainerBlock, defOf, isContainer, recordOf, type LayerBlock } from "../blocks";
import type { LayerReport, NetworkReport, Problem } from "./report";
import { type EngineKey, type Said, say } from "../../words/said";

/** One sample's values in one layer may not exceed this, so that a batch stays addressable. */
const MAX_ACTIVATIONS = 16 * 1024 * 1024;

/** What is the same for all blocks of a network. */
interface Surroundings {
  readonly network: string;
  readonly names: ReadonlyMap<string, string>;
}

/** What a block is given, and what comes before it in its stack. */
interface Given {
  readonly input: TensorType | null;
  /** What the input comes from. */
  readonly giver: Said<EngineKey>;
  readonly above: readonly Block[];
  readonly isFrozen: boolean;
}

/** What a stack of blocks makes of its input. */
interface StackReport {
  readonly output: TensorType | null;
  readonly layers: readonly LayerReport[];
  readonly parameterCount: number;
  readonly flops: number;
}

/** Numbers that a block keeps, by their specs. */
const countOf = (variables: Readonly<Record<string, VariableSpec>>): number =>
  Object.values(variables).reduce((total, spec) => total + sizeOf(spec.shape), 0);

/** @param input without the batch, null where it is not known */
export function walkNetwork(
  network: string,
  { blocks, frozen = false }: { readonly blocks: readonly Block[]; readonly frozen?: boolean | undefined },
  input: TensorType | null,
): NetworkReport {
  const names = blockNames(blocks);
  const given: Given = { input, giver: say("fit.input"), above: [], isFrozen: frozen };
  return { input, ...walkStack({ network, names }, blocks, given) };
}

function walkStack(around: Surroundings, blocks: readonly Block[], given: Given): StackReport {
  let { input: output, giver } = given;
  const reports: LayerReport[] = [];
  let parameterCount = 0;
  let flops = 0;
  for (const [i, block] of blocks.entries()) {
    const [own, ...inner] = walkBlock(around, block, { ...given, input: output, giver, above: blocks.slice(0, i) });
    reports.push(own, ...inner);
    parameterCount += own.parameterCount;
    flops += own.flops;
    output = own.output;
    giver = say("fit.block", { type: block.type, name: own.name });
  }
  return { output, layers: reports, parameterCount, flops };
}

/** A block's report, and those of what it holds. */
function walkBlock(around: Surroundings, block: Block, given: Given): [LayerReport, ...LayerReport[]] {
  const isFrozen = given.isFrozen || block.frozen === true;
  const name = around.names.get(block.id) ?? block.type;
  const { fields } = defOf(block.type);
  const { problems } = readConfig(fields, block.config, recordOf(block));
  const self = say("fit.block", { type: block.type, name });
  const pin = (said: Said<EngineKey>, fix?: ModelFix): Problem => ({
    severity: "error",
    said,
    layerId: block.id,
    ...(fix && { fix }),
  });
  const blank: LayerReport = {
    id: block.id,
    network: around.network,
    name,
    input: given.input,
    output: null,
    variables: {},
    isFrozen,
    parameterCount: 0,
    flops: 0,
    problems: problems.map((problem) => pin(say("fit.badSetting", { block: self, problem }))),
  };
  const isBroken = given.input === null || problems.length > 0;
  const misfit = ({ needs, advice, fix, belongsBefore }: ShapeProblem): LayerReport => {
    const gives = given.input ? say("fit.shape", { of: given.input.shape }) : say("fit.nothing");
    const move = moveFix(given.above, belongsBefore);
    const remedy = move ? say("fit.moveBefore", { type: belongsBefore ?? "" }) : advice;
    const found = say("fit.misfit", { block: self, needs, giver: given.giver, gives });
    const said = remedy ? say("problem.advised", { problem: found, advice: remedy }) : found;
    return { ...blank, problems: [pin(said, move ?? fix)] };
  };
  if (isContainer(block)) {
    return walkContainer(around, block, { ...given, isFrozen, input: isBroken ? null : given.input }, blank, misfit);
  }
  if (isBroken || given.input === null) return [blank];
  return [
    reportLayer(block, given.input, blank, misfit, (of) =>
      pin(say("fit.tooLarge", { block: self, of, most: MAX_ACTIVATIONS })),
    ),
  ];
}

function walkContainer(
  around: Surroundings,
  block: ContainerBlock,
  given: Given,
  blank: LayerReport,
  misfit: (problem: ShapeProblem) => LayerReport,
): [LayerReport, ...LayerReport[]] {
  const container = containers[block.type];
  const { config } = readConfig(container.fields, block.config);
  const entries = block.branches.map(
    (_, branch) => given.input && (container.inner?.(given.input, branch) ?? given.input),
  );
  const inner = block.branches.map((branch, i) => {
    const entry = entries[i] ?? null;
    return walkStack(around, branch, { ...given, input: entry && (isProblem(entry) ? null : entry), above: [] });
  });
  const repeats = (given.input && container.repeats?.(given.input)) ?? 1;
  const outputs = inner.flatMap(({ output }) => (output ? [output] : []));
  const counted = {
    parameterCount: inner.reduce((total, { parameterCount }) => total + parameterCount, 0),
    flops: repeats * inner.reduce((total, { flops }) => total + flops, 0),
  };
  const own = (): LayerReport => {
    const refused = entries.find((entry) => entry !== null && isProblem(entry));
    if (refused && isProblem(refused)) return { ...misfit(refused), ...counted };
    if (given.input === null || outputs.length < inner.length) return { ...blank, ...counted };
    const output = container.output(given.input, outputs, config);
    return isProblem(output) ? { ...misfit(output), ...counted } : { ...blank, ...counted, output };
  };
  return [own(), ...inner.flatMap(({ layers: reports }) => reports)];
}

function reportLayer(
  block: LayerBlock,
  input: TensorType,
  blank: LayerReport,
  misfit: (problem: ShapeProblem) => LayerReport,
  tooLarge: (shape: Shape) => Problem,
): LayerReport {
  const layer = layers[block.type];
  const { config } = readConfig(layer.fields, block.config);
  const { accepts = "f32" } = layer;
  if (accepts !== input.dtype) {
    if (accepts === "u32") return misfit({ needs: say("fit.indices"), advice: say("fit.otherColumn") });
    const vocabulary = input.below === undefined ? {} : { inputDim: input.below };
    const fix = { kind: "insertBefore", layer: layerFor.indices, config: vocabulary } as const;
    return misfit({ needs: say("fit.numbers"), advice: say("fit.insertEmbedding"), fix });
  }
  const output = layer.output(input, config);
  if (isProblem(output)) return misfit(output);
  if (sizeOf(output.shape) > MAX_ACTIVATIONS) return { ...blank, problems: [tooLarge(output.shape)] };
  const variables = layer.variables?.(input, config) ?? {};
  return {
    ...blank,
    output,
    variables,
    parameterCount: countOf(variables),
    flops: layer.flops?.(input, output, config) ?? 0,
  };
}

/** A move to before the nearest layer of this type above; none where a Reshape since then counts on what it gives. */
function moveFix(above: readonly Block[], type: string | undefined): ModelFix | undefined {
  const nearest = above.findLast((block) => block.type === type || block.type === layerFor.shapes);
  return nearest && nearest.type === type ? { kind: "moveBefore", layerId: nearest.id } : undefined;
}
