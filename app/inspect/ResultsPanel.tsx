/** What training has come to: the score on the test set, test samples with the model's answers, all numbers, and where
 *  the time goes. */
import type { ReactNode } from "react";
import { lazy, Suspense, useMemo } from "react";
import type { Predictions } from "../../src/engine";
import { MetricsTable } from "../charts/MetricsTable";
import { formatCurve } from "../common/format";
import { Panel } from "../common/Panel";
import type { Tab } from "../common/TabList";
import { TabList, tabId } from "../common/TabList";
import { curvesOfModel, goalOf, useDescription } from "../store/model";
import { takePredictions, takePrepared, takeState, takeTest, useRun } from "../store/run";
import type { ResultsView } from "../store/ui";
import { setPreferences, takeResultsView, useUi } from "../store/ui";
import { resultViews } from "./views";
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
  // Before there is a model, what would be told of the one that is edited.
  const prepared = useRun(takePrepared);
  const edited = useDescription();
  const curves = curvesOfModel(prepared ?? edited);
  const main = goalOf(curves);
  const others = curves.filter((curve) => curve !== main);
  if (!main) return null;
  return (
    <div role="group" aria-label="Test score" className={classes.score} data-known={test !== null || undefined}>
      <p className={classes.scoreLabel}>{`Test ${main.title.toLowerCase()}`}</p>
      <p className={classes.scoreValue}>{test ? formatCurve(main, test[main.id]) : "–"}</p>
      {test ? (
        others.map((curve) => (
          <p key={curve.id} className={classes.scoreHint}>{`${curve.title} ${formatCurve(curve, test[curve.id])}`}</p>
        ))
      ) : (
        <p className={classes.scoreHint}>scored at the end</p>
      )}
    </div>
  );
}

function Samples() {
  const predictions = useRun(takePredictions);
  const view = useMemo(() => predictions && viewOf(predictions), [predictions]);
  if (!predictions || predictions.count === 0 || !view) return <Waiting />;
  return (
    <div className={classes.view}>
      {view.content}
      <p className={classes.hint}>{view.hint}</p>
    </div>
  );
}

/** The first view that suits what the model shows. */
function viewOf(predictions: Predictions): { readonly content: ReactNode; readonly hint: string } | null {
  for (const { hint, render } of resultViews) {
    const content = render(predictions);
    if (content !== null) return { content, hint };
  }
  return null;
}

function Waiting() {
  const state = useRun(takeState);
  const text =
    state === "failed" ? "There is no model to ask yet." : "What the model makes of test samples appears here.";
  return <p className={classes.waiting}>{text}</p>;
}
