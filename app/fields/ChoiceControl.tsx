/** One of a few words: two lie side by side, more open as a list. */
import { NativeSelect, SegmentedControl } from "@mantine/core";
import type { ChoiceField } from "../../src/engine";
import type { ControlProps } from "./FieldControl";
import { FieldRow } from "./FieldRow";

export function ChoiceControl({ id, field, value, onChange }: ControlProps<ChoiceField>) {
  const chosen = typeof value === "string" ? value : field.default;
  const isShort = field.options.length === 2;
  return (
    <FieldRow id={id} label={field.label} help={field.help} isGroup={isShort}>
      {isShort ? (
        <SegmentedControl
          id={id}
          fullWidth
          w="100%"
          aria-label={field.label}
          data={[...field.options]}
          value={chosen}
          onChange={onChange}
        />
      ) : (
        <NativeSelect
          id={id}
          w="100%"
          data={[...field.options]}
          value={chosen}
          onChange={({ currentTarget }) => onChange(currentTarget.value)}
        />
      )}
    </FieldRow>
  );
}
