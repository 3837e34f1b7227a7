/** One of a few words: two lie side by side, more open as a list. Where the options have names of their own, these are shown,
 *  and the chosen one's sentence follows the field's help. */
import { NativeSelect, SegmentedControl } from "@mantine/core";
import type { ChoiceField } from "../../src/engine";
import type { ControlProps } from "./control";
import { FieldRow } from "./FieldRow";
import { t, wordOf } from "../common/words";

export function ChoiceControl({ id, field, value, onChange }: ControlProps<ChoiceField>) {
  const chosen = typeof value === "string" ? value : field.default;
  const { described } = field;
  const isShort = field.options.length === 2 && described === undefined;
  const wordsOf = (option: string): { readonly title: string; readonly help: string } | undefined => {
    const own = described?.[option];
    const path = `${field.registry}.${option}`;
    return own && { title: wordOf(`${path}.title`, own.title), help: wordOf(`${path}.help`, own.help) };
  };
  const own = wordsOf(chosen);
  const help = own ? t("field.choiceHelp", { help: field.help, option: own.title, optionHelp: own.help }) : field.help;
  return (
    <FieldRow id={id} label={field.label} help={help} isGroup={isShort} isWide={described !== undefined}>
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
          data={field.options.map((option) => ({ value: option, label: wordsOf(option)?.title ?? option }))}
          value={chosen}
          onChange={({ currentTarget }) => onChange(currentTarget.value)}
        />
      )}
    </FieldRow>
  );
}
