/** The latest answers to a whole split, judged, for the views that are made of them. */
import { useMemo } from "react";
import { takeTold, useAnswers } from "../../../store/answers";
import { useDescription } from "../../../store/model";
import { takePrepared, useRun } from "../../../store/run";
import { useWatchedAnswers } from "../../../train/watching";
import { type Classifier, classifierOf } from "../classifier";
import { judge, type Judged } from "./judged";

export interface JudgedSplit {
  readonly judged: Judged;
  readonly classifier: Classifier;
  /** The id of the dataset. */
  readonly dataset: string;
  readonly step: number;
}

/** Null before there are any. As long as the component is there they are kept up to date. */
export function useJudged(): JudgedSplit | null {
  useWatchedAnswers();
  const told = useAnswers(takeTold);
  const prepared = useRun(takePrepared);
  const edited = useDescription();
  const model = prepared ?? edited;
  return useMemo(() => {
    const classifier = classifierOf(model);
    if (!told || !classifier) return null;
    const judged = judge(told.answers, classifier.classNames.length);
    return { judged, classifier, dataset: model.dataset, step: told.step };
  }, [told, model]);
}
