/** A choice among the records of a registry, with the chosen one's help under it. */
import { NativeSelect } from "@mantine/core";
import { FieldRow } from "./FieldRow";
import { t } from "../common/words";

interface RegistrySelectProps<T extends string> {
  readonly id: string;
  readonly label: string;
  readonly help: string;
  readonly options: readonly { readonly value: T; readonly label: string; readonly help: string }[];
  readonly value: T;
  readonly onChange: (value: T) => void;
}

export function RegistrySelect<T extends string>({
  id,
  label,
  help,
  options,
  value,
  onChange,
}: RegistrySelectProps<T>) {
  const chosen = options.find((option) => option.value === value);
  return (
    <FieldRow
      id={id}
      label={label}
      help={chosen ? t("field.choiceHelp", { help, option: chosen.label, optionHelp: chosen.help }) : help}
      isWide
    >
      <NativeSelect
        id={id}
        w="100%"
        data={options.map((option) => ({ value: option.value, label: option.label }))}
        value={value}
        onChange={({ currentTarget }) => {
          const next = options.find((option) => option.value === currentTarget.value);
          if (next) onChange(next.value);
        }}
      />
    </FieldRow>
  );
}
