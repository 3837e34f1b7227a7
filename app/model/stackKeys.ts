/** The keyboard in the model stack: arrows select, Alt and arrows move, Delete removes, Ctrl or Cmd and D duplicates. */
import type { KeyboardEvent } from "react";
import { selectLayer, useModel } from "../store/model";
import { copyLayer, deleteLayer, nudgeLayer } from "./actions";
import { cardElementId, focusSoon } from "./cardFocus";
import { indexOfLayer } from "./edit";

function selectAndFocus(id: string | null): void {
  if (id === null) return;
  selectLayer(id);
  focusSoon(cardElementId(id));
}

/** Acts on a key pressed while a card has the focus. @returns whether the key meant something */
function act(event: KeyboardEvent, id: string): boolean {
  const { description } = useModel.getState();
  const at = indexOfLayer(description, id);
  const by = event.key === "ArrowUp" ? -1 : event.key === "ArrowDown" ? 1 : 0;
  if (by !== 0 && event.altKey) {
    nudgeLayer(id, by);
    focusSoon(cardElementId(id));
    return true;
  }
  if (event.key.toLowerCase() === "d" && (event.ctrlKey || event.metaKey)) {
    selectAndFocus(copyLayer(id));
    return true;
  }
  if (event.ctrlKey || event.metaKey || event.altKey) return false;
  if (by !== 0) {
    selectAndFocus(description.layers[at + by]?.id ?? null);
    return true;
  }
  if (event.key === "Home" || event.key === "End") {
    selectAndFocus(description.layers.at(event.key === "Home" ? 0 : -1)?.id ?? null);
    return true;
  }
  if (event.key === "Delete" || event.key === "Backspace") {
    deleteLayer(id);
    return true;
  }
  if (event.key === "Escape") {
    selectLayer(null);
    return true;
  }
  return false;
}

/** Handles a key on a card. */
export function handleCardKey(event: KeyboardEvent, id: string): void {
  if (act(event, id)) event.preventDefault();
}
