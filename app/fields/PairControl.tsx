/** Height and width, side by side. */
import { TextInput } from "@mantine/core";
import type { KeyboardEvent } from "react";
import type { PairField } from "../../src/engine";
import type { ControlProps } from "./FieldControl";
import { FieldRow, messageId } from "./FieldRow";
import type { Reading } from "./text";
import { checkValue, showNumber } from "./text";
import { useDraftText } from "./useDraftText";
import classes from "./PairControl.module.css";

const SIDES = ["height", "width"] as const;

export function PairControl({ id, field, value, onChange }: ControlProps<PairField>) {
  const pair = Array.isArray(value) ? value : field.default;
  const read =
    (side: number) =>
    (text: string): Reading => {
      const number = text.trim() === "" ? NaN : Number(text);
      return checkValue(
        field,
        pair.map((other: unknown, i) => (i === side ? number : other)),
      );
    };
  const drafts = [
    useDraftText(showNumber(pair[0]), read(0), onChange),
    useDraftText(showNumber(pair[1]), read(1), onChange),
  ];
  const problem = drafts.map((draft) => draft.problem).find((found) => found !== undefined);
  const stepSide = (side: number, event: KeyboardEvent): void => {
    if (event.key !== "ArrowUp" && event.key !== "ArrowDown") return;
    event.preventDefault();
    const by = event.key === "ArrowUp" ? 1 : -1;
    const reading = checkValue(
      field,
      pair.map((other: unknown, i) => (i === side ? Number(other) + by : other)),
    );
    drafts[side]?.settle();
    if ("value" in reading) onChange(reading.value);
  };
  return (
    <FieldRow id={id} label={field.label} help={field.help} problem={problem} isGroup>
      {drafts.map((draft, side) => (
        <span key={SIDES[side]} className={classes.side}>
          {side > 0 && <span aria-hidden>×</span>}
          <TextInput
            id={side === 0 ? id : `${id}-width`}
            inputMode="numeric"
            autoComplete="off"
            aria-label={`${field.label}, ${SIDES[side]}`}
            value={draft.text}
            error={draft.problem !== undefined}
            aria-describedby={draft.problem === undefined ? undefined : messageId(id)}
            onChange={({ currentTarget }) => draft.type(currentTarget.value)}
            onKeyDown={(event) => stepSide(side, event)}
            onBlur={draft.settle}
          />
        </span>
      ))}
    </FieldRow>
  );
}
