/** The shortcuts of the whole page. They sleep while something is being typed, where the keys mean something else; a field
 *  whose text has taken effect is marked as settled, and there they take the edit back. */
import { travel } from "./model/actions";
import { redo, undo } from "./store/model";

const TYPED_INTO =
  'input:not([type="range"], [type="checkbox"], [type="radio"], [type="button"], [data-settled]), textarea, [contenteditable]';

/** What a key press asks for, or null. */
export function shortcutFor(
  event: Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "shiftKey" | "altKey">,
): "undo" | "redo" | null {
  if (!(event.ctrlKey || event.metaKey) || event.altKey) return null;
  const key = event.key.toLowerCase();
  if (key === "z") return event.shiftKey ? "redo" : "undo";
  return key === "y" && !event.shiftKey ? "redo" : null;
}

function handle(event: KeyboardEvent): void {
  if (event.target instanceof Element && event.target.closest(TYPED_INTO)) return;
  const asked = shortcutFor(event);
  if (!asked) return;
  event.preventDefault();
  travel(asked === "undo" ? undo : redo);
}

/** Listens from now on. @returns how to stop */
export function listenForShortcuts(): () => void {
  document.addEventListener("keydown", handle);
  return () => document.removeEventListener("keydown", handle);
}
