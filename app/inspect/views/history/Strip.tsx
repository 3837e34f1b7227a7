/** One sample over all validations: filled where it was told right. */
import type { SampleHistory } from "../../../../src/engine";
import { t } from "../../../common/words";
import { wasRight } from "./kinds";
import classes from "./HistoryView.module.css";

const SIZE = { width: 240, height: 18 };

export function Strip({ history, sample }: { readonly history: SampleHistory; readonly sample: number }) {
  const { steps } = history;
  const right = steps.map((_, k) => wasRight(history, k, sample));
  const width = Math.min(16, SIZE.width / Math.max(1, steps.length));
  const gap = width > 4 ? 1.5 : 0;
  return (
    <svg
      className={classes.strip}
      viewBox={`0 0 ${SIZE.width} ${SIZE.height}`}
      role="img"
      aria-label={t("inspect.rightIn", { right: right.filter(Boolean).length, all: steps.length })}
    >
      {right.map((isRight, k) => (
        <rect
          key={steps[k]}
          x={k * width}
          y={isRight ? 1 : SIZE.height - 6}
          width={width - gap}
          height={isRight ? SIZE.height - 2 : 5}
          data-right={isRight}
        >
          <title>{t(isRight ? "inspect.rightAt" : "inspect.wrongAt", { step: steps[k] ?? 0 })}</title>
        </rect>
      ))}
    </svg>
  );
}
