/** Where the time of a training step goes, launch by launch. Loaded only when it is asked for. */
import { Button, SegmentedControl } from "@mantine/core";
import { useEffect, useState } from "react";
import type { PlanReport, Profile, TuningReport } from "../../src/engine";
import { formatBytes, formatFlops, formatMilliseconds } from "../common/format";
import { takeProfile, takeProgress, takeReport, useProfile } from "../store/profile";
import { takeState, useRun } from "../store/run";
import { cancelProfile, profile as takeProfileOfStep, refreshPlan } from "../train/session";
import { PlanText } from "./PlanText";
import { ProfileTable } from "./ProfileTable";
import type { RowOrder } from "./rows";
import { profileRows, profileTotals } from "./rows";
import classes from "./ProfilePanel.module.css";

export default function ProfilePanel() {
  const report = useProfile(takeReport);
  const state = useRun(takeState);
  const isPrepared = state !== "empty" && state !== "preparing" && state !== "failed";
  useEffect(() => {
    if (isPrepared && !report) void refreshPlan();
  }, [isPrepared, report]);
  if (!report) {
    const text = isPrepared ? "Reading the plan of a training step…" : "The plan of a training step appears here.";
    return (
      <p className={classes.waiting} data-roomy>
        {text}
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
          aria-label="Order of launches"
          data={[
            { value: "run", label: "In order" },
            { value: "time", label: "By time" },
          ]}
          value={order}
          disabled={profile === null}
          onChange={(value) => setOrder(value === "time" ? "time" : "run")}
        />
        <Totals report={report} profile={profile} />
      </div>
      {report.tuning && <p className={classes.totals}>{describeTuning(report.tuning)}</p>}
      <ProfileTable rows={profileRows(report, profile, order)} />
      <p className={classes.note}>
        “grad” marks the way back, where gradients are computed. A row opens to all that its launch does.
      </p>
      <PlanText text={report.text} />
    </div>
  );
}

/** `Tuned 7 matrix products in 1.2 s.` */
function describeTuning({ products, isChanged, elapsedMs }: TuningReport): string {
  const tuned = `Tuned ${products} matrix ${products === 1 ? "product" : "products"} in ${formatMilliseconds(elapsedMs)}`;
  return isChanged
    ? `${tuned}; the quickest kernels are in use.`
    : `${tuned}; no kernel was quicker than the usual ones.`;
}

/** One button, so that the focus stays where it is, and how far the profile has come. */
function Taking({ hasProfile }: { readonly hasProfile: boolean }) {
  const progress = useProfile(takeProgress);
  const label = hasProfile ? "Profile again" : "Profile a step";
  return (
    <div className={classes.taking}>
      <Button
        variant={progress ? "default" : "light"}
        onClick={() => (progress ? cancelProfile() : void takeProfileOfStep())}
      >
        {progress ? "Cancel" : label}
      </Button>
      {progress && (
        <>
          <progress
            aria-label="Profile"
            className={classes.progress}
            max={Math.max(1, progress.total)}
            value={progress.done}
          />
          <span className={classes.count}>
            {progress.total > 0 ? `${progress.done} of ${progress.total}` : "waiting"}
          </span>
        </>
      )}
    </div>
  );
}

function Totals({ report, profile }: { readonly report: PlanReport; readonly profile: Profile | null }) {
  const { launches, flops, bytes, milliseconds, flopsPerSecond } = profileTotals(report, profile);
  const cost = `${launches} launches, ${formatFlops(flops)}, ${formatBytes(bytes)} moved`;
  if (milliseconds === null || !profile) return <p className={classes.totals}>{`A training step: ${cost}.`}</p>;
  const speed = flopsPerSecond === null ? "" : `, ${formatFlops(flopsPerSecond)}/s`;
  const clock = profile.clock === "device" ? "the GPU's own clock" : "the browser's clock";
  return (
    <p className={classes.totals}>
      <strong>{formatMilliseconds(milliseconds)}</strong>
      {` a training step${speed}: ${cost}. Each launch timed by itself, many times over, by ${clock}.`}
    </p>
  );
}
