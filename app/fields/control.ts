// What the controls of fields have in common. Types only.
import type { Field } from "../../src/engine";

/** Takes valid values only. @param isGradual one of a row of changes that are undone together: by arrow keys, a slider */
export type ChangeValue = (value: unknown, isGradual?: boolean) => void;

/** What every control is given. */
export interface ControlProps<F extends Field = Field> {
  readonly id: string;
  readonly field: F;
  readonly value: unknown;
  readonly onChange: ChangeValue;
}
