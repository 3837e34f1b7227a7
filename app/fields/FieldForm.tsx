/** A form for a set of fields: what the inspector shows of a layer, an optimizer or a schedule. */
import type { Config, Field, Fields } from "../../src/engine";
import { settingOf } from "../../src/engine";
import type { ChangeValue } from "./control";
import { FieldControl } from "./FieldControl";
import { wordOf } from "../common/words";
import classes from "./FieldForm.module.css";

interface FieldFormProps {
  /** Begins the ids of the controls, so that each is unique on the page. */
  readonly prefix: string;
  /** The path of the record that has the fields, for the words of other languages. */
  readonly record: string;
  readonly fields: Fields;
  readonly config: Config;
  /** Two fields in a line, each with its label above it. */
  readonly isDense?: boolean;
  /** Shows those that are seldom changed, and no others. */
  readonly isRare?: boolean;
  readonly onChange: (key: string, ...change: Parameters<ChangeValue>) => void;
}

/** The id of the control of a field. */
export const fieldElementId = (prefix: string, key: string): string => `${prefix}-${key}`;

export function FieldForm({
  prefix,
  record,
  fields,
  config,
  isDense = false,
  isRare = false,
  onChange,
}: FieldFormProps) {
  const entries = Object.entries(fields).filter(([, { rare = false }]) => rare === isRare);
  if (entries.length === 0) return null;
  return (
    <div className={classes.form} data-dense={isDense || undefined}>
      {entries.map(([key, field]) => (
        <FieldControl
          key={`${prefix}-${key}`}
          id={fieldElementId(prefix, key)}
          field={inWords(field, `${record}.fields.${key}`)}
          value={settingOf(fields, config, key)}
          onChange={(...change) => onChange(key, ...change)}
        />
      ))}
    </div>
  );
}

/** A field with its label and help in the language of the page. */
export const inWords = <F extends Field>(field: F, path: string): F => ({
  ...field,
  label: wordOf(`${path}.label`, field.label),
  help: wordOf(`${path}.help`, field.help),
});
