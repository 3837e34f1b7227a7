/** The keyboard in the model stack: arrows select, Alt and arrows move, Delete removes, Ctrl or Cmd and D duplicates. */
import type { KeyboardEvent } from "react";
import { selectLayer, useModel } from "../store/model";
import { copyBlock, deleteBlock, nudgeBlock } from "./actions";
import { cardElementId, focusSoon } from "./cardFocus";
import { blocksInOrder, networkOf } from "./edit";

function selectAndFocus(id: string | null): void {
  if (id === null) return;
  selectLayer(id);
  focusSoon(cardElementId(id));
}

/** Acts on a key pressed while a card has the focus. @returns whether the key meant something */
function act(event: KeyboardEvent, id: string): boolean {
  const { description } = useModel.getState();
  const inOrder = blocksInOrder(description, networkOf(description, id));
  const at = inOrder.findIndex((block) => block.id === id);
  const by = event.key === "ArrowUp" ? -1 : event.key === "ArrowDown" ? 1 : 0;
  if (by !== 0 && event.altKey) {
    nudgeBlock(id, by);
    focusSoon(cardElementId(id));
    return true;
  }
  if (event.key.toLowerCase() === "d" && (event.ctrlKey || event.metaKey)) {
    selectAndFocus(copyBlock(id));
    return true;
  }
  if (event.ctrlKey || event.metaKey || event.altKey) return false;
  if (by !== 0) {
    selectAndFocus(inOrder[at + by]?.id ?? null);
    return true;
  }
  if (event.key === "Home" || event.key === "End") {
    selectAndFocus(inOrder.at(event.key === "Home" ? 0 : -1)?.id ?? null);
    return true;
  }
  if (event.key === "Delete" || event.key === "Backspace") {
    deleteBlock(id);
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
