/** The self-test's page: what it runs on, how far it is, what it found, and the report to copy. */
import { Button, SegmentedControl } from "@mantine/core";
import { IconAlertTriangleFilled, IconPlayerStop, IconRefresh } from "@tabler/icons-react";
import { useState } from "react";
import { formatDuration } from "../common/format";
import { CopyButton } from "../common/CopyButton";
import { SideHeader } from "../common/SideHeader";
import { useThrottled } from "../common/useThrottled";
import { hasPassed, writeReport } from "./report";
import { ResultTable } from "./ResultTable";
import { cancelSelfTest, type SuiteState, useSuite } from "./suite";
import { describeTimeLeft } from "./timeLeft";
import { t } from "../common/words";
import { Rich } from "../common/Rich";
import classes from "./SelfTestPage.module.css";

// A guess that changes faster is not worth reading.
const TIME_LEFT_INTERVAL_MS = 5000;

type Filter = "all" | "failures";

export function SelfTestPage({ onRestart }: { readonly onRestart: () => void }) {
  const suite = useSuite();
  const [filter, setFilter] = useState<Filter>("all");
  const { state, results } = suite;
  const isRunning = state === "starting" || state === "running";
  const failures = results.filter((result) => !hasPassed(result));
  return (
    <div className={classes.page}>
      <SideHeader title={t("selfTest.title")} />
      <main className={classes.main}>
        <p className={classes.intro}>{t("selfTest.intro")}</p>
        <Machines suite={suite} />
        <section className={classes.status} aria-label={t("selfTest.progress")}>
          <Summary suite={suite} failed={failures.length} />
          <div className={classes.actions}>
            {isRunning ? (
              <Button variant="default" leftSection={<IconPlayerStop size={15} />} onClick={cancelSelfTest}>
                {t("layout.cancel")}
              </Button>
            ) : (
              <Button variant="default" leftSection={<IconRefresh size={15} />} onClick={onRestart}>
                {t("selfTest.again")}
              </Button>
            )}
            <CopyButton
              label={t("selfTest.copyReport")}
              byHand={t("selfTest.report")}
              disabled={results.length === 0}
              makeText={() => reportOf(suite)}
            />
          </div>
        </section>
        <div className={classes.filter}>
          <SegmentedControl
            aria-label={t("selfTest.show")}
            value={filter}
            onChange={(value) => setFilter(value === "failures" ? "failures" : "all")}
            data={[
              { value: "all", label: t("selfTest.all", { cases: results.length }) },
              { value: "failures", label: t("selfTest.failures", { cases: failures.length }) },
            ]}
          />
        </div>
        <ResultTable results={filter === "all" ? results : failures} isFiltered={filter === "failures"} />
      </main>
    </div>
  );
}

function Machines({ suite: { state, machines } }: { readonly suite: SuiteState }) {
  const adapterOf = (kind: "webgpu" | "cpu"): string | undefined => machines.find((one) => one.kind === kind)?.adapter;
  const gpu = adapterOf("webgpu");
  return (
    <>
      <dl className={classes.machines}>
        <dt>{t("selfTest.gpu")}</dt>
        <dd>
          {gpu ??
            t(machines.length > 0 ? "selfTest.none" : state === "starting" ? "selfTest.asking" : "selfTest.notKnown")}
        </dd>
        <dt>{t("selfTest.cpu")}</dt>
        <dd>{adapterOf("cpu") ?? t("selfTest.asking")}</dd>
        <dt>{t("selfTest.browser")}</dt>
        <dd>{navigator.userAgent}</dd>
      </dl>
      {machines.length > 0 && gpu === undefined && (
        <p className={classes.noGpu} role="note">
          <IconAlertTriangleFilled size={17} aria-hidden />
          <span>
            <Rich text={t("gpu" in navigator ? "selfTest.noGpu" : "selfTest.noWebGpu")} />
          </span>
        </p>
      )}
    </>
  );
}

function Summary({ suite, failed }: { readonly suite: SuiteState; readonly failed: number }) {
  const { state, results, total, elapsedMs, problem } = suite;
  const done = t("selfTest.done", { done: results.length, all: total });
  const timeLeft = useThrottled(describeTimeLeft(suite), TIME_LEFT_INTERVAL_MS, state);
  const pace =
    state === "finished"
      ? t("selfTest.doneIn", { done, time: formatDuration(elapsedMs) })
      : state === "running" && timeLeft !== null
        ? t("selfTest.timeLeft", { done, time: timeLeft })
        : done;
  return (
    <div className={classes.summary}>
      <p className={classes.verdict} role="status" data-outcome={outcomeOf(suite, failed)}>
        {describeState(suite, failed)}
      </p>
      <progress
        className={classes.progress}
        aria-label={t("selfTest.casesDone")}
        max={Math.max(1, total)}
        value={results.length}
      />
      <p className={classes.detail}>{problem ?? pace}</p>
    </div>
  );
}

function outcomeOf({ state }: SuiteState, failed: number): "good" | "bad" | "open" {
  if (failed > 0 || state === "broken") return "bad";
  return state === "finished" ? "good" : "open";
}

function describeState({ state, results }: SuiteState, failed: number): string {
  const found = failed === 0 ? t("selfTest.nothingWrong") : t("selfTest.failedSoFar", { cases: failed });
  if (state === "starting") return t("selfTest.starting");
  if (state === "running") return t("selfTest.running", { found });
  if (state === "cancelled") return t("selfTest.cancelled", { found });
  if (state === "broken") return t("selfTest.broken");
  if (results.length === 0) return t("selfTest.nothing");
  return failed === 0 ? t("selfTest.allPassed", { cases: results.length }) : t("selfTest.failed", { cases: failed });
}

function reportOf(suite: SuiteState): string {
  const { userAgent, hardwareConcurrency } = navigator;
  return writeReport(suite, { userAgent, hardwareConcurrency, isIsolated: crossOriginIsolated });
}
