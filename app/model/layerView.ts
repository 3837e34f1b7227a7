/** What a card shows of a layer, as plain values, so that a card is drawn again only when one of them changed. */
import type { LayerReport, ModelDescription, ModelReport, Problem } from "../../src/engine";
import { formatShape, layers, readConfig } from "../../src/engine";

/** One card. */
export interface LayerView {
  readonly id: string;
  readonly index: number;
  readonly type: string;
  readonly badge: string;
  readonly category: string;
  /** What messages call it. */
  readonly name: string;
  readonly summary: readonly string[];
  /** `28×28×1`, or `?` where an error above hides it. */
  readonly input: string;
  readonly output: string;
  readonly parameterCount: number;
  /** Of the model's compute, 0 to 1. */
  readonly share: number;
  /** Errors before warnings. */
  readonly problems: readonly Problem[];
}

const showShape = (shape: LayerReport["input"]): string => (shape ? formatShape(shape) : "?");

/** Problems pinned to a layer, whoever found them; errors first. */
export function problemsOf(report: ModelReport, layerId: string): Problem[] {
  const own = report.problems.filter((problem) => problem.layerId === layerId);
  return own.toSorted((a, b) => Number(a.severity !== "error") - Number(b.severity !== "error"));
}

/** All cards of a model. */
export function viewLayers(description: ModelDescription, report: ModelReport): LayerView[] {
  return description.layers.map((block, index) => {
    const layer = layers[block.type];
    const found = report.layers[index];
    return {
      id: block.id,
      index,
      type: block.type,
      badge: layer.badge,
      category: layer.category,
      name: found?.name ?? block.type,
      summary: layer.summary(readConfig(layer.fields, block.config).config),
      input: showShape(found?.input ?? null),
      output: showShape(found?.output ?? null),
      parameterCount: found?.parameterCount ?? 0,
      share: report.flops > 0 ? (found?.flops ?? 0) / report.flops : 0,
      problems: problemsOf(report, block.id),
    };
  });
}

/** Whether two views would draw the same card. */
export function sameView(a: LayerView, b: LayerView): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}
