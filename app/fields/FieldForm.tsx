/** A form for a set of fields: what the inspector shows of a layer, an optimizer or a schedule. */
import type { Config, Fields } from "../../src/engine";
import { settingOf } from "../../src/engine";
import type { ChangeValue } from "./control";
import { FieldControl } from "./FieldControl";
import classes from "./FieldForm.module.css";

interface FieldFormProps {
  /** Begins the ids of the controls, so that each is unique on the page. */
  readonly prefix: string;
  readonly fields: Fields;
  readonly config: Config;
  /** Two fields in a line, each with its label above it. */
  readonly isDense?: boolean;
  readonly onChange: (key: string, ...change: Parameters<ChangeValue>) => void;
}

/** The id of the control of a field. */
export const fieldElementId = (prefix: string, key: string): string => `${prefix}-${key}`;

export function FieldForm({ prefix, fields, config, isDense = false, onChange }: FieldFormProps) {
  const entries = Object.entries(fields);
  if (entries.length === 0) return null;
  return (
    <div className={classes.form} data-dense={isDense || undefined}>
      {entries.map(([key, field]) => (
        <FieldControl
          key={`${prefix}-${key}`}
          id={fieldElementId(prefix, key)}
          field={field}
          value={settingOf(fields, config, key)}
          onChange={(...change) => onChange(key, ...change)}
        />
      ))}
    </div>
  );
}
