/** What the controls of the model editor do: an edit, then the selection and a word for those who hear the page. */
import type { LayerType, Problem } from "../../src/engine";
import { edit, reportOf, selectLayer, useModel, useSelection } from "../store/model";
import { announce } from "../store/ui";
import { focusedLayerId, keepFocus } from "./cardFocus";
import { applyFix, duplicateLayer, fixLabel, indexOfLayer, insertLayer, isFull, moveLayer, removeLayer } from "./edit";
import { placeOfNext } from "./placeOfNext";

const description = () => useModel.getState().description;

/** Adds a layer at a place, or behind the selected one, or where {@link placeOfNext} says. */
export function addLayer(type: LayerType, index?: number): void {
  const model = description();
  if (isFull(model)) {
    announce(`The model has ${model.layers.length} layers, and no more fit`);
    return;
  }
  const { layerId } = useSelection.getState();
  const selected = layerId === null ? -1 : indexOfLayer(model, layerId);
  const at = index ?? (selected < 0 ? placeOfNext(model, reportOf(model)) : selected + 1);
  const inserted = insertLayer(model, type, at);
  edit(() => inserted.description);
  selectLayer(inserted.id);
  announce(`${type} added as layer ${at + 1} of ${inserted.description.layers.length}`);
}

/** Moves a layer to a place. */
export function moveLayerTo(id: string, to: number): void {
  const before = description();
  edit((model) => moveLayer(model, id, to));
  const after = description();
  if (after !== before) announce(`Moved to place ${indexOfLayer(after, id) + 1} of ${after.layers.length}`);
}

/** Moves a layer up (-1) or down (+1). */
export function nudgeLayer(id: string, by: -1 | 1): void {
  const to = indexOfLayer(description(), id) + by;
  if (to >= 0 && to < description().layers.length) moveLayerTo(id, to);
}

/** Removes a layer. Its successor, or the last layer, takes its place as the selected one and for the keyboard. */
export function deleteLayer(id: string): void {
  const model = description();
  const at = indexOfLayer(model, id);
  const type = model.layers[at]?.type;
  edit((current) => removeLayer(current, id));
  const { layers } = description();
  const next = layers[Math.min(at, layers.length - 1)]?.id ?? null;
  if (useSelection.getState().layerId === id) selectLayer(next);
  keepFocus(next);
  if (type) announce(`${type} removed`);
}

/** Copies a layer and selects the copy. @returns the copy's id, or null when none was made */
export function copyLayer(id: string): string | null {
  const copy = duplicateLayer(description(), id);
  if (copy.id === null) return null;
  edit(() => copy.description);
  selectLayer(copy.id);
  announce("Layer duplicated");
  return copy.id;
}

/** Does the repair that a problem offers, and selects the layer that does it. */
export function fixProblem(problem: Problem): void {
  const label = fixLabel(description(), problem);
  const fixed = applyFix(description(), problem);
  if (fixed.id === null) return;
  edit(() => fixed.description);
  selectLayer(fixed.id);
  keepFocus(fixed.id);
  announce(`${label ?? "Fix"}: done`);
}

/** Takes steps back or does them again. Where that takes away the layer whose card or settings have the focus, the one
 *  before it gets it. */
export function travel(go: () => void): void {
  const hadFocus = document.activeElement !== document.body;
  const focused = focusedLayerId();
  const id = focused ?? useSelection.getState().layerId;
  const place = id === null ? -1 : indexOfLayer(description(), id);
  go();
  if (place < 0 || !hadFocus) return;
  const { layers } = description();
  const isThere = layers.some((block) => block.id === id);
  const next = isThere ? id : (layers[Math.min(Math.max(place - 1, 0), layers.length - 1)]?.id ?? null);
  if (!isThere && focused !== null) selectLayer(next);
  keepFocus(next);
}
