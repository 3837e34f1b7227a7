/** Which samples a view is made of, and as of which step; or what it waits for. */
import { formatCount } from "../../../common/format";
import { t } from "../../../common/words";
import type { JudgedSplit } from "./useJudged";
import classes from "./SplitLine.module.css";

export function SplitLine({ split: { judged, step } }: { readonly split: JudgedSplit }) {
  const { split } = judged.answers;
  return (
    <p className={classes.line}>
      {t(split === "test" ? "inspect.ofTest" : "inspect.ofValidation", {
        samples: formatCount(judged.count),
        step: formatCount(step),
      })}
    </p>
  );
}

export function Waiting() {
  return <p className={classes.waiting}>{t("inspect.notScored")}</p>;
}
