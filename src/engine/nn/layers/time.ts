/** What layers of series share: they are the layers of images of one row. Output shapes, problems, fields. */
import { whole } from "../../fields";
import type { Node } from "../../graph/node";
import type { TensorType } from "../../graph/type";
import { reshape } from "../../ops/layout";
import { f32, isProblem, type ShapeProblem } from "../layer";
import { slideWindows } from "./windows";
import { say } from "../../words/said";

/** `[N, T, C]` as images of one row, `[N, 1, T, C]`. */
export function asRow(x: Node): Node {
  const [samples = 1, steps = 1, channels = 1] = x.shape;
  return reshape(x, [samples, 1, steps, channels]);
}

/** And back. */
export function fromRow(x: Node): Node {
  const [samples = 1, , steps = 1, channels = 1] = x.shape;
  return reshape(x, [samples, steps, channels]);
}

/** A window of time. */
export interface TimeWindow {
  readonly window: number;
  readonly strides: number;
  readonly dilation: number;
  readonly padding: "valid" | "same";
}

/** `[T, C]` to `[T', channels]`, or a problem when the window is longer than the series. @param key of the setting that is the
 *  window */
export function slideThroughTime(
  { shape, dtype }: TensorType,
  { window, strides, dilation, padding }: TimeWindow,
  channels: number,
  key: string,
): TensorType | ShapeProblem {
  const row = { shape: [1, ...shape], dtype };
  const settings = { window: [1, window], strides: [1, strides], dilation: [1, dilation], padding } as const;
  const output = slideWindows(row, settings, channels, key);
  if (!isProblem(output)) return f32(output.shape.slice(1));
  const [steps = 1] = shape;
  return {
    needs: say("fit.windowOfTime", { span: (window - 1) * dilation + 1, window }),
    advice: say("fit.smallerWindow"),
    fix: { kind: "set", key, value: Math.min(window, Math.floor((steps - 1) / dilation) + 1) },
  };
}

/** How many steps of time a window has. */
export const timeField = (label: string, initial: number) =>
  whole({ label, help: "How many steps of time the window spans.", min: 1, max: 128, default: initial });

/** How far a window of time moves. */
export const timeStrideField = (initial: number) =>
  whole({ label: "Strides", help: "How many steps of time the window moves on.", min: 1, max: 128, default: initial });
