/** What the training runs on, with why. */
import { Tooltip } from "@mantine/core";
import { takeBackend, takeBackendChoice, takeState, useRun } from "../store/run";
import { backendName, describeSearch, shortAdapter } from "./statusText";
import { t, tell } from "../common/words";
import classes from "./BackendBadge.module.css";

/** Reasons that are a setback, rather than how the browser is or what the visitor asked for. */
const setbacks = new Set<string>([
  "backend.hindered",
  "backend.noDevice",
  "backend.noAnswer",
  "backend.lostTwice",
  "backend.distrusted",
]);

export function BackendBadge() {
  const backend = useRun(takeBackend);
  const choice = useRun(takeBackendChoice);
  const state = useRun(takeState);
  if (!backend) return <span className={classes.badge}>{describeSearch(state, choice)}</span>;
  const { kind, adapter } = backend;
  const reason = tell(backend.reason);
  return (
    <Tooltip label={t("machine.badge", { adapter, reason })} events={{ hover: true, focus: true, touch: true }}>
      <button
        type="button"
        className={classes.badge}
        data-kind={kind}
        data-setback={setbacks.has(backend.reason.key) || undefined}
        aria-label={t("machine.badgeLabel", { backend: backendName(backend), adapter, reason })}
      >
        <span className={classes.dot} aria-hidden />
        <span className={classes.kind}>{backendName(backend)}</span>
        <span className={classes.adapter}>{shortAdapter(adapter)}</span>
      </button>
    </Tooltip>
  );
}
