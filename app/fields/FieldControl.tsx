/** The control of one field, whatever its kind. A new kind of field gets its control here and nowhere else. */
import type { Field } from "../../src/engine";
import { ChoiceControl } from "./ChoiceControl";
import { FlagControl } from "./FlagControl";
import { NumberControl } from "./NumberControl";
import { PairControl } from "./PairControl";
import { ShapeControl } from "./ShapeControl";

/** Takes valid values only. @param isGradual one of a row of changes that are undone together: by arrow keys, a slider */
export type ChangeValue = (value: unknown, isGradual?: boolean) => void;

/** What every control is given. */
export interface ControlProps<F extends Field = Field> {
  readonly id: string;
  readonly field: F;
  readonly value: unknown;
  readonly onChange: ChangeValue;
}

export function FieldControl({ field, ...rest }: ControlProps) {
  switch (field.kind) {
    case "number":
      return <NumberControl field={field} {...rest} />;
    case "pair":
      return <PairControl field={field} {...rest} />;
    case "shape":
      return <ShapeControl field={field} {...rest} />;
    case "choice":
      return <ChoiceControl field={field} {...rest} />;
    case "flag":
      return <FlagControl field={field} {...rest} />;
  }
}
