/** Where a layer lands that is pressed in the palette: where it is wanted, or in the nearest place of that stack where it
 *  breaks nothing. */
import type { BlockType, ModelDescription, Place, Problem } from "../../src/engine";
import { analyzeModel, blocksOf } from "../../src/engine";
import { dataOf } from "../store/model";
import type { Edited } from "./edit";
import { applyFix, insertBlock } from "./edit";

const isError = ({ severity }: Problem): boolean => severity === "error";
const report = (model: ModelDescription) => analyzeModel(model, dataOf(model));

/** Inserts a new block at a place or near it. Where it fits nowhere as it is, it makes the repair that it would offer, at the
 *  nearest place where that is enough; where there is none either, it lands at the place and says what is wrong. */
export function landBlock(model: ModelDescription, type: BlockType, wanted: Place): Edited {
  const most = report(model).problems.filter(isError).length;
  const isClean = ({ description, id }: Edited): boolean => {
    const { problems, layers } = report(description);
    const own = layers.find((layer) => layer.id === id);
    if (!own || own.problems.some(isError) || problems.filter(isError).length > most) return false;
    // What the task finds wrong with it, where another layer before it is the remedy.
    return !problems.some((found) => isError(found) && found.layerId === id && found.fix?.kind === "insertBefore");
  };
  const count = blocksOf(model, wanted)?.length ?? 0;
  const indices = Array.from({ length: count + 1 }, (_, index) => index).toSorted(
    (a, b) => Math.abs(a - wanted.index) - Math.abs(b - wanted.index),
  );
  const landed = indices.map((index) => () => insertBlock(model, type, { ...wanted, index }));
  // Where it breaks nothing as it is, before where it does after its repair; each tried only when it is needed.
  for (const land of [...landed, ...landed.map((raw) => () => repair(raw()))]) {
    const found = land();
    if (isClean(found)) return found;
  }
  return insertBlock(model, type, wanted);
}

/** The same after the repair that the block's own problem offers; the id stays the block's. */
function repair({ description, id }: Edited): Edited {
  const problem = report(description).problems.find((found) => isError(found) && found.layerId === id);
  const mended = problem && applyFix(description, problem);
  return { description: mended?.id ? mended.description : description, id };
}
