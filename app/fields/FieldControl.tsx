/** The control of one field, whatever its kind. A new kind of field gets its control here and nowhere else. */
import { ChoiceControl } from "./ChoiceControl";
import type { ControlProps } from "./control";
import { FlagControl } from "./FlagControl";
import { NumberControl } from "./NumberControl";
import { PairControl } from "./PairControl";
import { ShapeControl } from "./ShapeControl";

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
