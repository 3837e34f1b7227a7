/** The machine that trains: what it is, how much of it to use, and what the model takes of it. */
import { NativeSelect } from "@mantine/core";
import { useShallow } from "zustand/react/shallow";
import type { MemoryReport } from "../../src/engine";
import { totalBytes } from "../../src/engine";
import { FieldRow } from "../fields/FieldRow";
import { formatBytes } from "../common/format";
import { takeBackend, takeMemory, takeThreads, useRun } from "../store/run";
import { setThreads } from "./threads";
import { backendName } from "./statusText";
import { t } from "../common/words";
import classes from "./MachineSettings.module.css";

const parts: readonly (keyof MemoryReport)[] = [
  "dataset",
  "parameters",
  "optimizer",
  "training",
  "scoring",
  "bookkeeping",
];

export function MachineSettings() {
  const backend = useRun(takeBackend);
  const memory = useRun(useShallow(takeMemory));
  return (
    <>
      <ThreadsControl />
      <dl className={classes.facts}>
        <dt>{t("status.backend")}</dt>
        <dd>
          {backend
            ? t("machine.backendOn", { backend: backendName(backend), adapter: backend.adapter })
            : t("machine.notKnownYet")}
        </dd>
        {parts.map((key) => (
          <Bytes key={key} label={t(`machine.${key}`)} bytes={memory?.[key]} />
        ))}
        <Bytes label={t("machine.memoryInAll")} bytes={memory ? totalBytes(memory) : undefined} />
      </dl>
    </>
  );
}

function Bytes({ label, bytes }: { readonly label: string; readonly bytes: number | undefined }) {
  return (
    <div className={classes.fact}>
      <dt>{label}</dt>
      <dd>{bytes === undefined ? "–" : formatBytes(bytes)}</dd>
    </div>
  );
}

const THREADS_ID = "machine-threads";
const AUTOMATIC = "automatic";

/** How many CPU threads to train on, where a page may have more than one. */
function ThreadsControl() {
  const kind = useRun(takeBackend)?.kind;
  const threads = useRun(takeThreads);
  if (!crossOriginIsolated || kind !== "cpu") return null;
  const most = Math.min(64, Math.max(navigator.hardwareConcurrency || 1, threads ?? 1));
  const counts = Array.from({ length: most }, (_, i) => String(i + 1));
  return (
    <FieldRow id={THREADS_ID} label={t("machine.threads")} help={t("machine.threadsHelp")}>
      <NativeSelect
        id={THREADS_ID}
        w="100%"
        data={[{ value: AUTOMATIC, label: t("machine.automaticThreads") }, ...counts]}
        value={threads === null ? AUTOMATIC : String(threads)}
        onChange={({ currentTarget: { value } }) => setThreads(value === AUTOMATIC ? null : Number(value))}
      />
    </FieldRow>
  );
}
