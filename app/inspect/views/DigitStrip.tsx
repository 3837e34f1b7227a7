/** Test digits with what the model takes them for. The one pointed at, or focused, shows all the model says of it. */
import { IconCheck, IconX } from "@tabler/icons-react";
import type { KeyboardEvent } from "react";
import { useState } from "react";
import { formatScore, formatSureness } from "../../common/format";
import { Picture } from "./Picture";
import type { Classified, Verdict } from "./readPredictions";
import { describeVerdict, fillOf } from "./readPredictions";
import { t } from "../../common/words";
import classes from "./DigitStrip.module.css";

const digitElementId = (index: number): string => `digit-${index}`;

export function DigitStrip({ classified }: { readonly classified: Classified }) {
  const { verdicts, classNames, areProbabilities, input } = classified;
  const [chosen, setChosen] = useState(0);
  const shown = verdicts[chosen] ?? verdicts[0];
  const onKeyDown = (event: KeyboardEvent): void => {
    const by = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    const next = chosen + by;
    if (by === 0 || !verdicts[next]) return;
    event.preventDefault();
    setChosen(next);
    document.getElementById(digitElementId(next))?.focus();
  };
  return (
    <>
      {shown && <Outputs verdict={shown} classified={classified} />}
      <div className={classes.strip} role="group" aria-label={t("results.digits")} onKeyDown={onKeyDown}>
        {verdicts.map((verdict) => (
          <Digit
            key={verdict.index}
            verdict={verdict}
            name={classNames[verdict.predicted] ?? ""}
            label={classNames[verdict.label] ?? ""}
            areProbabilities={areProbabilities}
            shape={input.shape}
            isChosen={verdict.index === chosen}
            onChoose={setChosen}
          />
        ))}
      </div>
    </>
  );
}

interface DigitProps {
  readonly verdict: Verdict;
  readonly name: string;
  readonly label: string;
  readonly areProbabilities: boolean;
  /** `[H, W, C]` */
  readonly shape: readonly number[];
  readonly isChosen: boolean;
  readonly onChoose: (index: number) => void;
}

function Digit({ verdict, name, label, areProbabilities, shape, isChosen, onChoose }: DigitProps) {
  const { index, input, isRight, predicted, outputs } = verdict;
  const output = outputs[predicted] ?? 0;
  const strength = areProbabilities
    ? t("results.sure", { percent: formatSureness(output) })
    : t("results.scored", { score: formatScore(output) });
  const Mark = isRight ? IconCheck : IconX;
  return (
    <button
      id={digitElementId(index)}
      type="button"
      className={classes.digit}
      data-right={isRight}
      data-chosen={isChosen || undefined}
      tabIndex={isChosen ? 0 : -1}
      aria-label={t(isRight ? "results.rightDigit" : "results.wrongDigit", { label, says: name, strength })}
      onPointerEnter={() => onChoose(index)}
      onFocus={() => onChoose(index)}
      onClick={() => onChoose(index)}
    >
      <Picture values={input} shape={shape} className={classes.image} />
      <span className={classes.verdict}>
        <Mark size={11} stroke={3} aria-hidden />
        <span>{name}</span>
      </span>
    </button>
  );
}

/** Characters that fit below a bar of ten in the room that digits have. */
const SHORT_NAME = 2;

interface OutputsProps {
  readonly verdict: Verdict;
  readonly classified: Classified;
}

function Outputs({ verdict, classified }: OutputsProps) {
  const { predicted, label, outputs } = verdict;
  return (
    <div
      className={classes.detail}
      data-long-names={classified.classNames.some((name) => name.length > SHORT_NAME) || undefined}
    >
      <p className={classes.sentence}>{describeVerdict(verdict, classified)}</p>
      <div className={classes.bars} aria-hidden>
        {classified.classNames.map((name, i) => (
          <span
            key={name}
            className={classes.barSlot}
            data-predicted={i === predicted || undefined}
            data-label={i === label || undefined}
          >
            <span className={classes.barTrack} data-track>
              <span className={classes.bar} data-bar style={{ height: `${fillOf(outputs, i) * 100}%` }} />
            </span>
            <span className={classes.barName}>{name}</span>
          </span>
        ))}
      </div>
    </div>
  );
}
