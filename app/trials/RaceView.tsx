/** A race that is under way or over: who leads, by how much, the curves, and the verdict. */
import { Button, SegmentedControl } from "@mantine/core";
import { IconPin, IconPlayerPauseFilled, IconPlayerPlayFilled, IconPlayerStopFilled } from "@tabler/icons-react";
import { useMemo, useState } from "react";
import { type CurveInfo, type ModelDescription, type RaceVerdict, say } from "../../src/engine";
import { RunSwatch } from "../charts/RunSwatch";
import { formatCount, formatCurve, formatPercent } from "../common/format";
import { t, tell } from "../common/words";
import { drawRuns } from "../runs/watch";
import { curvesOfModel, replaceModel, useDescription } from "../store/model";
import { useRuns } from "../store/runs";
import { notify } from "../store/run";
import { makeWay } from "../train/session";
import { stopTrials } from "./conduct";
import { lineOf, meanOfLines, smoothed, thinned, type TrialAxis } from "./lines";
import {
  changeVariants,
  letterOf,
  modelOfVariant,
  nameOfVariant,
  pauseRace,
  type RaceLane,
  useRace,
  verdictOf,
} from "./race";
import { rowsOf } from "./standings";
import { TrialChart, type TrialLine } from "./TrialChart";
import classes from "./TrialsDialog.module.css";

/** The lines of all variants. */
function linesOf(lanes: readonly RaceLane[], count: number, metric: string, axis: TrialAxis): TrialLine[] {
  return Array.from({ length: count }, (_, slot) => {
    const own = lanes.filter(({ variant }) => variant === slot);
    const of = (which: "train" | "validation") =>
      own.map((lane) => (lane[which] ? thinned(lineOf(lane[which], metric, axis)) : []));
    return {
      slot,
      train: meanOfLines(of("train").map((points) => smoothed(points))),
      validation: meanOfLines(of("validation"), true),
    };
  });
}

export function RaceView({ onDone }: { readonly onDone: () => void }) {
  const race = useRace();
  const { base, variants, lanes, metric, phase, round, seeds, problem } = race;
  const [axis, setAxis] = useState<TrialAxis>("seconds");
  const isKept = !useRuns(({ isForbidden }) => isForbidden);
  const edited = useDescription();
  const curve = useMemo(() => base && curvesOfModel(base).find(({ id }) => id === metric), [base, metric]);
  const lines = useMemo(() => linesOf(lanes, variants.length, metric, axis), [lanes, variants, metric, axis]);
  const verdict = useMemo(() => verdictOf(race, curve?.better ?? "lower"), [race, curve]);
  if (!base || !curve) return null;
  const names = variants.map((variant) => nameOfVariant(base, variant));
  const isOver = phase === "over";
  const isUnderWay = phase === "running" || phase === "paused";
  const state =
    phase === "preparing"
      ? t("trials.preparing")
      : phase === "paused"
        ? t("trials.paused")
        : t("trials.underWay", { round: round + 1, rounds: seeds });
  return (
    <div className={classes.body}>
      {!isOver && (
        <div className={classes.status}>
          <p className={classes.statusText} role="status">
            {state}
          </p>
          {isUnderWay && (
            <Button
              variant="default"
              leftSection={
                phase === "paused" ? <IconPlayerPlayFilled size={16} /> : <IconPlayerPauseFilled size={16} />
              }
              onClick={() => pauseRace(phase !== "paused")}
            >
              {t(phase === "paused" ? "trials.goOn" : "trials.pause")}
            </Button>
          )}
          <Button variant="default" leftSection={<IconPlayerStopFilled size={16} />} onClick={stopTrials}>
            {t("trials.stop")}
          </Button>
        </div>
      )}
      {problem && (
        <p className={classes.problem} role="alert">
          {tell(problem)}
        </p>
      )}
      {isOver && <VerdictText verdict={verdict} names={names} curve={curve} />}
      <RaceTable base={base} curve={curve} verdict={isOver ? verdict : null} names={names} onDone={onDone} />
      <section className={classes.chart} aria-label={t("trials.curve")}>
        <div className={classes.chartHead}>
          <h3 className={classes.chartTitle}>{curve.title}</h3>
          <SegmentedControl
            size="sm"
            aria-label={t("trials.axis")}
            data={[
              { value: "seconds", label: t("trials.overSeconds") },
              { value: "steps", label: t("trials.overSteps") },
            ]}
            value={axis}
            onChange={(value) => setAxis(value === "steps" ? "steps" : "seconds")}
          />
        </div>
        <TrialChart curve={curve} axis={axis} lines={lines} />
        <p className={classes.legend}>{t("trials.legend")}</p>
      </section>
      {isOver && (
        <div className={classes.actions}>
          <Button
            variant="default"
            leftSection={<IconPin size={16} />}
            disabled={!isKept}
            onClick={() => {
              const first = lanes.slice(0, variants.length).flatMap(({ report }) => report.run ?? []);
              void drawRuns(first);
              notify({ severity: "info", topic: "trials", said: say("trials.shown") });
              onDone();
            }}
          >
            {t("trials.showOnCharts")}
          </Button>
          <Button variant="default" onClick={() => changeVariants(edited)}>
            {t("trials.again")}
          </Button>
        </div>
      )}
    </div>
  );
}

