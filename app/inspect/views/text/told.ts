/** A text among predictions, and what a model tells of its next tokens. */
import type { Predictions } from "../../../../src/engine";

/** Null where there is none, or of another length. */
export function toldOf({ columns, shown }: Predictions) {
  const text = Object.values(columns).find(({ info }) => info.kind === "text");
  const next = Object.values(shown).find(({ kind }) => kind === "text");
  return text && next && next.shape[0] === (text.info.shape[0] ?? 0) - 1 ? { text, next } : null;
}
