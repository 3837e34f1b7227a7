/** What the visitor should know, until it is dismissed or was there to read. */
import { type ReactNode, useEffect, useRef } from "react";
import { Button, CloseButton } from "@mantine/core";
import { IconAlertTriangleFilled, IconExclamationCircleFilled, IconInfoCircleFilled } from "@tabler/icons-react";
import type { PageNotice } from "../store/run";
import { dismissNotice, takeNotices, useRun } from "../store/run";
import { continueLower, reset, resumeRun, retry } from "../train/session";
import { t, tell } from "../common/words";
import classes from "./Notices.module.css";

/** What the trainer says where runs cannot be kept. */
const OF_STORAGE = "storage";

const saveInHand = async (): Promise<void> => (await import("./saveInHand")).saveInHand();

const icons = {
  info: IconInfoCircleFilled,
  warning: IconAlertTriangleFilled,
  error: IconExclamationCircleFilled,
} as const;

/** Below what lies under the notices there is as much room as they take, so that all of it can be scrolled into sight. */
function keepRoom(list: HTMLElement | null): (() => void) | undefined {
  if (!list) return undefined;
  const { style } = document.documentElement;
  const observer = new ResizeObserver(() => style.setProperty("--notices-room", String(list.offsetHeight)));
  observer.observe(list);
  return () => observer.disconnect();
}

/** @param children what else floats there, above the notices */
export function Notices({ children }: { readonly children?: ReactNode }) {
  const notices = useRun(takeNotices);
  return (
    <section ref={keepRoom} aria-label={t("layout.notices")} className={classes.list}>
      {children}
      {notices.map((notice) => (
        <Notice key={notice.id} notice={notice} />
      ))}
    </section>
  );
}

/** 150 words a minute, where most read 175 to 300. Source: Brysbaert 2019, "How many words do we read per minute?" */
const MS_A_WORD = 400;
/** Until it is looked at. */
const MS_TO_NOTICE = 5000;
const TICK_MS = 500;

const passes = ({ severity, stays, action, keptRun }: PageNotice): boolean =>
  severity === "info" && !stays && !action && !keptRun;

/** Takes a notice away that asks for nothing, once there was time to read it. As long as the pointer or the focus is among the notices, or
 *  the tab is out of sight, that time does not begin (WCAG 2.2.1). */
function usePassing(notice: PageNotice, text: string) {
  const { id } = notice;
  const element = useRef<HTMLDivElement>(null);
  const isPassing = passes(notice);
  useEffect(() => {
    if (!isPassing) return;
    const all = MS_TO_NOTICE + MS_A_WORD * text.split(" ").length;
    let left = all;
    const timer = setInterval(() => {
      const isHeld = document.hidden || element.current?.parentElement?.matches(":hover, :focus-within");
      left = isHeld ? all : left - TICK_MS;
      if (left <= 0) dismissNotice(id);
    }, TICK_MS);
    return () => clearInterval(timer);
  }, [id, isPassing, text]);
  return element;
}

function Notice({ notice }: { readonly notice: PageNotice }) {
  const { id, severity, topic, said, canRetry, resumeStep, keptRun, action } = notice;
  const Icon = icons[severity];
  const text = tell(said);
  const element = usePassing(notice, text);
  return (
    <div
      ref={element}
      className={classes.notice}
      data-severity={severity}
      role={severity === "info" ? "status" : "alert"}
    >
      <Icon size={17} className={classes.icon} aria-hidden />
      <p className={classes.message}>{text}</p>
      {canRetry && (
        <Button className={classes.action ?? ""} size="compact-sm" variant="default" onClick={retry}>
          {t("layout.retry")}
        </Button>
      )}
      {action && (
        <div className={classes.actions}>
          <Button size="compact-sm" variant="default" onClick={action.run}>
            {tell(action.label)}
          </Button>
        </div>
      )}
      {topic === OF_STORAGE && (
        <Button className={classes.action ?? ""} size="compact-sm" variant="default" onClick={() => void saveInHand()}>
          {t("layout.saveRun")}
        </Button>
      )}
      {keptRun && (
        <Button
          className={classes.action ?? ""}
          size="compact-sm"
          variant="default"
          onClick={() => void resumeRun(keptRun.id)}
        >
          {t("train.resumeAt", { step: keptRun.step })}
        </Button>
      )}
      {resumeStep !== undefined && (
        <div className={classes.actions}>
          <Button size="compact-sm" variant="default" onClick={() => void continueLower()}>
            {t("train.continueLower", { step: resumeStep })}
          </Button>
          <Button size="compact-sm" variant="default" onClick={() => void reset()}>
            {t("train.reset")}
          </Button>
        </div>
      )}
      <CloseButton size="sm" aria-label={t("layout.dismiss")} onClick={() => dismissNotice(id)} />
    </div>
  );
}
