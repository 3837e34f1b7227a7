/** From the text that a visitor types to the value of a field, and back. What is not a value gives a sentence that says
 *  what would be. */
import * as v from "valibot";
import type { Field, NumberField } from "../../src/engine";
import { fieldSchema } from "../../src/engine";

/** A value, or what is wrong. */
export type Reading = { readonly value: unknown } | { readonly problem: string };

/** Checks a value against its field. */
export function checkValue(field: Field, value: unknown): Reading {
  const result = v.safeParse(fieldSchema(field), value);
  if (result.success) return { value };
  const message = result.issues[0].message;
  return { problem: `${message.charAt(0).toUpperCase()}${message.slice(1)}.` };
}

/** Reads a number; a comma may stand for the decimal point. */
export function readNumber(field: Field, text: string): Reading {
  const trimmed = text.trim().replace(",", ".");
  return checkValue(field, trimmed === "" ? undefined : Number(trimmed));
}

/** Reads a shape, its numbers apart by `×`, `x`, a comma or a space. */
export function readShape(field: Field, text: string): Reading {
  const parts = text.split(/[\s,x×]+/i).filter((part) => part !== "");
  return checkValue(field, parts.map(Number));
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
