/** A number: typed, stepped with the arrow keys, and for a ladder or a short range also slid. */
import { Slider } from "@mantine/core";
import type { NumberField } from "../../src/engine";
import { DraftInput } from "./DraftInput";
import type { ControlProps } from "./control";
import { FieldRow } from "./FieldRow";
import type { Reading } from "./text";
import { readNumber, showNumber, stepNumber } from "./text";
import { useDraftText } from "./useDraftText";
import { t } from "../common/words";

const MAX_SLIDER_STEPS = 40;

/** Whether every value of the field is a stop of a slider that a hand can hit. */
const isSlidable = ({ min, max, step, whole }: NumberField): boolean =>
  !whole && (max - min) / step <= MAX_SLIDER_STEPS;

export function NumberControl({ id, field, value, onChange }: ControlProps<NumberField>) {
  const read = (text: string): Reading => readNumber(field, text);
  const draft = useDraftText({ value, show: showNumber, read, onChange });
  const number = typeof value === "number" ? value : field.default;
  const change = (next: number): void => {
    draft.forget();
    onChange(next, true);
  };
  const step = (direction: 1 | -1, isLarge: boolean): void => {
    const typed = read(draft.text);
    change(stepNumber(field, "value" in typed ? Number(typed.value) : number, direction, isLarge));
  };
  return (
    <FieldRow
      id={id}
      label={field.label}
      help={field.help}
      problem={draft.problem}
      below={<NumberSlider field={field} value={number} onChange={change} />}
    >
      <DraftInput id={id} w="100%" inputMode={field.whole ? "numeric" : "decimal"} draft={draft} onStep={step} />
    </FieldRow>
  );
}

interface NumberSliderProps {
  readonly field: NumberField;
  readonly value: number;
  readonly onChange: (value: number) => void;
}

function NumberSlider({ field, value, onChange }: NumberSliderProps) {
  const { ladder, label, min, max, step } = field;
  if (ladder) {
    return (
      <Slider
        size="sm"
        min={0}
        max={ladder.length - 1}
        step={1}
        value={nearestRung(ladder, value)}
        // Not the rung's: a typed value may lie between two.
        label={showNumber(value)}
        thumbLabel={t("field.slider", { label })}
        thumbProps={{ "aria-valuetext": showNumber(value) }}
        onChange={(rung) => onChange(ladder[rung] ?? value)}
      />
    );
  }
  if (!isSlidable(field)) return null;
  return (
    <Slider
      size="sm"
      min={min}
      max={max}
      step={step}
      value={value}
      label={showNumber}
      thumbLabel={t("field.slider", { label })}
      onChange={(next) => onChange(Number(next.toPrecision(10)))}
    />
  );
}

/** The rung closest to a value by ratio, because ladders climb by ratios. */
function nearestRung(ladder: readonly number[], value: number): number {
  const distance = (rung: number): number => Math.abs(Math.log(Math.max(value, 1e-12) / rung));
  return ladder.reduce((best, rung, i) => (distance(rung) < distance(ladder[best] ?? rung) ? i : best), 0);
}