/** A difference of two values: of shares in percentage points. */
const gapText = (curve: CurveInfo, gap: number | undefined): string =>
  curve.format === "percent" && gap !== undefined
    ? t("trials.points", { value: (gap * 100).toFixed(2) })
    : formatCurve(curve, gap);

interface VerdictTextProps {
  readonly verdict: RaceVerdict;
  readonly names: readonly string[];
  readonly curve: CurveInfo;
}

const sentences = {
  sure: "trials.verdictSure",
  likely: "trials.verdictLikely",
  open: "trials.verdictOpen",
} as const;

function VerdictText({ verdict, names, curve }: VerdictTextProps) {
  const { standings, sureness, p, pairs } = verdict;
  const [first, second] = standings;
  const about = {
    name: names[first?.variant ?? 0] ?? "",
    score: formatCurve(curve, first?.mean),
    second: names[second?.variant ?? 0] ?? "",
    gap: gapText(curve, second?.gap),
  };
  return (
    <section className={classes.verdict} aria-label={t("trials.verdict")} aria-live="polite">
      {sureness === "alone" ? (
        <p>{t("trials.verdictAlone")}</p>
      ) : second?.gap === 0 ? (
        <p>{t("trials.verdictLevel", about)}</p>
      ) : sureness === "seeds" ? (
        <p>{t("trials.verdictSeeds", about)}</p>
      ) : (
        <>
          <p>
            {p === 1
              ? t("trials.verdictChance", about)
              : t(sentences[sureness], { ...about, pairs, p: formatPercent(p ?? 1, (p ?? 1) < 0.01 ? 2 : 0) })}
          </p>
          <p>{t("trials.verdictHow", { pairs })}</p>
        </>
      )}
    </section>
  );
}

interface RaceTableProps {
  readonly base: ModelDescription;
  readonly curve: CurveInfo;
  /** Null until the race is over. */
  readonly verdict: RaceVerdict | null;
  readonly names: readonly string[];
  readonly onDone: () => void;
}

function RaceTable({ base, curve, verdict, names, onDone }: RaceTableProps) {
  const race = useRace();
  const rows = rowsOf(race, curve, verdict);
  const { title } = curve;
  const use = (variant: number): void => {
    const own = race.variants[variant];
    if (!own) return;
    replaceModel(modelOfVariant(base, own));
    makeWay();
    notify({ severity: "info", topic: "trials", said: say("trials.used", { name: names[variant] ?? "" }) });
    onDone();
  };
  return (
    <div className={classes.scroll} tabIndex={0} role="region" aria-label={t("trials.table")}>
      <table className={classes.table} aria-label={t("trials.table")}>
        <thead>
          <tr>
            <th scope="col">{t("trials.place")}</th>
            <th scope="col">{t("trials.name")}</th>
            <th scope="col">{verdict ? t("trials.result", { title }) : t("trials.validation", { title })}</th>
            <th scope="col">{t("trials.behind")}</th>
            <th scope="col">{t("trials.training", { title })}</th>
            <th scope="col">{t("trials.overSeconds")}</th>
            <th scope="col">{t("trials.steps")}</th>
            {verdict && (
              <th scope="col">
                <span className="visuallyHidden">{t("trials.useWord")}</span>
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ variant, elapsedMs, step, train, score, deviation, gap, end }, i) => (
            <tr key={variant}>
              <td>{i + 1}</td>
              <th scope="row" title={names[variant]}>
                <RunSwatch slot={variant} /> {letterOf(variant)} {names[variant]}
                {end && <small>{end}</small>}
              </th>
              <td>
                {deviation === null
                  ? formatCurve(curve, score)
                  : t("trials.plusMinus", {
                      mean: formatCurve(curve, score),
                      deviation: formatCurve(curve, deviation),
                    })}
              </td>
              <td>{i === 0 && gap === 0 ? t("trials.leads") : gapText(curve, gap)}</td>
              <td>{formatCurve(curve, train)}</td>
              <td>{(elapsedMs / 1000).toFixed(2)}</td>
              <td>{formatCount(step)}</td>
              {verdict && (
                <td>
                  <Button
                    size="compact-sm"
                    variant={i === 0 ? "light" : "default"}
                    aria-label={t("trials.use", { name: names[variant] ?? "" })}
                    onClick={() => use(variant)}
                  >
                    {t("trials.useWord")}
                  </Button>
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
