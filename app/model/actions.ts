/** What the controls of the model editor do: an edit, then the selection and a word for those who hear the page. */
import type { BlockType, ModelDescription, Place, Problem } from "../../src/engine";
import { allBlocks, findBlock } from "../../src/engine";
import { edit, reportOf, selectLayer, shownNetwork, useModel, useSelection } from "../store/model";
import { dismissTopic, notify } from "../store/run";
import { announce } from "../store/ui";
import { focusedLayerId, keepFocus } from "./cardFocus";
import {
  applyFix,
  blocksInOrder,
  countBlocks,
  duplicateBlock,
  type Edited,
  fixLabel,
  insertBlock,
  isFull,
  moveBlock,
  placeOf,
  removeBlock,
  resizeContainer,
} from "./edit";
import { firstConfig, landBlock, type Landed } from "./landing";
import { placeBeside } from "./placeBeside";
import { placeOfNext } from "./placeOfNext";
import { t, tell } from "../common/words";
import { type Said, say } from "../../src/engine";

const description = () => useModel.getState().description;

/** `place 2 of 5`, with the container it is in. */
function describePlace(model: ModelDescription, id: string): Said {
  const found = placeOf(model, id);
  if (!found) return say("edited.nowhere");
  const { place, of } = found;
  const holder = place.parent && reportOf(model).layers.find((layer) => layer.id === place.parent?.id);
  const at = { place: place.index + 1, of };
  return holder ? say("edited.placeIn", { ...at, holder: holder.name }) : say("edited.place", at);
}

/** Adds a block at a place; or, as far as it fits there, behind the selected one, or where {@link placeOfNext} says. */
export function addBlock(type: BlockType, place?: Place): void {
  const model = description();
  if (isFull(model)) {
    announce(t("edited.full", { layers: countBlocks(model) }));
    return;
  }
  const { layerId } = useSelection.getState();
  const network = shownNetwork();
  const selected = layerId === null ? undefined : placeOf(model, layerId)?.place;
  const behind = selected?.network === network ? { ...selected, index: selected.index + 1 } : undefined;
  const wanted = place ?? behind ?? placeOfNext(model, network, reportOf(model));
  const first = firstConfig(model, type);
  const landed: Landed = place ? insertBlock(model, type, place, first) : landBlock(model, type, wanted);
  if (landed.id !== null) {
    tellAdded(type, model, landed);
  } else if (landed.refused) {
    refuse(type, landed.refused, () => tellAdded(type, model, insertBlock(model, type, wanted, first)));
  } else {
    announce(t("edited.tooDeep", { type }));
  }
}

/** Shows a block that was added, and says where it is, and what came with it. */
function tellAdded(type: BlockType, before: ModelDescription, { description: after, id }: Edited): void {
  if (id === null) return;
  edit(() => after);
  selectLayer(id);
  const added = say("edited.added", { type, place: describePlace(after, id) });
  const others = [...allBlocks(after)].flatMap(({ block }) =>
    block.id === id || findBlock(before, block.id) ? [] : [block.type],
  );
  announce(tell(others.length > 0 ? say("edited.withOthers", { added, others }) : added));
}

/** Says why a block fits nowhere, until the model is another one. */
function refuse(type: BlockType, { said: problem }: Problem, addAnyway: () => void): void {
  const label = say("edited.addAnyway");
  notify({
    severity: "warning",
    topic: "landing",
    said: say("edited.refused", { type, problem }),
    action: { label, run: addAnyway },
  });
  const stop = useModel.subscribe(() => {
    stop();
    dismissTopic("landing");
  });
}

/** Moves a block to a place, which counts without it. */
export function moveBlockTo(id: string, to: Place): void {
  const before = description();
  edit((model) => moveBlock(model, id, to));
  const after = description();
  if (after !== before) announce(t("edited.moved", { place: describePlace(after, id) }));
}

/** Moves a block one step up (-1) or down (+1). */
export function nudgeBlock(id: string, by: -1 | 1): void {
  const to = placeBeside(description(), id, by);
  if (to) moveBlockTo(id, to);
}

/** Removes a block. Its successor, or the last one, takes its place as the selected one and for the keyboard. */
export function deleteBlock(id: string): void {
  const model = description();
  const found = findBlock(model, id);
  if (!found) return;
  const { network } = found.place;
  const at = blocksInOrder(model, network).findIndex((block) => block.id === id);
  edit((current) => removeBlock(current, id));
  const left = blocksInOrder(description(), network);
  const next = left[Math.min(at, left.length - 1)]?.id ?? null;
  if (useSelection.getState().layerId === id) selectLayer(next);
  keepFocus(next);
  announce(t("edited.removed", { type: found.block.type }));
}

/** Copies a block and selects the copy. @returns the copy's id, or null when none was made */
export function copyBlock(id: string): string | null {
  const copy = duplicateBlock(description(), id);
  if (copy.id === null) return null;
  edit(() => copy.description);
  selectLayer(copy.id);
  announce(t("edited.duplicated"));
  return copy.id;
}

/** Gives a container one branch more, or takes its last one away. */
export function changeBranches(id: string, by: 1 | -1): void {
  edit((model) => resizeContainer(model, id, by));
  announce(t(by > 0 ? "edited.branchAdded" : "edited.branchRemoved"));
}

/** Does the repair that a problem offers, and selects the layer that does it, if one does. */
export function fixProblem(problem: Problem): void {
  const label = fixLabel(description(), problem);
  const fixed = applyFix(description(), problem);
  if (fixed.description === description()) return;
  edit(() => fixed.description);
  if (fixed.id !== null) selectLayer(fixed.id);
  keepFocus(fixed.id);
  announce(t("edited.fixed", { fix: label ?? t("edited.fix") }));
}

/** Takes steps back or does them again. Where that takes away the layer whose card or settings have the focus, the one
 *  before it gets it. */
export function travel(go: () => void): void {
  const hadFocus = document.activeElement !== document.body;
  const focused = focusedLayerId();
  const id = focused ?? useSelection.getState().layerId;
  const network = id === null ? undefined : placeOf(description(), id)?.place.network;
  const place =
    network === undefined ? -1 : blocksInOrder(description(), network).findIndex((block) => block.id === id);
  go();
  if (network === undefined || place < 0 || !hadFocus) return;
  const left = blocksInOrder(description(), network);
  const isThere = left.some((block) => block.id === id);
  const next = isThere ? id : (left[Math.min(Math.max(place - 1, 0), left.length - 1)]?.id ?? null);
  if (!isThere && focused !== null) selectLayer(next);
  keepFocus(next);
}
