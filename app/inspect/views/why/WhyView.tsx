/** Why the model says what it says of one image, kept up with its weights. */
import { NativeSelect, SegmentedControl } from "@mantine/core";
import { useMemo, useState } from "react";
import { type Why, WHY_METHODS } from "../../../../src/engine";
import { formatCount, formatPercent, formatScore, formatSureness } from "../../../common/format";
import { t } from "../../../common/words";
import { useDescription } from "../../../store/model";
import { takePrepared, useRun } from "../../../store/run";
import { useInquiry } from "../../../train/inquire";
import { type Classifier, classifierOf } from "../classifier";
import { useFollowed } from "../follow/useFollowed";
import { Occluded } from "./Occluded";
import { AttributionMap, Scale } from "./AttributionMap";
import { Ninths } from "./Ninths";
import { Picture } from "../Picture";
import classes from "./WhyView.module.css";

type Method = Why["method"];

export function WhyView() {
  const prepared = useRun(takePrepared);
  const edited = useDescription();
  const model = prepared ?? edited;
  const classifier = useMemo(() => classifierOf(model), [model]);
  return classifier && <Explained key={classifier.classNames.join()} classifier={classifier} />;
}

function Explained({ classifier }: { readonly classifier: Classifier }) {
  const { input, info, classNames } = classifier;
  const [method, setMethod] = useState<Method>("integrated");
  const [target, setTarget] = useState<number | null>(null);
  const { values: followed, control } = useFollowed(classifier);
  const values = followed instanceof Float32Array ? followed : null;
  const question = useMemo(
    () => values && { columns: { [input]: values }, column: input, method, target },
    [values, input, method, target],
  );
  const answer = useInquiry("why", question);
  // While another way is computed, what is there is of the way before.
  const isOf = answer?.method === method;
  return (
    <div className={classes.view}>
      <div className={classes.controls}>
        <SegmentedControl
          aria-label={t("inspect.whyMethod")}
          data={WHY_METHODS.map((value) => ({ value, label: t(`inspect.${value}`) }))}
          value={method}
          onChange={(value) => {
            const chosen = WHY_METHODS.find((each) => each === value);
            if (chosen) setMethod(chosen);
          }}
        />
        {control}
        <NativeSelect
          aria-label={t("inspect.whyTarget")}
          value={target === null ? "" : String(target)}
          onChange={({ currentTarget: { value } }) => setTarget(value === "" ? null : Number(value))}
          data={[
            { value: "", label: t("inspect.whyLikeliest") },
            ...classNames.map((label, i) => ({ value: String(i), label })),
          ]}
        />
      </div>
      <p className={classes.hint}>{t(`inspect.${method}Hint`)}</p>
      {answer && isOf && values ? (
        <>
          <Scale method={method} />
          <div className={classes.pictures}>
            {method === "occlusion" ? (
              <Occluded key={answer.values.length} values={values} imageShape={info.shape} answer={answer} />
            ) : (
              <Picture values={values} shape={info.shape} className={classes.image} />
            )}
            <AttributionMap answer={answer} className={classes.image} />
            <div className={classes.told}>
              <Told answer={answer} classNames={classNames} />
              <Ninths answer={answer} />
            </div>
          </div>
        </>
      ) : (
        <p className={classes.hint}>{t("inspect.whyWaiting")}</p>
      )}
    </div>
  );
}

/** How much a gap between sums may be, of the difference. */
const MAX_OFF = 0.01;

function Told({ answer, classNames }: { readonly answer: Why; readonly classNames: readonly string[] }) {
  const { target, outputs, areProbabilities, score, emptyScore, method, values, points } = answer;
  const sum = useMemo(() => values.reduce((a, b) => a + b, 0), [values]);
  const difference = score - emptyScore;
  const off = Math.abs(sum - difference) / Math.abs(difference);
  const said = outputs.length === 1 ? Number((outputs[0] ?? 0) > 0.5) : outputs.indexOf(Math.max(...outputs));
  const output =
    outputs.length === 1 && said === 0 ? 1 - (outputs[0] ?? 0) : (outputs[outputs.length === 1 ? 0 : said] ?? 0);
  return (
    <>
      <p className={classes.sentence}>
        {t("inspect.whySaid", {
          name: classNames[said] ?? "",
          value: areProbabilities ? formatSureness(output) : formatScore(output),
        })}{" "}
        {t("inspect.whyScore", {
          name: classNames[target] ?? "",
          score: formatScore(score),
          empty: formatScore(emptyScore),
        })}
      </p>
      {method === "integrated" && (
        <p className={classes.sentence}>
          {t("inspect.whySum", {
            sum: formatScore(sum),
            difference: formatScore(difference),
            off: formatPercent(off),
            steps: formatCount(points),
          })}{" "}
          {off > MAX_OFF && t("inspect.whySumOff")}
        </p>
      )}
    </>
  );
}
