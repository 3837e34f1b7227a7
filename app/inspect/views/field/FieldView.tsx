/** The plane as a classifier sees it, painted while it learns, under points of the test set. */
import { memo, useEffect, useMemo, useRef } from "react";
import { t } from "../../../common/words";
import { useDescription } from "../../../store/model";
import { takePredictions, takePrepared, useRun } from "../../../store/run";
import { useShown } from "../../../train/useShown";
import { type Classifier, classifierOf } from "../classifier";
import { classOutputs, readClassified, type Verdict } from "../readPredictions";
import { Corners } from "./Corners";
import { colourOf, paintField, placesOf, reachOf } from "./paint";
import classes from "./FieldView.module.css";

/** Squares along each side. */
const RESOLUTION = 48;
/** Of the picture, in its own units. */
const SIZE = 100;

const NONE: readonly Verdict[] = [];

export function FieldView() {
  const prepared = useRun(takePrepared);
  const edited = useDescription();
  const classifier = classifierOf(prepared ?? edited);
  return classifier && <Field classifier={classifier} />;
}

function Field({ classifier: { input, classNames } }: { readonly classifier: Classifier }) {
  const predictions = useRun(takePredictions);
  const classified = useMemo(() => predictions && readClassified(predictions), [predictions]);
  const verdicts = classified?.verdicts ?? NONE;
  const points = predictions?.columns[input]?.values;
  const reach = useMemo(() => reachOf(points ?? []), [points]);
  const places = useMemo(() => placesOf(RESOLUTION, reach), [reach]);
  const answer = useShown(input, places, RESOLUTION * RESOLUTION);
  const output = answer && Object.values(answer.shown).find(({ kind }) => kind === "class");
  const right = verdicts.filter(({ isRight }) => isRight).length;
  return (
    <div className={classes.view}>
      <figure className={classes.figure}>
        <div className={classes.plane} role="img" aria-label={t("inspect.field", { right, all: verdicts.length })}>
          {output && (
            <Paint
              outputs={classOutputs(output.data, RESOLUTION * RESOLUTION, classNames.length)}
              count={classNames.length}
            />
          )}
          <svg viewBox={`0 0 ${SIZE} ${SIZE}`} className={classes.points} aria-hidden>
            <Dots verdicts={verdicts} reach={reach} />
          </svg>
          <Corners reach={reach} />
        </div>
        <figcaption className={classes.legend}>
          {classNames.map((name, label) => {
            const own = verdicts.filter((verdict) => verdict.label === label);
            return (
              <span key={name} className={classes.name}>
                <span className={classes.swatch} data-swatch style={{ background: colourOf(label) }} aria-hidden />
                {t("inspect.pointsOf", { name, right: own.filter(({ isRight }) => isRight).length, all: own.length })}
              </span>
            );
          })}
        </figcaption>
      </figure>
      <p className={classes.hint}>{t(answer ? "inspect.fieldHint" : "inspect.noField")}</p>
    </div>
  );
}

/** Drawn anew when the points are told anew, not whenever the field is. */
const Dots = memo(function Dots({
  verdicts,
  reach,
}: {
  readonly verdicts: readonly Verdict[];
  readonly reach: number;
}) {
  return verdicts.map((verdict) => <Dot key={verdict.index} verdict={verdict} reach={reach} />);
});

function Dot({ verdict: { input, label, isRight }, reach }: { readonly verdict: Verdict; readonly reach: number }) {
  const [x = 0, y = 0] = input;
  const place = (value: number): number => (SIZE / 2) * (1 + value / reach);
  return (
    <circle
      cx={place(x)}
      cy={place(-y)}
      r={1.1}
      fill={colourOf(label)}
      className={classes.dot}
      data-wrong={!isRight || undefined}
    />
  );
}

function Paint({ outputs, count }: { readonly outputs: Float32Array; readonly count: number }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const pixels = paintField(outputs, count);
    canvas.current?.getContext("2d")?.putImageData(new ImageData(pixels, RESOLUTION, RESOLUTION), 0, 0);
  }, [outputs, count]);
  return <canvas ref={canvas} width={RESOLUTION} height={RESOLUTION} className={classes.paint} aria-hidden />;
}
