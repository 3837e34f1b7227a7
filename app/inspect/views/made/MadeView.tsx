/** Images that a generator makes of the same noise, now and in the past; of digits, how many kinds of them it makes. */
import { Slider } from "@mantine/core";
import { useId, useMemo, useState } from "react";
import { formatLoss, formatPercent } from "../../../common/format";
import { t } from "../../../common/words";
import { type DataInfo, sizeOf } from "../../../../src/engine";
import { dataOf } from "../../../store/model";
import { takePredictions, takePrepared, takeStatus, useRun } from "../../../store/run";
import { useInPhase } from "../../../store/slow";
import { ClassBars } from "../ClassBars";
import { Picture } from "../Picture";
import { CLASSES, classesHit, MIN_SHARE } from "./judge";
import { usePast } from "./past";
import { SAMPLES, useJudged } from "./useJudged";
import classes from "./MadeView.module.css";

export default function MadeView() {
  const prepared = useRun(takePrepared);
  const names = useMemo(() => prepared && digitsOf(dataOf(prepared)), [prepared]);
  return (
    <div className={classes.view}>
      <Grid />
      {names && <Judged names={names} />}
    </div>
  );
}

/** The names of the classes, where they are the ten digits and images are such as the judge knows; null otherwise. */
function digitsOf({ columns }: DataInfo): readonly string[] | null {
  const all = Object.values(columns);
  const isKnown = all.some(({ kind, shape }) => kind === "image" && shape.join() === "28,28,1");
  const names = all.find(({ kind }) => kind === "class")?.names ?? [];
  return isKnown && names.length === CLASSES && names.every((name, i) => name === String(i)) ? names : null;
}

/** The samples, and a slider over those that are kept of the past. */
function Grid() {
  const now = useInPhase("generator", useRun(takePredictions)?.shown["made"]);
  const kept = usePast(({ kept: all }) => all);
  /** Null for the latest, whatever comes. */
  const [at, setAt] = useState<number | null>(null);
  const label = useId();
  if (!now) return null;
  const last = kept.length - 1;
  const seen = at === null ? kept[last] : kept[Math.min(at, last)];
  const size = sizeOf(now.shape);
  const values = seen?.values ?? now.data;
  return (
    <div className={classes.made}>
      <ul className={classes.grid} aria-label={t("results.madeImages")}>
        {Array.from({ length: Math.floor(values.length / size) }, (_, i) => (
          <li key={`${i} of the same noise`}>
            <Picture values={values.subarray(i * size, (i + 1) * size)} shape={now.shape} className={classes.image} />
          </li>
        ))}
      </ul>
      {last > 0 && (
        <div className={classes.past}>
          <span id={label} className={classes.pastLabel}>
            {t(at === null ? "inspect.madeNow" : "inspect.madeThen", { step: seen?.step ?? 0 })}
          </span>
          <Slider
            aria-labelledby={label}
            className={classes.slider}
            min={0}
            max={last}
            value={at === null ? last : Math.min(at, last)}
            onChange={(value) => setAt(value >= last ? null : value)}
            // The text above says it.
            label={null}
            thumbLabel={t("inspect.madePast")}
          />
        </div>
      )}
    </div>
  );
}

/** How many classes the samples hit: few, where the generator has settled on what fools the discriminator. */
function Judged({ names }: { readonly names: readonly string[] }) {
  const verdicts = useJudged();
  const scores = useRun(takeStatus).epochMean?.values;
  const shares = verdicts && Float32Array.from(verdicts.byClass, (hits) => hits / verdicts.count);
  return (
    <section className={classes.judged} aria-label={t("inspect.judged")}>
      <p className={classes.hits}>
        {verdicts
          ? t("inspect.classesHit", { hit: classesHit(verdicts), all: names.length })
          : t("inspect.notJudged", { samples: SAMPLES })}
      </p>
      <ClassBars label={t("inspect.sharesOfClasses")} classNames={names} outputs={shares} areProbabilities />
      <dl className={classes.figures}>
        <dt>{t("inspect.judgesConfidence")}</dt>
        <dd>{verdicts ? formatPercent(verdicts.confidence, 1) : "–"}</dd>
        <dt>{t("inspect.realScore")}</dt>
        <dd>{scores ? formatLoss(scores["realScore"] ?? NaN) : "–"}</dd>
        <dt>{t("inspect.madeScore")}</dt>
        <dd>{scores ? formatLoss(scores["madeScore"] ?? NaN) : "–"}</dd>
      </dl>
      <p className={classes.note}>{t("inspect.judgedBy", { samples: SAMPLES, share: formatPercent(MIN_SHARE, 0) })}</p>
    </section>
  );
}
