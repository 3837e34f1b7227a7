/** All units of a layer as pictures, of which one is chosen by pressing it or by arrow keys. */
import { type KeyboardEvent, memo, useMemo, useRef } from "react";
import type { Weights } from "../../../../src/engine";
import { formatScore } from "../../../common/format";
import { t } from "../../../common/words";
import { Canvas } from "./Canvas";
import { countOf, paintUnit, summed, unitOf } from "./paint";
import classes from "./WeightsView.module.css";

interface UnitSheetProps {
  readonly weights: Weights;
  /** The chosen one, counted from the layer's first. */
  readonly unit: number;
  readonly onChoose: (unit: number) => void;
}

const STEPS: Readonly<Record<string, number>> = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };

export function UnitSheet({ weights, unit, onChoose }: UnitSheetProps) {
  const group = useRef<HTMLDivElement>(null);
  const { from } = weights;
  const count = countOf(weights);
  const move = (event: KeyboardEvent): void => {
    const step = STEPS[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const next = Math.min(from + count - 1, Math.max(from, unit + step));
    onChoose(next);
    group.current?.querySelectorAll("button")[next - from]?.focus();
  };
  return (
    <div
      ref={group}
      className={classes.units}
      data-sheet={weights.channels > 4 || undefined}
      role="radiogroup"
      aria-label={t("inspect.chooseUnit")}
      tabIndex={-1}
      onKeyDown={move}
    >
      {Array.from({ length: count }, (_, i) => (
        <UnitPicture
          key={from + i}
          weights={weights}
          at={i}
          isChosen={from + i === unit}
          // Where the chosen one is on another page, the first can be reached.
          isReached={from + i === unit || (i === 0 && (unit < from || unit >= from + count))}
          onChoose={onChoose}
        />
      ))}
    </div>
  );
}

interface UnitPictureProps {
  readonly weights: Weights;
  readonly at: number;
  readonly isChosen: boolean;
  readonly isReached: boolean;
  readonly onChoose: (unit: number) => void;
}

const UnitPicture = memo(function UnitPicture({ weights, at, isChosen, isReached, onChoose }: UnitPictureProps) {
  const painted = useMemo(() => paintUnit(weights, at), [weights, at]);
  const { low, high } = useMemo(() => summed(unitOf(weights, at)), [weights, at]);
  const unit = weights.from + at;
  return (
    <button
      type="button"
      role="radio"
      aria-checked={isChosen}
      aria-label={t("inspect.unitIs", { unit: unit + 1, low: formatScore(low), high: formatScore(high) })}
      tabIndex={isReached ? 0 : -1}
      className={classes.unit}
      onClick={() => onChoose(unit)}
    >
      <Canvas painted={painted} className={classes.picture} />
      <span className={classes.number}>{unit + 1}</span>
    </button>
  );
});
