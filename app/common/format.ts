/** Numbers as people read them. Each function is for one kind of quantity, so that the page shows a kind the same way
 *  everywhere. */
import type { CurveInfo } from "../../src/engine";
import { formats, t } from "./words";

/** `101,770`. */
export const formatCount = (value: number): string => formats().count(value);

/** `47.2 MB`, in powers of ten. */
export const formatBytes = (bytes: number): string => formats().bytes(bytes);

/** `28×28×1`; a scalar reads `scalar`. */
export const formatShape = (shape: readonly number[]): string => formats().shape(shape);

/** `102K`, for a rate or where there is little room. */
export const formatCompact = (value: number): string => formats().compact(value);

/** Epochs done: `1.3`, to hundredths. */
export const formatEpoch = (value: number): string => formats().hundredths(value);

/** A loss, to four figures: `0.2315`, `12.34`, `12,345`, `3.10e-7`; `not finite` when it is not. */
export function formatLoss(value: number): string {
  if (!Number.isFinite(value)) return t("number.notFinite");
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size < 1e-4 || size >= 999_999.5) return value.toExponential(2);
  if (size >= 9999.5) return formatCount(value);
  return size < 1 ? value.toFixed(4) : value.toPrecision(4);
}

/** Means of ones may be off by so much. */
const ROUNDING = 1e-6;

/** A share from 0 to 1 as `97.53%`. Only 1 is 100%: what would be rounded up to it is rounded down. */
export function formatPercent(value: number, digits = 2): string {
  if (!Number.isFinite(value)) return t("number.notFinite");
  const most = value < 1 - ROUNDING ? 100 - 10 ** -digits : Infinity;
  return `${Math.min(value * 100, most).toFixed(digits)}%`;
}

/** How sure a model is, from 0 to 1, as `97.5%`; never `100%`, which it cannot know. */
export const formatSureness = (probability: number): string =>
  probability > 0.9995 ? t("number.over", { value: "99.9%" }) : formatPercent(probability, 1);

/** A loss or a metric as its description says; a dash where there is none. */
export function formatCurve({ format, unit }: Pick<CurveInfo, "format" | "unit">, value: number | undefined): string {
  if (value === undefined) return "–";
  return format === "percent" ? formatPercent(value) : `${formatLoss(value)}${unit === "" ? "" : ` ${unit}`}`;
}

/** How many characters the longest value of a curve takes: `1.23e-10`, `-0.4321`, `123,456` with a space and the unit, or
 *  `97.53%`. */
export const roomOf = ({ format, unit }: Pick<CurveInfo, "format" | "unit">): number =>
  format === "percent" ? 7 : 8 + (unit === "" ? 0 : 1 + unit.length);

/** A number of any kind, as a model says it or reads it, to three figures: `2.31`, `-0.4`. */
export function formatScore(value: number): string {
  return Number.isFinite(value) ? String(Number(value.toPrecision(3))) : t("number.notFinite");
}

/** `0.001`, without trailing zeros or `1e-3`. */
export function formatRate(value: number): string {
  return value !== 0 && Math.abs(value) < 1e-6 ? value.toExponential() : String(Number(value.toPrecision(6)));
}

/** A setting: `0.001`, `on`, `3×3`, `relu`. */
export function formatSetting(value: unknown): string {
  if (typeof value === "number") return formatRate(value);
  if (typeof value === "boolean") return t(value ? "number.on" : "number.off");
  return Array.isArray(value) ? value.map(formatSetting).join("×") : String(value);
}

/** `3.2 s`, `0:42`, `12:05`, `1:02:03`. */
export function formatDuration(milliseconds: number): string {
  if (milliseconds < 10_000) return t("number.seconds", { value: (Math.max(0, milliseconds) / 1000).toFixed(1) });
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  const pad = (value: number): string => String(value).padStart(2, "0");
  const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  return hours > 0 ? `${hours}:${pad(minutes)}:${pad(rest)}` : `${minutes}:${pad(rest)}`;
}

/** `40 s`, `3 min`: a guess, rounded up to tens of seconds where it is short, and otherwise to whole minutes. */
export function formatRoughDuration(milliseconds: number): string {
  const seconds = Math.max(10, Math.ceil(milliseconds / 10_000) * 10);
  return seconds > 90
    ? t("number.minutes", { value: String(Math.round(milliseconds / 60_000)) })
    : t("number.seconds", { value: String(seconds) });
}

/** `12.3 ms`, `4.56 µs`: a short time, to three figures. */
export function formatMilliseconds(milliseconds: number): string {
  if (milliseconds >= 1000) {
    return t("number.seconds", { value: (milliseconds / 1000).toFixed(milliseconds < 10_000 ? 1 : 0) });
  }
  const isShort = milliseconds < 1;
  const number = isShort ? milliseconds * 1000 : milliseconds;
  const value = number.toFixed(number < 10 ? 2 : number < 100 ? 1 : 0);
  return t(isShort ? "number.microseconds" : "number.milliseconds", { value });
}

/** `0.41 MFLOP`, floating-point operations. */
export function formatFlops(flops: number): string {
  if (flops < 1e3) return t("number.flop", { value: formatCount(flops) });
  if (flops < 1e6) return t("number.kiloFlop", { value: (flops / 1e3).toFixed(1) });
  if (flops < 1e9) return t("number.megaFlop", { value: (flops / 1e6).toFixed(flops < 1e7 ? 2 : 1) });
  return t("number.gigaFlop", { value: (flops / 1e9).toFixed(2) });
}
