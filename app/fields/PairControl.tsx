/** Height and width, side by side. */
import type { PairField } from "../../src/engine";
import { DraftInput } from "./DraftInput";
import type { ControlProps } from "./control";
import { FieldRow } from "./FieldRow";
import type { Reading } from "./text";
import { checkValue, showNumber, wholeOf } from "./text";
import type { DraftOptions } from "./useDraftText";
import { useDraftText } from "./useDraftText";
import { t } from "../common/words";
import classes from "./PairControl.module.css";

const SIDES = ["field.height", "field.width"] as const;

export function PairControl({ id, field, value, onChange }: ControlProps<PairField>) {
  const pair = pairOf(field, value);
  const withSide = (side: number, number: number): Reading =>
    checkValue(
      field,
      pair.map((other, i) => (i === side ? number : other)),
    );
  const draftOf = (side: number): DraftOptions => ({
    value,
    show: (shown) => showNumber(pairOf(field, shown)[side]),
    read: (text) => withSide(side, wholeOf(text)),
    onChange,
  });
  const drafts = [useDraftText(draftOf(0)), useDraftText(draftOf(1))];
  const problem = drafts.map((draft) => draft.problem).find((found) => found !== undefined);
  const step = (side: number, typed: string, direction: 1 | -1): void => {
    const from = Number.isInteger(Number(typed)) ? Number(typed) : Number(pair[side]);
    const reading = withSide(side, from + direction);
    drafts[side]?.forget();
    if ("value" in reading) onChange(reading.value, true);
  };
  return (
    <FieldRow id={id} label={field.label} help={field.help} problem={problem} isGroup>
      {drafts.map((draft, side) => (
        <span key={SIDES[side]} className={classes.side}>
          {side > 0 && <span aria-hidden>×</span>}
          <DraftInput
            id={side === 0 ? id : `${id}-width`}
            messageOf={id}
            inputMode="numeric"
            aria-label={t(SIDES[side] ?? SIDES[0], { label: field.label })}
            draft={draft}
            onStep={(direction) => step(side, draft.text, direction)}
          />
        </span>
      ))}
    </FieldRow>
  );
}

const pairOf = (field: PairField, value: unknown): readonly unknown[] => (Array.isArray(value) ? value : field.default);
