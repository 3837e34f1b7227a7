/** When each validation sample was learnt and when it was forgotten again: samples by kind, with a strip over all validations. */
import { Button } from "@mantine/core";
import { useMemo, useState } from "react";
import { say, sizeOf, type SampleHistory } from "../../../../src/engine";
import { formatCount, formatLoss, formatPercent, formatSureness } from "../../../common/format";
import { t } from "../../../common/words";
import { useDescription } from "../../../store/model";
import { takePrepared, useRun } from "../../../store/run";
import { chooseSamples, lookAt, takeAt, takeChosen, useSamples } from "../../../store/samples";
import { useInquiry } from "../../../train/inquire";
import { useSampleColumns } from "../../../train/useSampleColumns";
import { type Classifier, classifierOf } from "../classifier";
import { Picture } from "../Picture";
import { isRightNow, KINDS, type Kind, missingBefore, samplesOf, shareRight } from "./kinds";
import { Strip } from "./Strip";
import classes from "./HistoryView.module.css";

/** Samples that are chosen at once, and shown on a page. */
const MOST = { chosen: 500, shown: 20 };

export function HistoryView() {
  const prepared = useRun(takePrepared);
  const edited = useDescription();
  const model = prepared ?? edited;
  const classifier = useMemo(() => classifierOf(model), [model]);
  // Asked anew after each validation, and when the run begins again.
  const after = useRun(({ status }) => status.validation?.["loss"] ?? null);
  const question = useMemo(() => ({ after }), [after]);
  const history = useInquiry("history", question);
  if (model.training.validationCount === 0) return <p className={classes.waiting}>{t("inspect.historyNeeds")}</p>;
  if (!history || !classifier) return <p className={classes.waiting}>{t("inspect.historyWaiting")}</p>;
  return <Told history={history} classifier={classifier} dataset={model.dataset} />;
}

interface ToldProps {
  readonly history: SampleHistory;
  readonly classifier: Classifier;
  readonly dataset: string;
}

function Told({ history, classifier, dataset }: ToldProps) {
  const [kind, setKind] = useState<Kind>("forgotten");
  const [page, setPage] = useState(0);
  // The same validations are the same history.
  const key = `${history.validations} ${history.steps.at(-1)}`;
  // oxlint-disable-next-line react-hooks/exhaustive-deps -- each answer is another object
  const found = useMemo(() => KINDS.map((each) => ({ kind: each, samples: samplesOf(history, each) })), [key]);
  const samples = found.find((each) => each.kind === kind)?.samples ?? [];
  const last = Math.max(0, Math.ceil(samples.length / MOST.shown) - 1);
  const at = Math.min(page, last);
  const shown = samples.slice(at * MOST.shown, (at + 1) * MOST.shown);
  const choose = (from: number): void => {
    const chosen = samples.slice(0, Math.max(MOST.chosen, from + 1));
    chooseSamples({
      of: "train",
      rows: chosen.map((n) => history.rows[n] ?? 0),
      said: say(`inspect.${kind}History`),
      dataset,
    });
    lookAt(from);
  };
  const missing = useRun(({ status: { stepsPerEpoch } }) => missingBefore(history, stepsPerEpoch));
  return (
    <div className={classes.view}>
      <p className={classes.hint}>{t("inspect.historyHint")}</p>
      {missing > 0 && (
        <p className={classes.line}>{t("inspect.historySince", { missing, step: history.steps[0] ?? 0 })}</p>
      )}
      <p className={classes.line}>
        {t("inspect.historyIs", {
          samples: history.rows.length,
          validations: history.validations,
          step: history.steps.at(-1) ?? 0,
          right: formatPercent(shareRight(history)),
          events: history.forgotten.reduce((sum, times) => sum + times, 0),
        })}
      </p>
      <div className={classes.kinds} role="group" aria-label={t("inspect.filters")}>
        {found.map((each) => (
          <Button
            key={each.kind}
            variant={each.kind === kind ? "light" : "default"}
            aria-pressed={each.kind === kind}
            onClick={() => {
              setKind(each.kind);
              setPage(0);
            }}
          >
            {t(`inspect.${each.kind}Kind`, { count: each.samples.length })}
          </Button>
        ))}
      </div>
      <p className={classes.hint}>{t(`inspect.${kind}KindHint`)}</p>
      {samples.length > 0 && (
        <>
          <div className={classes.pages}>
            <Button size="compact-sm" variant="default" onClick={() => choose(0)}>
              {t("inspect.chooseThem")}
            </Button>
            {last > 0 && (
              <>
                <Button size="compact-sm" variant="default" disabled={at === 0} onClick={() => setPage(at - 1)}>
                  {t("inspect.pageBefore")}
                </Button>
                <span className={classes.line}>
                  {t("inspect.pageOf", {
                    from: at * MOST.shown + 1,
                    to: at * MOST.shown + shown.length,
                    all: samples.length,
                  })}
                </span>
                <Button size="compact-sm" variant="default" disabled={at === last} onClick={() => setPage(at + 1)}>
                  {t("inspect.pageAfter")}
                </Button>
              </>
            )}
          </div>
          <Samples
            history={history}
            classifier={classifier}
            dataset={dataset}
            samples={shown}
            onLook={(i) => choose(at * MOST.shown + i)}
          />
        </>
      )}
    </div>
  );
}

