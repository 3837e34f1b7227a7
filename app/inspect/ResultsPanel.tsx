/** What training has come to: the score on the test set, test samples with the model's answers, all numbers, and where
 *  the time goes. */
import type { ReactNode } from "react";
import { Suspense, useMemo } from "react";
import type { ModelDescription, Predictions } from "../../src/engine";
import { MetricsTable } from "../charts/MetricsTable";
import { formatCurve } from "../common/format";
import { Panel } from "../common/Panel";
import type { Tab } from "../common/TabList";
import { TabList, tabId } from "../common/TabList";
import { curvesOfModel, dataOf, figuresOfModel, goalOf, useDescription } from "../store/model";
import { takePredictions, takePrepared, takeState, takeTest, useRun } from "../store/run";
import type { ResultsView } from "../store/ui";
import { setPreferences, takeResultsView, useUi } from "../store/ui";
import { takeChosen, useSamples } from "../store/samples";
import { inspections, resultViews } from "./views";
import { classifierOf } from "./views/classifier";
import { type Inspection, questions } from "./views/inspection";
import { sidesOfModel } from "../store/phases";
import { lazily } from "../common/lazily";
import { t } from "../common/words";
import type { ResultView } from "./views/view";
import classes from "./ResultsPanel.module.css";

/** All tabs, by what is asked of a model. */
const viewsWith = (offered: readonly Inspection[]): readonly Tab<ResultsView>[] =>
  Object.entries(questions).flatMap(([about, words]) => {
    const views = [
      ...(about === "answers" ? [{ value: "predictions", title: t("results.predictions") }] : []),
      ...offered.filter((view) => view.about === about).map(({ id, tab }) => ({ value: id, title: t(tab) })),
      ...(about === "course"
        ? [
            { value: "runs", title: t("results.runs") },
            { value: "numbers", title: t("results.numbers") },
          ]
        : []),
      ...(about === "cost" ? [{ value: "profile", title: t("results.profile") }] : []),
    ];
    const group = t(words);
    return views.map((view) => ({ ...view, group }));
  });

const Chosen = lazily(() => import("./views/answers/ChosenInPredictions").then(({ default: Found }) => Found));

const ChosenBar = lazily(() => import("./views/answers/ChosenBar").then(({ default: Found }) => Found));

const viewId = (view: ResultsView): string => `view-${view}`;

const SidesBar = lazily<{ readonly model: ModelDescription }>(() =>
  import("./SidesBar").then(({ default: Found }) => Found),
);

// Most visits never ask for them.
const RunsPanel = lazily(() => import("../runs/RunsPanel").then(({ default: Runs }) => Runs));
const ProfilePanel = lazily(() => import("../profile/ProfilePanel").then(({ default: Profile }) => Profile));

export function ResultsPanel({ className }: { readonly className?: string | undefined }) {
  const prepared = useRun(takePrepared);
  const edited = useDescription();
  const model = prepared ?? edited;
  const offered = useMemo(() => inspections.filter(({ suits }) => suits(model)), [model]);
  const views = viewsWith(offered);
  const wanted = useUi(takeResultsView);
  const view = views.some(({ value }) => value === wanted) ? wanted : "predictions";
  const chosen = useSamples(takeChosen);
  const hasSides = useMemo(
    () => curvesOfModel(model).length > 0 && sidesOfModel(model, dataOf(model)).length > 1,
    [model],
  );
  const isClassifier = useMemo(() => classifierOf(model) !== null, [model]);
  const { Content: Inspected, showsChosen } = offered.find(({ id }) => id === view) ?? {};
  return (
    <Panel
      title={t("results.title")}
      className={className}
      isMeasure
      tabs={
        <TabList
          label={t("results.views")}
          look="panel"
          tabs={views}
          value={view}
          onChange={(resultsView) => setPreferences({ resultsView })}
          panelId={viewId}
        />
      }
    >
      <div
        id={viewId(view)}
        role="tabpanel"
        aria-labelledby={tabId(viewId(view))}
        className={classes.view}
        // The keyboard scrolls by it where it holds nothing else to focus.
        tabIndex={0}
      >
        <Suspense fallback={<p className={classes.note}>{t("results.loading")}</p>}>
          {view === "predictions" && (
            <div className={classes.body}>
              <div className={classes.aside}>
                {hasSides && <SidesBar key={model.task.type} model={model} />}
                <TestScore />
              </div>
              {chosen && isClassifier ? <Chosen /> : <Samples />}
            </div>
          )}
          {view === "profile" && <ProfilePanel />}
          {view === "runs" && <RunsPanel />}
          {chosen && showsChosen && <ChosenBar />}
          {Inspected && <Inspected key={view} />}
        </Suspense>
        <MetricsTable isShown={view === "numbers"} />
      </div>
    </Panel>
  );
}

function TestScore() {
  const test = useRun(takeTest);
  // Before there is a model, what would be told of the one that is edited.
  const prepared = useRun(takePrepared);
  const edited = useDescription();
  const curves = figuresOfModel(prepared ?? edited);
  const main = goalOf(curves);
  const others = curves.filter((curve) => curve !== main);
  if (!main) return null;
  return (
    <div
      role="group"
      aria-label={t("results.testScore")}
      className={classes.score}
      data-known={test !== null || undefined}
    >
      <p className={classes.scoreLabel}>{t("results.testOf", { title: main.title })}</p>
      <p className={classes.scoreValue}>{test ? formatCurve(main, test[main.id]) : "–"}</p>
      {test ? (
        others.map((curve) => (
          <p key={curve.id} className={classes.scoreHint}>
            {t("results.score", { title: curve.title, value: formatCurve(curve, test[curve.id]) })}
          </p>
        ))
      ) : (
        <p className={classes.scoreHint}>{t("results.atTheEnd")}</p>
      )}
    </div>
  );
}

function Samples() {
  const predictions = useRun(takePredictions);
  const view = useMemo(() => predictions && viewOf(predictions), [predictions]);
  if (!predictions || predictions.count === 0 || !view) return <Waiting />;
  return (
    <div className={classes.samples}>
      {view.content}
      <p className={classes.hint}>{t(view.hint)}</p>
    </div>
  );
}

/** The first view that suits what the model shows. */
function viewOf(predictions: Predictions): { readonly content: ReactNode; readonly hint: ResultView["hint"] } | null {
  for (const { hint, render } of resultViews) {
    const content = render(predictions);
    if (content !== null) return { content, hint };
  }
  return null;
}

function Waiting() {
  const state = useRun(takeState);
  return <p className={classes.waiting}>{t(state === "failed" ? "results.noModel" : "results.noSamples")}</p>;
}
