/** Networks as portable programs. */
import type { ContainerType } from "../../nn/containers";
import { containers } from "../../nn/containers";
import { isProblem } from "../../nn/layer";
import { REPORT_BUG } from "../../errors";
import { type Said, say } from "../../words/said";
import { type ExportedBlock, type ExportedContainer, type ExportedNetwork } from "../exported";
import { Settings } from "../settings";
import { ProgramBuilder, type Value } from "./builder";
import { lowerings } from "./lowerings";
import type { Program } from "./program";

/** A network's steps. @throws Error for one that {@link unlowered} refuses */
export function lowerNetwork({ input, blocks }: Pick<ExportedNetwork, "input" | "blocks">): Program {
  const make = new ProgramBuilder(input);
  return make.finish(lowerStack(make.input, blocks, make));
}

/** Layers and containers that have no steps, and why. */
export const unlowered = (blocks: readonly ExportedBlock[]): { readonly name: string; readonly why: Said }[] =>
  blocks.flatMap((block) => {
    const { kind, name, type } = block;
    if (kind === "layer" ? lowerings[block.type] : mergings[block.type]) {
      return kind === "layer" ? [] : block.branches.flatMap(unlowered);
    }
    return [{ name, why: say("exports.noSteps", { type }) }];
  });

const noSteps = (type: string) => new Error(`Export: expected steps of ${type}, got none. ${REPORT_BUG}`);

const lowerStack = (x: Value, blocks: readonly ExportedBlock[], make: ProgramBuilder): Value =>
  blocks.reduce((value, block) => lowerBlock(value, block, make), x);

function lowerBlock(x: Value, block: ExportedBlock, make: ProgramBuilder): Value {
  make.begin(block.name);
  if (block.kind === "container") {
    const merging = mergings[block.type];
    if (!merging) throw noSteps(block.type);
    return merging(x, block, make);
  }
  const lowering = lowerings[block.type];
  if (!lowering) throw noSteps(block.type);
  return lowering(x, { layer: block, settings: new Settings(block.config), make });
}

/** The steps of a container. */
type Merging = (x: Value, block: ExportedContainer, make: ProgramBuilder) => Value;

const hows = { add: "add", sum: "add", multiply: "multiply", mul: "multiply" } as const;
const others = { average: "average", ave: "average", maximum: "maximum", concat: "concat" } as const;
const merges = { ...hows, ...others };

function merged(values: readonly Value[], { config, output, name }: ExportedContainer, make: ProgramBuilder): Value {
  const how = merges[new Settings(config).oneOf("merge", Object.keys(merges) as (keyof typeof merges)[])];
  make.begin(name);
  return make.add(values, output.shape, { op: "combine", how });
}

const mergings: Readonly<Partial<Record<ContainerType, Merging>>> = {
  Residual: (x, { branches: [inner = []], output, name }, make) => {
    const value = lowerStack(x, inner, make);
    make.begin(name);
    return make.add([x, value], output.shape, { op: "combine", how: "add" });
  },
  Branches: (x, block, make) =>
    merged(
      block.branches.map((branch) => lowerStack(x, branch, make)),
      block,
      make,
    ),
  Bidirectional: (x, block, make) => {
    const [forwards = [], backwards = []] = block.branches;
    const turned = make.add(x, x.shape, { op: "flip" });
    const [one, other] = [lowerStack(x, forwards, make), lowerStack(turned, backwards, make)];
    make.begin(block.name);
    const back = other.shape.length === 2 ? make.add(other, other.shape, { op: "flip" }) : other;
    return merged([one, back], block, make);
  },
  TimeDistributed: (x, block, make) => {
    const entered = containers[block.type].inner?.(block.input, 0);
    const [stack = []] = block.branches;
    if (!entered || isProblem(entered)) throw new Error(`Export: ${block.name} has no input. ${REPORT_BUG}`);
    const inner = make.inner(entered);
    const body = inner.finish(lowerStack(inner.input, stack, inner));
    make.begin(block.name);
    return make.add(x, block.output.shape, { op: "each", body });
  },
};
