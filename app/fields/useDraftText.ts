/** The text of a control while it is being typed. It takes effect when it is done: on Enter, or when the control is left.
 *  Nothing on the way there does, or `1e-3` would be 1 for a moment. Text that is no value gives way to the value before
 *  it when the control is left, and what was wrong with it stays to be read until the next edit. */
import { useState } from "react";
import type { Reading } from "./text";
import { refusalOf } from "./text";
import { t } from "../common/words";

/** What {@link useDraftText} is about. */
export interface DraftOptions {
  readonly value: unknown;
  /** A value as text. Values that look the same are the same. */
  readonly show: (value: unknown) => string;
  readonly read: (text: string) => Reading;
  /** Takes valid values that differ from the present one. */
  readonly onChange: (value: unknown) => void;
}

export interface DraftText {
  readonly text: string;
  /** What is wrong with the text, or was with what it replaced. */
  readonly problem: string | undefined;
  /** Whether that is about the text now in the control. */
  readonly isInvalid: boolean;
  /** Whether something was typed that has not taken effect yet. */
  readonly isPending: boolean;
  type(text: string): void;
  /** Enter: valid text takes effect, other text stays to be mended. */
  commit(): void;
  /** The control is left: valid text takes effect, other text is given up. */
  leave(): void;
  /** Forgets what was typed: the value changes by other means. */
  forget(): void;
}

export function useDraftText({ value, show, read, onChange }: DraftOptions): DraftText {
  const [draft, setDraft] = useState<string | null>(null);
  // The refusal belongs to the value that it left in place: an undo, say, ends it.
  const [refused, setRefused] = useState<{ readonly problem: string; readonly kept: string } | null>(null);
  const shown = show(value);
  const text = draft ?? shown;
  const reading = read(text);
  const isInvalid = "expected" in reading;
  const forget = (): void => {
    setDraft(null);
    setRefused(null);
  };
  const commit = (): void => {
    if (draft === null || "expected" in reading) return;
    forget();
    if (show(reading.value) !== shown) onChange(reading.value);
  };
  const refusal = refused?.kept === shown ? refused.problem : undefined;
  return {
    text,
    problem: isInvalid ? t("field.expected", { expected: reading.expected }) : draft === null ? refusal : undefined,
    isInvalid,
    isPending: draft !== null,
    type: setDraft,
    commit,
    leave() {
      commit();
      if (draft === null || !("expected" in reading)) return;
      setDraft(null);
      setRefused({ problem: refusalOf(draft, reading.expected), kept: shown });
    },
    forget,
  };
}
