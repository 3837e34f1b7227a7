/** A race or a search while its dialog is closed: how far it is, who leads, and the way back. */
import "@mantine/core/styles/Progress.css";
import { Button, CloseButton, Progress } from "@mantine/core";
import { IconFlag2, IconListSearch } from "@tabler/icons-react";
import type { CurveInfo } from "../../src/engine";
import { formatCurve } from "../common/format";
import { t } from "../common/words";
import { nameOfRun } from "../runs/settings";
import { curvesOfModel } from "../store/model";
import { openTrials, type TrialKind, useTrials } from "../store/trials";
import { nameOfVariant, useRace } from "./race";
import { leaderboard, useSearch } from "./search";
import { rowsOf } from "./standings";
import classes from "./TrialsDialog.module.css";

/** What there is to say of either. */
interface Standing {
  /** From 0 to 1. */
  readonly share: number;
  /** Who is first, and with what; null before that is known. */
  readonly leader: readonly [name: string, score: string] | null;
  readonly isPaused: boolean;
}

export function TrialsPill() {
  const isUnderWay = useTrials((state) => state.isUnderWay);
  const isRacing = useRace(({ phase }) => phase !== "setup" && phase !== "over");
  const unseen = useTrials((state) => state.unseen);
  const kind: TrialKind = isUnderWay ? (isRacing ? "race" : "search") : (unseen ?? "race");
  return kind === "race" ? <RacePill isOver={!isUnderWay} /> : <SearchPill isOver={!isUnderWay} />;
}

function RacePill({ isOver }: { readonly isOver: boolean }) {
  const race = useRace();
  const { base, metric, lanes, variants, seconds, phase } = race;
  const curve = base && curvesOfModel(base).find(({ id }) => id === metric);
  if (!base || !curve) return null;
  const allMs = seconds * 1000;
  const doneMs = lanes.reduce((sum, { report }) => sum + (report.end ? allMs : Math.min(allMs, report.elapsedMs)), 0);
  const [first] = rowsOf(race, curve, null);
  const variant = first && variants[first.variant];
  const value = first?.score ?? first?.train;
  const leader =
    variant && value !== undefined ? ([nameOfVariant(base, variant), formatCurve(curve, value)] as const) : null;
  const share = doneMs / (allMs * Math.max(1, lanes.length));
  return <Pill kind="race" isOver={isOver} standing={{ share, leader, isPaused: phase === "paused" }} />;
}

function SearchPill({ isOver }: { readonly isOver: boolean }) {
  const search = useSearch();
  const { base, metric, lanes, trials, minutes, phase } = search;
  const curve: CurveInfo | null | undefined = base && curvesOfModel(base).find(({ id }) => id === metric);
  if (!base || !curve) return null;
  const doneMs = lanes.reduce((sum, { report }) => sum + report.elapsedMs, 0);
  const [first] = leaderboard(search, curve);
  const value = lanes[first ?? -1]?.report.score?.[metric];
  const trial = trials[first ?? -1];
  const nameOfTrial = trial ? nameOfRun(base, trial.model) : "";
  const leader = value === undefined ? null : ([nameOfTrial, formatCurve(curve, value)] as const);
  const share = Math.min(1, doneMs / (minutes * 60_000));
  return <Pill kind="search" isOver={isOver} standing={{ share, leader, isPaused: phase === "paused" }} />;
}

interface PillProps {
  readonly kind: TrialKind;
  readonly isOver: boolean;
  readonly standing: Standing;
}

function Pill({ kind, isOver, standing: { share, leader, isPaused } }: PillProps) {
  const Icon = kind === "race" ? IconFlag2 : IconListSearch;
  const title = t(kind === "race" ? "trials.pillRace" : "trials.pillSearch");
  const state = isOver ? t("trials.pillOver") : isPaused ? t("trials.pillPaused") : null;
  return (
    <div className={classes.pill} role="group" aria-label={title}>
      <Icon size={17} aria-hidden />
      <div className={classes.pillText}>
        <p className={classes.pillTitle}>
          <strong>{title}</strong>
          {state && <span>{state}</span>}
          {leader && <span>{t("trials.pillLeader", { name: leader[0], score: leader[1] })}</span>}
        </p>
        {!isOver && <Progress size="xs" value={share * 100} aria-label={t("trials.pillProgress")} />}
      </div>
      <Button size="compact-sm" variant="default" aria-haspopup="dialog" onClick={() => openTrials(kind)}>
        {t("trials.pillShow")}
      </Button>
      {isOver && <CloseButton aria-label={t("layout.dismiss")} onClick={() => useTrials.setState({ unseen: null })} />}
    </div>
  );
}
