/** The input of a text that takes effect when it is done: see `useDraftText.ts`. */
import type { TextInputProps } from "@mantine/core";
import { TextInput } from "@mantine/core";
import type { KeyboardEvent } from "react";
import { messageId } from "./FieldRow";
import type { DraftText } from "./useDraftText";

interface DraftInputProps extends Pick<TextInputProps, "aria-label" | "flex" | "inputMode" | "w"> {
  readonly id: string;
  readonly draft: DraftText;
  /** The id of the field's message, where that is not its own. */
  readonly messageOf?: string;
  /** The arrow keys, where they step the value. */
  readonly onStep?: (direction: 1 | -1, isLarge: boolean) => void;
}

export function DraftInput({ id, draft, messageOf = id, onStep, ...rest }: DraftInputProps) {
  const onKeyDown = (event: KeyboardEvent): void => {
    const { key, shiftKey } = event;
    if (key === "Enter") draft.commit();
    else if (key === "Escape") draft.forget();
    else if (onStep && (key === "ArrowUp" || key === "ArrowDown")) {
      event.preventDefault();
      onStep(key === "ArrowUp" ? 1 : -1, shiftKey);
    }
  };
  return (
    <TextInput
      id={id}
      autoComplete="off"
      {...rest}
      data-settled={!draft.isPending || undefined}
      value={draft.text}
      error={draft.isInvalid}
      aria-describedby={draft.problem === undefined ? undefined : messageId(messageOf)}
      onChange={({ currentTarget }) => draft.type(currentTarget.value)}
      onKeyDown={onKeyDown}
      onBlur={({ currentTarget }) => {
        // Leaving the window is not leaving the field.
        if (currentTarget !== document.activeElement) draft.leave();
      }}
    />
  );
}