interface SamplesProps extends ToldProps {
  readonly samples: readonly number[];
  readonly onLook: (i: number) => void;
}

function Samples({ history, classifier, dataset, samples, onLook }: SamplesProps) {
  const { rows, labels, says, certainty, losses, learntAt, forgotten, steps } = history;
  const wanted = samples.map((n) => rows[n] ?? 0).join();
  const asked = useMemo(() => wanted.split(",").map(Number), [wanted]);
  const fetched = useSampleColumns("train", asked);
  const input = fetched?.columns[classifier.input];
  const size = input ? sizeOf(input.info.shape) : 0;
  const isImage = input?.info.kind === "image";
  const chosen = useSamples(takeChosen);
  const lookedAt = useSamples(takeAt);
  const own = chosen?.of === "train" && chosen.dataset === dataset ? chosen.rows[lookedAt] : undefined;
  const nameOf = (c: number | undefined): string => classifier.classNames[c ?? -1] ?? "";
  return (
    <div className={classes.scroll} role="region" aria-label={t("inspect.historyTable")} tabIndex={0}>
      <table className={classes.table} aria-label={t("inspect.historyTable")}>
        <thead>
          <tr>
            <th scope="col">{t("inspect.sample")}</th>
            <th scope="col">{t("inspect.labelled")}</th>
            <th scope="col">{t("inspect.saysNow")}</th>
            <th scope="col">{t("inspect.lossNow")}</th>
            <th scope="col">{t("inspect.learntAt")}</th>
            <th scope="col">{t("inspect.timesForgotten")}</th>
            <th scope="col">{t("inspect.overValidations", { from: steps[0] ?? 0, to: steps.at(-1) ?? 0 })}</th>
          </tr>
        </thead>
        <tbody>
          {samples.map((n, i) => {
            const row = rows[n] ?? 0;
            const place = fetched?.rows.indexOf(row) ?? -1;
            return (
              <tr key={n} data-chosen={row === own || undefined}>
                <th scope="row">
                  <button
                    type="button"
                    className={classes.look}
                    aria-pressed={row === own}
                    aria-label={t("inspect.lookAtSample", { row, label: nameOf(labels[n]) })}
                    onClick={() => onLook(i)}
                  >
                    {isImage && place >= 0 ? (
                      <Picture
                        values={Float32Array.from(input.values.subarray(place * size, (place + 1) * size))}
                        shape={input.info.shape}
                        className={classes.picture}
                      />
                    ) : (
                      formatCount(row)
                    )}
                  </button>
                </th>
                <td>{nameOf(labels[n])}</td>
                <td data-right={isRightNow(history, n)} className={classes.says}>
                  {nameOf(says[n])}
                  {history.areProbabilities && ` ${formatSureness(certainty[n] ?? 0)}`}
                </td>
                <td>{formatLoss(losses[n] ?? NaN)}</td>
                <td>{learntAt[n] === -1 ? t("inspect.never") : t("inspect.atStep", { step: learntAt[n] ?? 0 })}</td>
                <td>{formatCount(forgotten[n] ?? 0)}</td>
                <td>
                  <Strip history={history} sample={n} />
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
