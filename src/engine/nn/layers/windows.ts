/** Output shapes of layers that slide a window over an image. */
import { DescentError } from "../../errors";
import type { TensorType } from "../../graph/type";
import type { Padding } from "../../ops/window";
import { windowAxis } from "../../ops/window";
import { f32, type ShapeProblem } from "../layer";
import { say } from "../../words/said";

/** The settings of a sliding window, height before width. */
export interface Window {
  readonly window: readonly [number, number];
  readonly strides: readonly [number, number];
  readonly dilation: readonly [number, number];
  readonly padding: Padding;
}

/** `[H, W, C]` to `[H', W', channels]`, or a problem when the window is larger than the image.
 *  @param key of the setting that is the window */
export function slideWindows(
  { shape: input }: TensorType,
  settings: Window,
  channels: number,
  key: string,
): TensorType | ShapeProblem {
  const { window, strides, dilation, padding } = settings;
  try {
    const size = [0, 1].map((axis) =>
      windowAxis("window", {
        input: input[axis]!,
        kernel: window[axis]!,
        stride: strides[axis]!,
        dilation: dilation[axis]!,
        padding,
      }),
    );
    return f32([size[0]!.output, size[1]!.output, channels]);
  } catch (error) {
    if (!(error instanceof DescentError)) throw error;
    const span = [0, 1].map((axis) => (window[axis]! - 1) * dilation[axis]! + 1);
    const largest = [0, 1].map((axis) => Math.min(window[axis]!, Math.floor((input[axis]! - 1) / dilation[axis]!) + 1));
    return {
      needs: say("fit.window", { span, window }),
      advice: say("fit.smallerWindow"),
      fix: { kind: "set", key, value: largest },
    };
  }
}
