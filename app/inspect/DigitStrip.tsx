/** Test digits with what the model takes them for. The one pointed at, or focused, shows all the model says of it. */
import { IconCheck, IconX } from "@tabler/icons-react";
import type { KeyboardEvent } from "react";
import { memo, useEffect, useRef, useState } from "react";
import type { Predictions } from "../../src/engine";
import { formatPercent, formatScore } from "../format";
import type { Verdict } from "./readPredictions";
import { describeVerdict, fillOf, toPixels } from "./readPredictions";
import classes from "./DigitStrip.module.css";

interface DigitStripProps {
  readonly verdicts: readonly Verdict[];
  readonly predictions: Predictions;
  /** Height and width of a digit in pixels. */
  readonly size: readonly [number, number];
}

const digitElementId = (index: number): string => `digit-${index}`;

export function DigitStrip({ verdicts, predictions, size }: DigitStripProps) {
  const { classNames, areProbabilities } = predictions;
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
      {shown && <Outputs verdict={shown} predictions={predictions} />}
      <div className={classes.strip} role="group" aria-label="Test digits" onKeyDown={onKeyDown}>
        {verdicts.map((verdict) => (
          <Digit
            key={verdict.index}
            verdict={verdict}
            name={classNames[verdict.predicted] ?? ""}
            label={classNames[verdict.label] ?? ""}
            areProbabilities={areProbabilities}
            size={size}
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
  readonly size: readonly [number, number];
  readonly isChosen: boolean;
  readonly onChoose: (index: number) => void;
}

function Digit({ verdict, name, label, areProbabilities, size, isChosen, onChoose }: DigitProps) {
  const { index, input, isRight, predicted, outputs } = verdict;
  const output = outputs[predicted] ?? 0;
  const strength = areProbabilities ? `${formatPercent(output, 0)} sure` : `score ${formatScore(output)}`;
  const Mark = isRight ? IconCheck : IconX;
  return (
    <button
      id={digitElementId(index)}
      type="button"
      className={classes.digit}
      data-right={isRight}
      data-chosen={isChosen || undefined}
      tabIndex={isChosen ? 0 : -1}
      aria-label={`A ${label}, taken for ${name}, ${isRight ? "right" : "wrong"}, ${strength}`}
      onPointerEnter={() => onChoose(index)}
      onFocus={() => onChoose(index)}
      onClick={() => onChoose(index)}
    >
      <DigitImage input={input} size={size} />
      <span className={classes.verdict}>
        <Mark size={11} stroke={3} aria-hidden />
        {name}
      </span>
    </button>
  );
}

const DigitImage = memo(
  function DigitImage({ input, size: [height, width] }: Pick<DigitProps, "size"> & { readonly input: Float32Array }) {
    const canvas = useRef<HTMLCanvasElement>(null);
    useEffect(() => {
      canvas.current?.getContext("2d")?.putImageData(new ImageData(toPixels(input), width, height), 0, 0);
    }, [input, width, height]);
    return <canvas ref={canvas} width={width} height={height} className={classes.image} aria-hidden />;
  },
  (before, after) => before.input.every((value, i) => value === after.input[i]),
);

interface OutputsProps {
  readonly verdict: Verdict;
  readonly predictions: Predictions;
}

function Outputs({ verdict, predictions }: OutputsProps) {
  const { predicted, label, outputs } = verdict;
  return (
    <div className={classes.detail}>
      <p className={classes.sentence}>{describeVerdict(verdict, predictions)}</p>
      <div className={classes.bars} aria-hidden>
        {predictions.classNames.map((name, i) => (
          <span
            key={name}
            className={classes.barSlot}
            data-predicted={i === predicted || undefined}
            data-label={i === label || undefined}
          >
            <span className={classes.barTrack} data-track>
              <span className={classes.bar} data-bar style={{ height: `${fillOf(outputs, i) * 100}%` }} />
            </span>
            {name}
          </span>
        ))}
      </div>
    </div>
  );
}
