/** Where the time of a training step goes, launch by launch. Loaded only when it is asked for. */
import { Button, SegmentedControl } from "@mantine/core";
import { useEffect, useState } from "react";
import type { PlanReport, Profile, TuningReport } from "../../src/engine";
import { formatBytes, formatFlops, formatMilliseconds } from "../common/format";
import { takeProfile, takeProgress, takeReport, useProfile } from "../store/profile";
import { takeState, useRun } from "../store/run";
import { cancelProfile, profile as takeProfileOfStep, refreshPlan } from "../train/questions";
import { PlanText } from "./PlanText";
import { ProfileTable } from "./ProfileTable";
import type { RowOrder } from "./rows";
import { profileRows, profileTotals } from "./rows";
import { t } from "../common/words";
import { Rich } from "../common/Rich";
import classes from "./ProfilePanel.module.css";

export default function ProfilePanel() {
  const report = useProfile(takeReport);
  const state = useRun(takeState);
  const isPrepared = state !== "empty" && state !== "preparing" && state !== "failed";
  useEffect(() => {
    if (isPrepared && !report) void refreshPlan();
  }, [isPrepared, report]);
  if (!report) {
    return (
      <p className={classes.waiting} data-roomy>
        {t(isPrepared ? "profile.reading" : "profile.noPlan")}
      </p>
    );
  }
  return <Shown report={report} />;
}

function Shown({ report }: { readonly report: PlanReport }) {
  const profile = useProfile(takeProfile);
  const [order, setOrder] = useState<RowOrder>("run");
  return (
    <div className={classes.profile} data-roomy>
      <div className={classes.controls}>
        <Taking hasProfile={profile !== null} />
        <SegmentedControl
          className={classes.order ?? ""}
          aria-label={t("profile.order")}
          data={[
            { value: "run", label: t("profile.inOrder") },
            { value: "time", label: t("profile.byTime") },
          ]}
          value={order}
          disabled={profile === null}
          onChange={(value) => setOrder(value === "time" ? "time" : "run")}
        />
        <Totals report={report} profile={profile} />
      </div>
      {report.tuning && <p className={classes.totals}>{describeTuning(report.tuning)}</p>}
      <ProfileTable rows={profileRows(report, profile, order)} />
      <p className={classes.note}>{t("profile.note")}</p>
      <PlanText text={report.text} />
    </div>
  );
}

const describeTuning = ({ products, isChanged, elapsedMs }: TuningReport): string =>
  t(isChanged ? "profile.tunedQuicker" : "profile.tunedSame", { products, time: formatMilliseconds(elapsedMs) });

/** One button, so that the focus stays where it is, and how far the profile has come. */
function Taking({ hasProfile }: { readonly hasProfile: boolean }) {
  const progress = useProfile(takeProgress);
  return (
    <div className={classes.taking}>
      <Button
        variant={progress ? "default" : "light"}
        onClick={() => (progress ? cancelProfile() : void takeProfileOfStep())}
      >
        {progress ? t("layout.cancel") : t(hasProfile ? "profile.again" : "profile.start")}
      </Button>
      {progress && (
        <>
          <progress
            aria-label={t("profile.title")}
            className={classes.progress}
            max={Math.max(1, progress.total)}
            value={progress.done}
          />
          <span className={classes.count}>
            {progress.total > 0
              ? t("profile.progress", { done: progress.done, all: progress.total })
              : t("profile.waiting")}
          </span>
        </>
      )}
    </div>
  );
}

function Totals({ report, profile }: { readonly report: PlanReport; readonly profile: Profile | null }) {
  const { launches, flops, bytes, milliseconds, flopsPerSecond } = profileTotals(report, profile);
  const cost = t("profile.cost", { launches, operations: formatFlops(flops), bytes: formatBytes(bytes) });
  if (milliseconds === null || !profile) return <p className={classes.totals}>{t("profile.costOnly", { cost })}</p>;
  const clock = t(profile.clock === "device" ? "profile.gpuClock" : "profile.browserClock");
  const timed = { time: formatMilliseconds(milliseconds), cost, clock };
  const text =
    flopsPerSecond === null
      ? t("profile.timed", timed)
      : t("profile.timedAt", { ...timed, speed: formatFlops(flopsPerSecond) });
  return (
    <p className={classes.totals}>
      <Rich text={text} />
    </p>
  );
}
