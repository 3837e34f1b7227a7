/** What a card shows of a block, as plain values, so that a card is drawn again only when one of them changed. */
import type { Block, LayerCategory, ModelDescription, ModelReport, Place, Problem } from "../../src/engine";
import { blockNames, containers, defOf, isContainer, readConfig } from "../../src/engine";
import { tell } from "../common/words";
import { showChange, showType } from "./shapes";

/** A branch of a container's card. */
export interface BranchView {
  readonly title: string;
  readonly layers: readonly LayerView[];
}

/** One card. */
export interface LayerView {
  readonly id: string;
  readonly place: Place;
  /** Whether it is the first or the last of its network, so that it cannot be moved up or down. */
  readonly isFirst: boolean;
  readonly isLast: boolean;
  readonly type: string;
  readonly badge: string;
  readonly category: LayerCategory;
  /** What messages call it. */
  readonly name: string;
  readonly summary: readonly string[];
  /** What it is given and gives, and the latter for itself. */
  readonly change: readonly [string, string];
  readonly output: string;
  /** Null where an error hides it, as it does the output. */
  readonly parameterCount: number | null;
  readonly isFrozen: boolean;
  /** Of the model's compute, 0 to 1. */
  readonly share: number;
  /** Errors before warnings. */
  readonly problems: readonly Problem[];
  /** What a container holds; undefined for a layer. */
  readonly branches?: readonly BranchView[];
}

/** Problems pinned to a layer; errors first. */
export function problemsOf(report: ModelReport, layerId: string): Problem[] {
  const own = report.problems.filter((problem) => problem.layerId === layerId);
  return own.toSorted((a, b) => Number(a.severity !== "error") - Number(b.severity !== "error"));
}

/** All cards of a network. */
export function viewLayers(description: ModelDescription, report: ModelReport, network: string): LayerView[] {
  const blocks = description.networks[network]?.blocks ?? [];
  const names = blockNames(blocks);
  const found = new Map(report.layers.map((layer) => [layer.id, layer]));
  const view = (block: Block, place: Place, of: number): LayerView => {
    const def = defOf(block.type);
    const own = found.get(block.id);
    const branches = isContainer(block)
      ? {
          branches: block.branches.map((inner, branch) => ({
            title: tell(containers[block.type].branchTitle(branch)),
            layers: viewStack(inner, { network, parent: { id: block.id, branch } }),
          })),
        }
      : {};
    return {
      id: block.id,
      place,
      isFirst: place.parent === null && place.index === 0,
      isLast: place.parent === null && place.index === of - 1,
      type: block.type,
      badge: def.badge,
      category: def.category,
      name: names.get(block.id) ?? block.type,
      summary: def
        .summary(readConfig(def.fields, block.config).config)
        .map((part) => (typeof part === "string" ? part : tell(part))),
      change: showChange(own?.input ?? null, own?.output ?? null),
      output: showType(own?.output ?? null),
      parameterCount: own?.output ? own.parameterCount : null,
      isFrozen: own?.isFrozen ?? false,
      share: report.flops > 0 ? (own?.flops ?? 0) / report.flops : 0,
      problems: problemsOf(report, block.id),
      ...branches,
    };
  };
  const viewStack = (stack: readonly Block[], at: Omit<Place, "index">): LayerView[] =>
    stack.map((block, index) => view(block, { ...at, index }, stack.length));
  return viewStack(blocks, { network, parent: null });
}

/** Whether two views would draw the same card. */
export function sameView(a: LayerView, b: LayerView): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}
