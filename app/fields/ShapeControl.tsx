/** A shape, typed as `28×28×1`. */
import type { ShapeField } from "../../src/engine";
import { DraftInput } from "./DraftInput";
import type { ControlProps } from "./control";
import { FieldRow } from "./FieldRow";
import { readShape } from "./text";
import { useDraftText } from "./useDraftText";
import { t } from "../common/words";
import { formatShape } from "../common/format";

export function ShapeControl({ id, field, value, onChange }: ControlProps<ShapeField>) {
  const show = (shape: unknown): string => formatShape(Array.isArray(shape) ? shape : field.default);
  const draft = useDraftText({ value, show, read: (text) => readShape(field, text), onChange });
  return (
    <FieldRow id={id} label={field.label} help={t("field.shapeHelp", { help: field.help })} problem={draft.problem}>
      <DraftInput id={id} w="100%" draft={draft} />
    </FieldRow>
  );
}
