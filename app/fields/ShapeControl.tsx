/** A shape, typed as `28×28×1`. */
import { TextInput } from "@mantine/core";
import type { ShapeField } from "../../src/engine";
import { formatShape } from "../../src/engine";
import type { ControlProps } from "./FieldControl";
import { FieldRow, messageId } from "./FieldRow";
import { readShape } from "./text";
import { useDraftText } from "./useDraftText";

export function ShapeControl({ id, field, value, onChange }: ControlProps<ShapeField>) {
  const shown = formatShape(Array.isArray(value) ? value : field.default);
  const draft = useDraftText(shown, (text) => readShape(field, text), onChange);
  return (
    <FieldRow
      id={id}
      label={field.label}
      help={`${field.help} For example 28×28×1, or 28, 28, 1.`}
      problem={draft.problem}
    >
      <TextInput
        id={id}
        w="100%"
        autoComplete="off"
        value={draft.text}
        error={draft.problem !== undefined}
        aria-describedby={draft.problem === undefined ? undefined : messageId(id)}
        onChange={({ currentTarget }) => draft.type(currentTarget.value)}
        onBlur={draft.settle}
      />
    </FieldRow>
  );
}
