/** The plane as a classifier sees it, painted while it learns, under points of the test set. */
import { memo, useMemo } from "react";
import { t } from "../../../common/words";
import { dataOf, useDescription } from "../../../store/model";
import { takePredictions, takePrepared, useRun } from "../../../store/run";
import { useSampleColumns } from "../../../train/useSampleColumns";
import { useShown } from "../../../train/useShown";
import { type Classifier, classifierOf } from "../classifier";
import { PointsTable } from "../PointsTable";
import { classOutputs, readClassified, type Verdict } from "../readPredictions";
import { Corners } from "./Corners";
import { colourOf, placesOf, reachOf } from "./paint";
import { Painted } from "./Painted";
import classes from "./FieldView.module.css";

/** Squares along each side. */
const RESOLUTION = 48;
/** Of the picture, in its own units. */
const SIZE = 100;

/** Points of which a table has an overview. */
const LISTED = 12;
/** Points that can be larger than many. */
const FEW = 100;
/** Where fewer are for the test, as of points that are put by hand, some that are trained on are seen too. */
const SHOWN = 256;

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
  const read = predictions?.columns[input];
  const points = read?.values;
  const trained = useTrainingPoints(input, SHOWN - verdicts.length);
  const radius = verdicts.length + trained.length <= FEW ? 1.8 : 1.1;
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
            <Painted
              outputs={classOutputs(output.data, RESOLUTION * RESOLUTION, classNames.length)}
              classes={classNames.length}
              resolution={RESOLUTION}
              className={classes.paint}
            />
          )}
          <svg viewBox={`0 0 ${SIZE} ${SIZE}`} className={classes.points} aria-hidden>
            <Trained points={trained} reach={reach} radius={0.75 * radius} />
            <Dots verdicts={verdicts} reach={reach} radius={radius} />
          </svg>
          {read && <Corners reach={reach} info={read.info} />}
        </div>
        <figcaption className={classes.legend}>
          {classNames.map((name, label) => {
            const own = verdicts.filter((verdict) => verdict.label === label);
            return (
              <span key={name} className={classes.name}>
                <span className={classes.swatch} data-swatch style={{ background: colourOf(label) }} aria-hidden />
                <span>
                  {t("inspect.pointsOf", { name, right: own.filter(({ isRight }) => isRight).length, all: own.length })}
                </span>
              </span>
            );
          })}
          {classified && verdicts.length <= LISTED && <PointsTable classified={classified} />}
        </figcaption>
      </figure>
    </div>
  );
}

interface TrainingPoint {
  readonly row: number;
  readonly x: number;
  readonly y: number;
  readonly label: number;
}

/** The first points that the model learns from, so many at most. */
function useTrainingPoints(input: string, most: number): readonly TrainingPoint[] {
  const model = useRun(takePrepared);
  const count = Math.max(0, Math.min(most, model ? dataOf(model).trainCount : 0));
  const rows = useMemo(() => [...Array(count).keys()], [count]);
  const columns = useSampleColumns("train", rows)?.columns;
  return useMemo(() => {
    const values = columns?.[input]?.values ?? [];
    const labels = Object.values(columns ?? {}).find(({ info }) => info.kind === "class")?.values ?? [];
    return Array.from({ length: values.length >> 1 }, (_, i) => ({
      row: i,
      x: values[2 * i] ?? NaN,
      y: values[2 * i + 1] ?? NaN,
      label: labels[i] ?? 0,
    }));
  }, [columns, input]);
}

/** They are drawn without a ring: whether the model is right about them says little. */
const Trained = memo(function Trained({
  points,
  reach,
  radius,
}: {
  readonly points: readonly TrainingPoint[];
  readonly reach: number;
  readonly radius: number;
}) {
  return points.map(({ row, x, y, label }) => (
    <circle
      key={row}
      cx={placeOf(x, reach)}
      cy={placeOf(-y, reach)}
      r={radius}
      fill={colourOf(label)}
      className={classes.trained}
    />
  ));
});

const placeOf = (value: number, reach: number): number => (SIZE / 2) * (1 + value / reach);

/** Drawn anew when the points are told anew, not whenever the field is. */
const Dots = memo(function Dots({
  verdicts,
  reach,
  radius,
}: {
  readonly verdicts: readonly Verdict[];
  readonly reach: number;
  readonly radius: number;
}) {
  return verdicts.map((verdict) => <Dot key={verdict.index} verdict={verdict} reach={reach} radius={radius} />);
});

interface DotProps {
  readonly verdict: Verdict;
  readonly reach: number;
  readonly radius: number;
}

function Dot({ verdict: { input, label, isRight }, reach, radius }: DotProps) {
  const [x = 0, y = 0] = input;
  return (
    <circle
      cx={placeOf(x, reach)}
      cy={placeOf(-y, reach)}
      r={radius}
      fill={colourOf(label)}
      className={classes.dot}
      data-wrong={!isRight || undefined}
    />
  );
}
