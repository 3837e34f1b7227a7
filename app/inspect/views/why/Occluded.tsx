/** An image with a window over it, which the visitor moves; what the score loses there was computed for every place of it. */
import { type KeyboardEvent, type PointerEvent, useId, useState } from "react";
import type { Why } from "../../../../src/engine";
import { formatScore } from "../../../common/format";
import { t } from "../../../common/words";
import { Picture } from "../Picture";
import classes from "./WhyView.module.css";

interface OccludedProps {
  readonly values: Float32Array;
  /** `[H, W, C]` */
  readonly imageShape: readonly number[];
  readonly answer: Why;
}

const clamp = (value: number, most: number): number => Math.max(0, Math.min(most, value));

const steps: Readonly<Record<string, readonly [number, number]>> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
};

export function Occluded({ values, imageShape, answer }: OccludedProps) {
  const [height = 1, width = 1] = imageShape;
  const { shape, values: losses, window, stride, score } = answer;
  const [rows = 1, columns = 1] = shape;
  // Where the loss is greatest, until the visitor moves it.
  const [moved, setMoved] = useState<readonly [number, number] | null>(null);
  const worst = losses.indexOf(Math.max(...losses));
  const [row, column] = moved ?? [Math.floor(worst / columns), worst % columns];
  const top = Math.min(row * stride, height - window);
  const left = Math.min(column * stride, width - window);
  const lost = losses[row * columns + column] ?? NaN;
  const told = useId();
  const point = ({ nativeEvent: { offsetX, offsetY }, currentTarget }: PointerEvent<HTMLElement>): void => {
    const at = (offset: number, shown: number, side: number, most: number): number =>
      clamp(Math.round(((offset / shown) * side - window / 2) / stride), most - 1);
    setMoved([
      at(offsetY, currentTarget.clientHeight, height, rows),
      at(offsetX, currentTarget.clientWidth, width, columns),
    ]);
  };
  const press = (event: KeyboardEvent): void => {
    const step = steps[event.key];
    if (!step) return;
    event.preventDefault();
    setMoved([clamp(row + step[0], rows - 1), clamp(column + step[1], columns - 1)]);
  };
  const share = (part: number, of: number): string => `${(100 * part) / of}%`;
  return (
    <figure className={classes.occluded}>
      <div
        role="application"
        aria-label={t("inspect.window")}
        aria-describedby={told}
        tabIndex={0}
        className={classes.sheet}
        onPointerMove={point}
        onPointerDown={point}
        onKeyDown={press}
      >
        <Picture values={values} shape={imageShape} className={classes.image} />
        <span
          className={classes.window}
          style={{
            top: share(top, height),
            left: share(left, width),
            width: share(window, width),
            height: share(window, height),
          }}
        />
      </div>
      <figcaption id={told} className={classes.covered} aria-live="polite">
        {t("inspect.covered", { lost: formatScore(lost), left: formatScore(score - lost) })}
      </figcaption>
    </figure>
  );
}
