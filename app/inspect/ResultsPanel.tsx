/** What training has come to: the score on the test set, test samples with the model's answers, all numbers, and where
 *  the time goes. */
import { lazy, Suspense, useMemo } from "react";
import type { Predictions } from "../../src/engine";
import { MetricsTable } from "../charts/MetricsTable";
import { formatLoss, formatPercent } from "../format";
import { Panel } from "../layout/Panel";
import type { Tab } from "../layout/TabList";
import { TabList, tabId } from "../layout/TabList";
import { takePredictions, takeState, takeTest, useRun } from "../store/run";
import type { ResultsView } from "../store/ui";
import { setPreferences, takeResultsView, useUi } from "../store/ui";
import { DigitStrip } from "./DigitStrip";
import { PointsTable } from "./PointsTable";
import { readVerdicts } from "./readPredictions";
import classes from "./ResultsPanel.module.css";

const views: readonly Tab<ResultsView>[] = [
  { value: "predictions", title: "Predictions" },
  { value: "numbers", title: "Numbers" },
  { value: "profile", title: "Profile" },
];

const viewId = (view: ResultsView): string => `view-${view}`;

// Most visits never ask for it.
const ProfilePanel = lazy(() => import("../profile/ProfilePanel").catch(() => ({ default: Unavailable })));

export function ResultsPanel({ className }: { readonly className?: string | undefined }) {
  const view = useUi(takeResultsView);
  return (
    <Panel
      title="Results"
      className={className}
      tabs={
        <TabList
          label="Views"
          look="panel"
          tabs={views}
          value={view}
          onChange={(resultsView) => setPreferences({ resultsView })}
          panelId={viewId}
        />
      }
    >
      <div id={viewId(view)} role="tabpanel" aria-labelledby={tabId(viewId(view))} className={classes.view}>
        {view === "predictions" && (
          <div className={classes.body}>
            <TestScore />
            <Samples />
          </div>
        )}
        {view === "profile" && (
          <Suspense fallback={<p className={classes.note}>Loading…</p>}>
            <ProfilePanel />
          </Suspense>
        )}
        <MetricsTable isShown={view === "numbers"} />
      </div>
    </Panel>
  );
}

function Unavailable() {
  return <p className={classes.note}>This part of the page could not be loaded. Reload the page to try again.</p>;
}

function TestScore() {
  const test = useRun(takeTest);
  return (
    <div role="group" aria-label="Test score" className={classes.score} data-known={test !== null || undefined}>
      <p className={classes.scoreLabel}>Test accuracy</p>
      <p className={classes.scoreValue}>{test ? formatPercent(test.accuracy) : "–"}</p>
      <p className={classes.scoreHint}>{test ? `Loss ${formatLoss(test.loss)}` : "scored at the end"}</p>
    </div>
  );
}

function Samples() {
  const predictions = useRun(takePredictions);
  if (!predictions || predictions.labels.length === 0) return <Waiting />;
  return <Answers predictions={predictions} />;
}

function Waiting() {
  const state = useRun(takeState);
  const text =
    state === "failed" ? "There is no model to ask yet." : "The model's answers to test samples appear here.";
  return <p className={classes.waiting}>{text}</p>;
}

function Answers({ predictions }: { readonly predictions: Predictions }) {
  const verdicts = useMemo(() => readVerdicts(predictions), [predictions]);
  const { inputShape, classNames } = predictions;
  const [height = 0, width = 0] = inputShape;
  return inputShape.length === 3 ? (
    <DigitStrip verdicts={verdicts} predictions={predictions} size={[height, width]} />
  ) : (
    <PointsTable verdicts={verdicts} classNames={classNames} />
  );
}
