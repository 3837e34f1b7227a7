/** The benchmark's page: what this machine is, a button, and a table that fills. */
import { Button, Progress } from "@mantine/core";
import "@mantine/core/styles/Progress.css";
import { IconPlayerPlay, IconPlayerStop } from "@tabler/icons-react";
import { CopyButton } from "../common/CopyButton";
import { Panel } from "../common/Panel";
import { SideHeader } from "../common/SideHeader";
import { ResultTable } from "./ResultTable";
import { cpuName, gpuName, toReport } from "./summary";
import { type BenchmarkState, useBenchmark } from "./useBenchmark";
import { t, tell } from "../common/words";
import { Rich } from "../common/Rich";
import classes from "./BenchPage.module.css";

export function BenchPage() {
  const { state, start, cancel } = useBenchmark();
  const findings = state.entries.flatMap(({ finding }) => finding ?? []);
  return (
    <div className={classes.page}>
      <SideHeader title={t("bench.title")} />
      <main className={classes.main}>
        <p className={classes.lead}>{t("bench.intro")}</p>
        <Machine state={state} cpu={cpuName(findings)} />
        <div className={classes.controls}>
          {state.phase === "running" ? (
            <Button size="sm" variant="default" leftSection={<IconPlayerStop size={16} />} onClick={cancel}>
              {t("layout.cancel")}
            </Button>
          ) : (
            <Button
              size="sm"
              leftSection={<IconPlayerPlay size={16} />}
              disabled={state.phase === "looking"}
              onClick={() => void start()}
            >
              {t(findings.length > 0 ? "bench.again" : "bench.start")}
            </Button>
          )}
          <p className={classes.doing} role="status" aria-label={t("bench.status")}>
            {describePhase(state)}
          </p>
        </div>
        {state.phase === "running" && (
          <Progress value={(100 * findings.length) / state.entries.length} size="sm" aria-label={t("bench.share")} />
        )}
        <Panel
          title={t("bench.results")}
          aside={
            findings.length > 0 && (
              <CopyButton
                variant="subtle"
                label={t("bench.copy")}
                byHand={t("bench.report")}
                makeText={() => toReport(state)}
              />
            )
          }
        >
          <ResultTable entries={state.entries} />
        </Panel>
        <Notes hasGpu={state.gpu !== null} />
      </main>
    </div>
  );
}

function Machine({ state, cpu }: { readonly state: BenchmarkState; readonly cpu: string | undefined }) {
  const cpus = t("bench.cpus", { cpus: navigator.hardwareConcurrency });
  return (
    <dl className={classes.machine}>
      <div>
        <dt>{t("bench.gpu")}</dt>
        <dd>{state.phase === "looking" ? t("bench.looking") : gpuName(state.gpu, tell)}</dd>
      </div>
      <div>
        <dt>{t("bench.cpu")}</dt>
        <dd>{cpu ? t("bench.cpuOf", { cpu, cpus }) : cpus}</dd>
      </div>
    </dl>
  );
}

function describePhase({ phase, gpu, doing }: BenchmarkState): string {
  switch (phase) {
    case "looking":
      return t("bench.lookingForGpu");
    case "ready":
      return t(gpu ? "bench.ready" : "bench.readyCpu");
    case "running":
      return doing;
    case "done":
      return t("bench.done");
    case "cancelled":
      return t("bench.cancelled");
  }
}

function Notes({ hasGpu }: { readonly hasGpu: boolean }) {
  return (
    <section className={classes.notes} aria-label={t("bench.notes")}>
      <p>
        <Rich text={t("bench.workloads")} />
      </p>
      <p>
        <Rich text={t("bench.figures")} />
        {hasGpu && (
          <>
            {" "}
            <Rich text={t("bench.figuresOfGpu")} />
          </>
        )}
      </p>
      <p>
        <Rich text={t("bench.peers")} />
      </p>
    </section>
  );
}
