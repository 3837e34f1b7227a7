/** The self-test's page: what it runs on, how far it is, what it found, and the report to copy. */
import { Button, SegmentedControl } from "@mantine/core";
import { IconAlertTriangleFilled, IconPlayerStop, IconRefresh } from "@tabler/icons-react";
import { useState } from "react";
import { formatCount, formatDuration } from "../common/format";
import { CopyButton } from "../common/CopyButton";
import { SideHeader } from "../common/SideHeader";
import { useThrottled } from "../common/useThrottled";
import { hasPassed, writeReport } from "./report";
import { ResultTable } from "./ResultTable";
import { cancelSelfTest, type SuiteState, useSuite } from "./suite";
import { describeTimeLeft } from "./timeLeft";
import classes from "./SelfTestPage.module.css";

// A guess that changes faster is not worth reading.
const TIME_LEFT_INTERVAL_MS = 5000;

const filters = ["All", "Failures"] as const;
type Filter = (typeof filters)[number];

export function SelfTestPage({ onRestart }: { readonly onRestart: () => void }) {
  const suite = useSuite();
  const [filter, setFilter] = useState<Filter>("All");
  const { state, results } = suite;
  const isRunning = state === "starting" || state === "running";
  const failures = results.filter((result) => !hasPassed(result));
  return (
    <div className={classes.page}>
      <SideHeader title="Self-test" />
      <main className={classes.main}>
        <p className={classes.intro}>
          Every kernel runs twice on this device and is compared, number by number, with the same computation in double
          precision. A right kernel stays within the allowed error and gives the same bits both times.
        </p>
        <Machines suite={suite} />
        <section className={classes.status} aria-label="Progress">
          <Summary suite={suite} failed={failures.length} />
          <div className={classes.actions}>
            {isRunning ? (
              <Button variant="default" leftSection={<IconPlayerStop size={15} />} onClick={cancelSelfTest}>
                Cancel
              </Button>
            ) : (
              <Button variant="default" leftSection={<IconRefresh size={15} />} onClick={onRestart}>
                Run again
              </Button>
            )}
            <CopyButton
              label="Copy report"
              byHand="Report as Markdown"
              disabled={results.length === 0}
              makeText={() => reportOf(suite)}
            />
          </div>
        </section>
        <div className={classes.filter}>
          <SegmentedControl
            aria-label="Show"
            value={filter}
            onChange={(value) => setFilter(value === "Failures" ? "Failures" : "All")}
            data={[
              { value: "All", label: `All ${formatCount(results.length)}` },
              { value: "Failures", label: `Failures ${formatCount(failures.length)}` },
            ]}
          />
        </div>
        <ResultTable results={filter === "All" ? results : failures} isFiltered={filter === "Failures"} />
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
        <dt>GPU</dt>
        <dd>{gpu ?? (machines.length > 0 ? "none" : state === "starting" ? "asking" : "not known")}</dd>
        <dt>CPU</dt>
        <dd>{adapterOf("cpu") ?? "asking"}</dd>
        <dt>Browser</dt>
        <dd>{navigator.userAgent}</dd>
      </dl>
      {machines.length > 0 && gpu === undefined && (
        <p className={classes.noGpu} role="note">
          <IconAlertTriangleFilled size={17} aria-hidden />
          <span>
            <strong>No GPU to test.</strong>{" "}
            {"gpu" in navigator ? "This browser found no GPU adapter." : "This browser has no WebGPU."} Training runs on
            the CPU here, so its kernels are what is tested.
          </span>
        </p>
      )}
    </>
  );
}

function Summary({ suite, failed }: { readonly suite: SuiteState; readonly failed: number }) {
  const { state, results, total, elapsedMs, problem } = suite;
  const done = `${formatCount(results.length)} of ${formatCount(total)} cases`;
  const timeLeft = useThrottled(describeTimeLeft(suite), TIME_LEFT_INTERVAL_MS, state);
  const pace = state === "finished" ? ` in ${formatDuration(elapsedMs)}` : state === "running" ? timeLeft : "";
  return (
    <div className={classes.summary}>
      <p className={classes.verdict} role="status" data-outcome={outcomeOf(suite, failed)}>
        {describeState(suite, failed)}
      </p>
      <progress className={classes.progress} aria-label="Cases done" max={Math.max(1, total)} value={results.length} />
      <p className={classes.detail}>{problem ?? `${done}${pace}`}</p>
    </div>
  );
}

function outcomeOf({ state }: SuiteState, failed: number): "good" | "bad" | "open" {
  if (failed > 0 || state === "broken") return "bad";
  return state === "finished" ? "good" : "open";
}

function describeState({ state, results }: SuiteState, failed: number): string {
  const found = failed === 0 ? "nothing wrong so far" : `${formatCount(failed)} failed so far`;
  if (state === "starting") return "Starting";
  if (state === "running") return `Testing: ${found}`;
  if (state === "cancelled") return `Cancelled: ${found}`;
  if (state === "broken") return "The self-test broke off";
  if (results.length === 0) return "Nothing to test by that name";
  return failed === 0 ? `All ${formatCount(results.length)} passed` : `${formatCount(failed)} failed`;
}

function reportOf(suite: SuiteState): string {
  const { userAgent, hardwareConcurrency } = navigator;
  return writeReport(suite, { userAgent, hardwareConcurrency, isIsolated: crossOriginIsolated });
}
