/** Yes or no. */
import { Switch } from "@mantine/core";
import type { FlagField } from "../../src/engine";
import type { ControlProps } from "./control";
import { FieldRow } from "./FieldRow";

export function FlagControl({ id, field, value, onChange }: ControlProps<FlagField>) {
  return (
    <FieldRow id={id} label={field.label} help={field.help}>
      <Switch id={id} checked={value === true} onChange={({ currentTarget }) => onChange(currentTarget.checked)} />
    </FieldRow>
  );
}
