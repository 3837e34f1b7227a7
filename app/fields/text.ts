/** From the text that a visitor types to the value of a field, and back. What is not a value gives the words for what
 *  would be. */
import * as v from "valibot";
import type { Field, NumberField, Said } from "../../src/engine";
import { expectationOf, fieldSchema, say } from "../../src/engine";
import { t } from "../common/words";

/** A value, or what was expected of it, as in "a number from 0 to 10". */
export type Reading = { readonly value: unknown } | { readonly expected: Said };

/** Checks a value against its field. */
export function checkValue(field: Field, value: unknown): Reading {
  return v.is(fieldSchema(field), value) ? { value } : { expected: expectationOf(field) };
}

const GROUPED_BY_COMMAS = /^[1-9]\d{0,2}(,\d{3})+$/;
const GROUPED_BY_POINTS = /^[1-9]\d{0,2}(\.\d{3})+$/;

/** The whole number that a text is, which commas may group, as the page itself does; NaN for others, and for 60.000, which is
 *  sixty to some and sixty thousand to others. */
export function wholeOf(text: string): number {
  const trimmed = text.trim();
  if (trimmed === "" || GROUPED_BY_POINTS.test(trimmed)) return NaN;
  return Number(GROUPED_BY_COMMAS.test(trimmed) ? trimmed.replaceAll(",", "") : trimmed);
}

/** Reads a number. In those that may have a fraction a comma may stand for the decimal point. What means one number to some
 *  and a thousand times as much to others is refused: 60.000 as a whole number, 1,000 as any other. */
export function readNumber(field: NumberField, text: string): Reading {
  const trimmed = text.trim();
  const other = field.whole ? GROUPED_BY_POINTS : GROUPED_BY_COMMAS;
  if (other.test(trimmed)) {
    return {
      expected: say(field.whole ? "field.withoutPoint" : "field.withPoint", { expected: expectationOf(field) }),
    };
  }
  const number = field.whole ? wholeOf(trimmed) : trimmed === "" ? NaN : Number(trimmed.replace(",", "."));
  return checkValue(field, number);
}

/** Reads a shape, its numbers apart by `×`, `x`, a comma or a space. */
export function readShape(field: Field, text: string): Reading {
  const parts = text.split(/[\s,x×]+/i).filter((part) => part !== "");
  return checkValue(field, parts.map(wholeOf));
}

const LONGEST_QUOTED = 24;

/** Why a text was given up for the value before it. */
export function refusalOf(text: string, expected: Said): string {
  const trimmed = text.trim();
  if (trimmed === "") return t("field.keptOld", { expected });
  const quoted = trimmed.length > LONGEST_QUOTED ? `${trimmed.slice(0, LONGEST_QUOTED)}…` : trimmed;
  return t("field.notUsed", { text: quoted, expected });
}

/** A number as it is typed: without grouping or needless zeros. */
export function showNumber(value: unknown): string {
  if (typeof value !== "number") return "";
  return value !== 0 && Math.abs(value) < 1e-6 ? value.toExponential() : String(Number(value.toPrecision(10)));
}

/** The next value up or down. @param isLarge ten steps at once; for whole numbers without a ladder, twice or half */
export function stepNumber(field: NumberField, value: number, direction: 1 | -1, isLarge: boolean): number {
  const { min, max, step, whole, ladder } = field;
  const clamp = (next: number): number => Math.min(Math.max(next, min), max);
  if (ladder && !isLarge) {
    const next =
      direction > 0
        ? ladder.find((rung) => rung > value * (1 + 1e-9))
        : ladder.findLast((rung) => rung < value * (1 - 1e-9));
    return next ?? value;
  }
  if (whole && isLarge) return clamp(direction > 0 ? Math.max(value * 2, 1) : Math.floor(value / 2));
  const moved = value + direction * step * (isLarge ? 10 : 1);
  return clamp(Number(moved.toPrecision(10)));
}
