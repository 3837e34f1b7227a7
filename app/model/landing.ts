/** Where a layer lands that is pressed in the palette: where it is wanted, or in the nearest place of that stack where it
 *  breaks nothing. */
import type { Block, BlockType, Config, ModelDescription, ModelReport, Place, Problem } from "../../src/engine";
import { analyzeModel, blocksOf, defOf, findBlock, layerFor, tellsNext } from "../../src/engine";
import { dataOf } from "../store/model";
import type { Edited } from "./edit";
import { applyFix, insertBlock } from "./edit";

const isError = ({ severity }: Problem): boolean => severity === "error";
const report = (model: ModelDescription) => analyzeModel(model, dataOf(model));

/** So many repairs in a row may make one layer fit: one before it, one of each of its settings. */
const MAX_REPAIRS = 4;

/** Where it landed, or why it fits nowhere. */
export interface Landed extends Edited {
  /** What was wrong at the place where it was wanted, if it was refused. */
  readonly refused?: Problem;
}

/** What a block fresh from the palette sets. */
export function firstConfig(model: ModelDescription, type: BlockType): Config {
  const def = defOf(type);
  return { ...def.initial, ...("causally" in def && tellsNext(model, dataOf(model)) && def.causally) };
}

/** Inserts a new block at a place or near it. Where it fits nowhere as it is, it makes the repairs that it would offer, at the
 *  nearest place where they are enough: a Reshape before a convolution of points, say, and a Flatten behind it. Where nothing
 *  is enough, a model that could be trained stays as it is, since a press must not break it; into one that is broken anyhow,
 *  the block comes where it is wanted. */
export function landBlock(model: ModelDescription, type: BlockType, wanted: Place): Landed {
  const before = report(model);
  const most = before.problems.filter(isError).length;
  const isClean = ({ description, id }: Edited): boolean => {
    const { problems, layers } = report(description);
    const own = layers.find((layer) => layer.id === id);
    if (!own || own.problems.some(isError) || problems.filter(isError).length > most) return false;
    // What the task finds wrong with it, where another layer before it is the remedy.
    return !problems.some((found) => isError(found) && found.layerId === id && found.fix?.kind === "insertBefore");
  };
  const places = placesNear(model, wanted);
  const first = firstConfig(model, type);
  const landed = [first, ...keepingOf(type, first)].flatMap((config) =>
    places.map((place) => () => insertBlock(model, type, place, config)),
  );
  const mended = landed.flatMap((land) => {
    const own = () => repair(land());
    return most === 0 ? [own, () => giveRow(before, own())] : [own];
  });
  // Where it breaks nothing as it is, before where it does after its repairs; each tried only when it is needed.
  for (const land of [...landed, ...mended]) {
    const found = land();
    if (isClean(found)) return found;
  }
  const there = insertBlock(model, type, wanted, first);
  const refused = most === 0 ? report(there.description).problems.find(isError) : undefined;
  return refused ? { description: model, id: null, refused } : there;
}

/** All places of the stack of one, the nearest first; then those around the container that the stack is in, if it is in one. */
function placesNear(model: ModelDescription, wanted: Place): Place[] {
  const count = blocksOf(model, wanted)?.length ?? 0;
  const own = Array.from({ length: count + 1 }, (_, index): Place => ({ ...wanted, index })).toSorted(
    (a, b) => Math.abs(a.index - wanted.index) - Math.abs(b.index - wanted.index),
  );
  const holder = wanted.parent && findBlock(model, wanted.parent.id);
  return holder ? [...own, ...placesNear(model, { ...holder.place, index: holder.place.index + 1 })] : own;
}

/** The settings with which a type keeps the steps or pixels that it reads, for places after which they are counted; none where
 *  it has no such setting. */
function keepingOf(type: BlockType, first: Config): Config[] {
  const { fields } = defOf(type);
  const { padding, strides } = fields;
  const kept = padding?.kind === "choice" && ["causal", "same"].find((option) => padding.options.includes(option));
  const keeping = {
    ...("returnSequences" in fields && { returnSequences: true }),
    ...(kept && { padding: kept }),
    ...(strides?.kind === "pair" && { strides: [1, 1] }),
  };
  return Object.keys(keeping).length > 0 ? [{ ...first, ...keeping }] : [];
}

/** The same after the repairs that the block's own problems offer, but for an output that is still missing; the id stays the
 *  block's. */
function repair({ description, id }: Edited): Edited {
  let mended = description;
  for (let count = 0; count < MAX_REPAIRS; count += 1) {
    const problem = report(mended).problems.find(
      (found) => isError(found) && found.layerId === id && found.fix?.kind !== "append",
    );
    const next = problem && applyFix(mended, problem);
    if (!next?.id) break;
    mended = next.description;
  }
  return { description: mended, id };
}

/** Makes one row of what a new block gives, where what follows read one before.  @param before the model without it */
function giveRow(before: ModelReport, { description, id }: Edited): Edited {
  const place = id === null ? undefined : findBlock(description, id)?.place;
  if (!place) return { description, id };
  const had = (block: Block | undefined) => before.layers.find((layer) => layer.id === block?.id);
  const stack = blocksOf(description, place) ?? [];
  const next = stack[place.index + 1];
  const wanted = next ? had(next)?.input : had(stack.findLast((block) => had(block)))?.output;
  const gives = report(description).layers.find((layer) => layer.id === id)?.output;
  if (wanted?.shape.length !== 1 || !gives || gives.shape.length === 1) return { description, id };
  const behind = { ...place, index: place.index + 1 };
  return { description: insertBlock(description, layerFor.rows, behind, {}).description, id };
}
