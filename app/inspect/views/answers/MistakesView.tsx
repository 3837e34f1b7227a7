/** The samples that say most of a model: its worst mistakes, its surest ones, and labels that may be wrong. */
import { Button } from "@mantine/core";
import { useEffect, useMemo, useRef } from "react";
import { say } from "../../../../src/engine";
import { formatCount } from "../../../common/format";
import { t } from "../../../common/words";
import { takeChosen, useSamples } from "../../../store/samples";
import { choose } from "./choose";
import { ChosenSamples } from "./ChosenSamples";
import { byLoss, bySureness, isRight, type Judged, samplesWhere } from "./judged";
import { SplitLine, Waiting } from "./SplitLine";
import { type JudgedSplit, useJudged } from "./useJudged";
import classes from "./MistakesView.module.css";

/** How many are shown of each kind. */
const MOST = 100;
/** How sure a model must be of another class for the label to be doubted. */
const DOUBT = 0.9;

const kinds = ["worst", "surest", "doubted"] as const;

type Kind = (typeof kinds)[number];

/** The samples of a kind, the most telling first. */
function samplesOf(kind: Kind, judged: Judged): number[] {
  const { certainty, answers } = judged;
  if (kind === "surest") {
    const right = samplesWhere(judged, (n) => isRight(judged, n));
    return bySureness(judged, right).slice(0, MOST);
  }
  const wrong = samplesWhere(judged, (n) => !isRight(judged, n));
  if (kind === "worst") return byLoss(judged, wrong).slice(0, MOST);
  const doubted = answers.areProbabilities ? wrong.filter((n) => (certainty[n] ?? 0) >= DOUBT) : [];
  return bySureness(judged, doubted).slice(0, MOST);
}

export function MistakesView() {
  const split = useJudged();
  return split ? <Kinds split={split} /> : <Waiting />;
}

function Kinds({ split }: { readonly split: JudgedSplit }) {
  const chosen = useSamples(takeChosen);
  const { judged } = split;
  const found = useMemo(() => kinds.map((kind) => ({ kind, samples: samplesOf(kind, judged) })), [judged]);
  const isOpened = useRef(false);
  useEffect(() => {
    // What was chosen elsewhere stays, and is shown here too.
    const worst = found.find(({ kind }) => kind === "worst")?.samples ?? [];
    if (!isOpened.current && !useSamples.getState().chosen && worst.length > 0) {
      choose(split, worst, say("inspect.worstChosen"));
    }
    isOpened.current = true;
  }, [found, split]);
  const current = kinds.find((kind) => chosen?.said.key === `inspect.${kind}Chosen`);
  return (
    <div className={classes.view}>
      <div className={classes.head}>
        <div className={classes.kinds} role="group" aria-label={t("inspect.filters")}>
          {found.map(({ kind, samples }) => (
            <Button
              key={kind}
              variant={kind === current ? "light" : "default"}
              aria-pressed={kind === current}
              disabled={samples.length === 0}
              onClick={() => choose(split, samples, say(`inspect.${kind}Chosen`))}
            >
              {t(`inspect.${kind}`, { samples: formatCount(samples.length) })}
            </Button>
          ))}
        </div>
        <SplitLine split={split} />
      </div>
      {current && <p className={classes.hint}>{t(`inspect.${current}Hint`)}</p>}
      <ChosenSamples split={split} hint={t("inspect.mistakesHint")} />
    </div>
  );
}
