/** The text of a control while it is being typed. Valid text takes effect at once; text that is not stays in the control
 *  with what is wrong with it, and gives way to the last valid value when the control is left. */
import { useState } from "react";
import type { Reading } from "./text";

interface DraftText {
  readonly text: string;
  readonly problem: string | undefined;
  type(text: string): void;
  /** Forgets what was typed: the value has changed by other means, or the control is left. */
  settle(): void;
}

/** @param shown the value's own text  @param read what a text means  @param onChange takes valid values */
export function useDraftText(
  shown: string,
  read: (text: string) => Reading,
  onChange: (value: unknown) => void,
): DraftText {
  const [draft, setDraft] = useState<string | null>(null);
  const reading = draft === null ? null : read(draft);
  return {
    text: draft ?? shown,
    problem: reading && "problem" in reading ? reading.problem : undefined,
    type(text) {
      setDraft(text);
      const typed = read(text);
      if ("value" in typed) onChange(typed.value);
    },
    settle: () => setDraft(null),
  };
}
