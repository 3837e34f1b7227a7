/** The benchmark's page: what this machine is, a button, and a table that fills. */
import { Button, Progress } from "@mantine/core";
import { IconPlayerPlay, IconPlayerStop } from "@tabler/icons-react";
import { CopyButton } from "../common/CopyButton";
import { Panel } from "../common/Panel";
import { SideHeader } from "../common/SideHeader";
import { ResultTable } from "./ResultTable";
import { cpuName, gpuName, toReport } from "./summary";
import { type BenchmarkState, useBenchmark } from "./useBenchmark";
import classes from "./BenchPage.module.css";

export function BenchPage() {
  const { state, start, cancel } = useBenchmark();
  const findings = state.entries.flatMap(({ finding }) => finding ?? []);
  return (
    <div className={classes.page}>
      <SideHeader title="Benchmark" />
      <main className={classes.main}>
        <p className={classes.lead}>
          How fast does this machine train? Steps of two networks and products of square matrices, on your GPU and on
          your CPU, with the engine that trains in the app. It takes about a minute, and nothing leaves this device.
        </p>
        <Machine state={state} cpu={cpuName(findings)} />
        <div className={classes.controls}>
          {state.phase === "running" ? (
            <Button size="sm" variant="default" leftSection={<IconPlayerStop size={16} />} onClick={cancel}>
              Cancel
            </Button>
          ) : (
            <Button
              size="sm"
              leftSection={<IconPlayerPlay size={16} />}
              disabled={state.phase === "looking"}
              onClick={() => void start()}
            >
              {findings.length > 0 ? "Start again" : "Start"}
            </Button>
          )}
          <p className={classes.doing} role="status" aria-label="Benchmark status">
            {describePhase(state)}
          </p>
        </div>
        {state.phase === "running" && (
          <Progress
            value={(100 * findings.length) / state.entries.length}
            size="sm"
            aria-label="Share of the benchmark that is done"
          />
        )}
        <Panel
          title="Results"
          aside={
            findings.length > 0 && (
              <CopyButton
                variant="subtle"
                label="Copy as Markdown"
                byHand="Results as Markdown"
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
  const cpus = `${navigator.hardwareConcurrency} logical CPUs`;
  return (
    <dl className={classes.machine}>
      <div>
        <dt>GPU</dt>
        <dd>{state.phase === "looking" ? "looking …" : gpuName(state.gpu)}</dd>
      </div>
      <div>
        <dt>CPU</dt>
        <dd>{cpu ? `${cpu}, of ${cpus}` : cpus}</dd>
      </div>
    </dl>
  );
}

function describePhase({ phase, gpu, doing }: BenchmarkState): string {
  switch (phase) {
    case "looking":
      return "Looking for a GPU …";
    case "ready":
      return gpu
        ? "Keep this tab in front, and the machine at rest."
        : "There is no WebGPU adapter here, so the CPU alone is measured.";
    case "running":
      return doing;
    case "done":
      return "Done.";
    case "cancelled":
      return "Cancelled.";
  }
}

function Notes({ hasGpu }: { readonly hasGpu: boolean }) {
  return (
    <section className={classes.notes} aria-label="What the figures mean">
      <p>
        <b>mlp</b> is 784-128-10, <b>cnn</b> has three convolutions and 93,322 parameters; <b>b32</b> and <b>b128</b>{" "}
        are the batch. A step is forward, backward and Adam. A figure is the median of 7 samples of at least 100 ms;
        where a sample takes long there are fewer.
      </p>
      <p>
        <b>GFLOP/s</b> counts the multiply-adds of the matrix products, as two each.{" "}
        {hasGpu && (
          <>
            <b>Of peak</b> compares with the faster of the first two rows, kernels that do multiply-adds and nothing
            else, on vectors of four and on single numbers. <b>Dispatches</b> and <b>submits</b> are what a step asks of
            the GPU. GPU and CPU are sampled in turn, and the GPU&apos;s first steps must agree with the CPU&apos;s
            before it is timed.
          </>
        )}
      </p>
      <p>
        <code>npm run bench</code> measures TensorFlow.js and jax-js beside Descent.
      </p>
    </section>
  );
}
