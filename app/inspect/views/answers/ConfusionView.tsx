/** The confusion matrix of the split that was scored last; its cells choose samples for all views. */
import { Button, SegmentedControl } from "@mantine/core";
import { useMemo, useState } from "react";
import { say } from "../../../../src/engine";
import { formatCount } from "../../../common/format";
import { t } from "../../../common/words";
import { choose } from "./choose";
import { ChosenSamples } from "./ChosenSamples";
import { ClassTable } from "./ClassTable";
import { ConfusionTable, type Telling } from "./ConfusionTable";
import { bySureness, isRight, samplesWhere } from "./judged";
import { confusionOf } from "./measures";
import { SplitLine, Waiting } from "./SplitLine";
import { TwoClasses } from "./TwoClasses";
import { type JudgedSplit, useJudged } from "./useJudged";
import classes from "./ConfusionView.module.css";

const tellings: readonly Telling[] = ["counts", "rows", "columns"];

export function ConfusionView() {
  const split = useJudged();
  return split ? <Matrix split={split} /> : <Waiting />;
}

function Matrix({ split }: { readonly split: JudgedSplit }) {
  const { judged, classifier } = split;
  const { classNames } = classifier;
  const [telling, setTelling] = useState<Telling>("counts");
  const confusion = useMemo(() => confusionOf(judged.answers.labels, judged.predicted, judged.classes), [judged]);
  const chooseCell = (truth: number, said: number): void => {
    const found = samplesWhere(judged, (n) => judged.answers.labels[n] === truth && judged.predicted[n] === said);
    const about = { label: classNames[truth] ?? "", says: classNames[said] ?? "" };
    if (found.length > 0) choose(split, bySureness(judged, found), say("inspect.chosenCell", about));
  };
  const chooseClass = (label: number): void => {
    const found = samplesWhere(judged, (n) => judged.answers.labels[n] === label);
    choose(split, bySureness(judged, found), say("inspect.chosenClass", { label: classNames[label] ?? "" }));
  };
  const right = useMemo(() => samplesWhere(judged, (n) => isRight(judged, n)), [judged]);
  const wrong = useMemo(() => samplesWhere(judged, (n) => !isRight(judged, n)), [judged]);
  const all = useMemo(() => samplesWhere(judged, () => true), [judged]);
  const filters = [
    { samples: right, name: "inspect.right", said: say("inspect.chosenRight") },
    { samples: wrong, name: "inspect.wrong", said: say("inspect.chosenWrong") },
    { samples: all, name: "inspect.all", said: say("inspect.chosenAll") },
  ] as const;
  return (
    <div className={classes.view}>
      <div className={classes.matrix}>
        <div className={classes.head}>
          <SplitLine split={split} />
          <SegmentedControl
            aria-label={t("inspect.telling")}
            data={tellings.map((value) => ({ value, label: t(`inspect.${value}`) }))}
            value={telling}
            onChange={(value) => {
              const chosen = tellings.find((each) => each === value);
              if (chosen) setTelling(chosen);
            }}
          />
        </div>
        <div className={classes.scroll}>
          <ConfusionTable confusion={confusion} classNames={classNames} telling={telling} onChoose={chooseCell} />
        </div>
        <div className={classes.filters} role="group" aria-label={t("inspect.filters")}>
          {filters.map(({ samples, name, said }) => (
            <Button
              key={name}
              variant="default"
              disabled={samples.length === 0}
              onClick={() => choose(split, bySureness(judged, samples), said)}
            >
              {t(name, { samples: formatCount(samples.length) })}
            </Button>
          ))}
        </div>
      </div>
      <ChosenSamples split={split} hint={t("inspect.confusionHint")} />
      <div className={classes.tables}>
        <ClassTable confusion={confusion} classNames={classNames} onChoose={chooseClass} />
        {judged.classes === 2 && <TwoClasses split={split} />}
      </div>
    </div>
  );
}
