/** What training has come to: the score on the test set, test samples with the model's answers, and all numbers. */
import { SegmentedControl } from "@mantine/core";
import { useMemo } from "react";
import type { Predictions } from "../../src/engine";
import { MetricsTable } from "../charts/MetricsTable";
import { formatLoss, formatPercent } from "../format";
import { Panel } from "../layout/Panel";
import { takePredictions, takeState, takeTest, useRun } from "../store/run";
import { setPreferences, takeIsTableOpen, useUi } from "../store/ui";
import { DigitStrip } from "./DigitStrip";
import { PointsTable } from "./PointsTable";
import { readVerdicts } from "./readPredictions";
import classes from "./ResultsPanel.module.css";

export function ResultsPanel({ className }: { readonly className?: string | undefined }) {
  const isTableOpen = useUi(takeIsTableOpen);
  return (
    <Panel
      title="Results"
      className={className}
      aside={
        <SegmentedControl
          aria-label="Show"
          data={[
            { value: "predictions", label: "Predictions" },
            { value: "numbers", label: "Numbers" },
          ]}
          value={isTableOpen ? "numbers" : "predictions"}
          onChange={(value) => setPreferences({ isTableOpen: value === "numbers" })}
        />
      }
    >
      {!isTableOpen && (
        <div className={classes.body}>
          <TestScore />
          <Samples />
        </div>
      )}
      <MetricsTable isShown={isTableOpen} />
    </Panel>
  );
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
    <DigitStrip verdicts={verdicts} classNames={classNames} size={[height, width]} />
  ) : (
    <PointsTable verdicts={verdicts} classNames={classNames} />
  );
}
