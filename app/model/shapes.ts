/** Shapes as cards show them: of sequences the steps are told, which a product of numbers leaves to be guessed. */
import type { LayerReport } from "../../src/engine";
import { formatShape } from "../common/format";
import { t } from "../common/words";

type Type = NonNullable<LayerReport["input"]>;

/** The steps of a sequence, and what is at each of them. Vectors and images have one axis and three. */
function sequenceIn({ shape, dtype }: Type): { readonly steps: number; readonly each: readonly number[] } | null {
  const [steps = 0, ...each] = shape;
  return dtype === "f32" && shape.length % 2 === 0 && shape.length > 0 ? { steps, each } : null;
}

/** `28×28×1`, `28 steps × 28`, `64 tokens`; `?` where an error above hides it. */
export function showType(type: LayerReport["input"]): string {
  if (!type) return "?";
  const sequence = sequenceIn(type);
  if (sequence) return t("model.series", { steps: sequence.steps, each: formatShape(sequence.each) });
  const { shape, dtype } = type;
  return dtype === "u32" && shape.length === 1 ? t("model.tokens", { tokens: shape[0] ?? 0 }) : formatShape(shape);
}

/** What a layer is given and what it gives. Where both have as many steps, these are told once: `64 steps: 64` and `256`. */
export function showChange(input: LayerReport["input"], output: LayerReport["output"]): readonly [string, string] {
  const [from, to] = [input && sequenceIn(input), output && sequenceIn(output)];
  if (from?.steps !== to?.steps || !from || !to) return [showType(input), showType(output)];
  return [t("model.eachStep", { steps: from.steps, each: formatShape(from.each) }), formatShape(to.each)];
}
