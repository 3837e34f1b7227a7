/** The whole plan as text, to read or to send to somebody. */
import { CopyButton } from "../common/CopyButton";
import { t } from "../common/words";
import classes from "./PlanText.module.css";

export function PlanText({ text }: { readonly text: string }) {
  return (
    <details className={classes.plan}>
      <summary className={classes.summary}>{t("profile.text")}</summary>
      <CopyButton
        size="compact-sm"
        variant="default"
        className={classes.copy ?? ""}
        label={t("profile.copy")}
        makeText={() => text}
      />
      <pre className={classes.text} aria-label={t("profile.text")} role="region" tabIndex={0}>
        {text}
      </pre>
    </details>
  );
}
