/** The samples that are chosen, with what the model says of each; one of them is looked at closely. */
import { ActionIcon, Button } from "@mantine/core";
import { IconCheck, IconChevronLeft, IconChevronRight, IconX } from "@tabler/icons-react";
import { useMemo } from "react";
import { sizeOf } from "../../../../src/engine";
import { formatCount, formatScore, formatSureness } from "../../../common/format";
import { t, tell } from "../../../common/words";
import {
  clearSamples,
  lookAt,
  takeAt,
  takeChosen,
  useSamples,
  type ChosenSamples as Chosen,
} from "../../../store/samples";
import { useSampleColumns } from "../../../train/useSampleColumns";
import { ClassBars } from "../ClassBars";
import { Picture } from "../Picture";
import { describeVerdict, type Verdict } from "../readPredictions";
import { setOf } from "./choose";
import { isRight, type Judged, outputsOf } from "./judged";
import type { JudgedSplit } from "./useJudged";
import classes from "./ChosenSamples.module.css";

/** Samples shown at a time. */
const PAGE = 40;

/** @param hint what to do where nothing is chosen */
export function ChosenSamples({ split, hint }: { readonly split: JudgedSplit; readonly hint: string }) {
  const chosen = useSamples(takeChosen);
  if (!chosen) return <p className={classes.hint}>{hint}</p>;
  return (
    <div className={classes.around}>
      <Samples split={split} chosen={chosen} />
    </div>
  );
}

/** Where a row of a set is in the judged split. */
function placesOf({ answers }: Judged): ReadonlyMap<number, number> {
  return new Map(Array.from(answers.rows, (row, n) => [row, n]));
}

function Samples({ split, chosen }: { readonly split: JudgedSplit; readonly chosen: Chosen }) {
  const at = useSamples(takeAt);
  const { judged, classifier } = split;
  const first = Math.floor(at / PAGE) * PAGE;
  const rows = useMemo(() => chosen.rows.slice(first, first + PAGE), [chosen, first]);
  const fetched = useSampleColumns(chosen.of, rows);
  const places = useMemo(() => placesOf(judged), [judged]);
  const isJudged = chosen.of === setOf(split);
  const input = fetched?.columns[classifier.input];
  const size = input ? sizeOf(input.info.shape) : 0;
  // While others are fetched, those before them stay in sight, and cannot be looked at any more.
  const isCurrent = fetched?.rows === rows;
  const verdicts = (fetched?.rows ?? []).map((row, i): Verdict | null => {
    const n = isJudged ? places.get(row) : undefined;
    if (n === undefined || !input) return null;
    return {
      index: first + i,
      input: Float32Array.from(input.values.subarray(i * size, (i + 1) * size)),
      label: judged.answers.labels[n] ?? 0,
      predicted: judged.predicted[n] ?? 0,
      outputs: outputsOf(judged, n),
      isRight: isRight(judged, n),
    };
  });
  const known = verdicts.filter((verdict) => verdict !== null);
  const shown = (isCurrent ? known.find(({ index }) => index === at) : undefined) ?? known[0];
  const about = { areProbabilities: judged.answers.areProbabilities, classNames: classifier.classNames };
  return (
    <section className={classes.samples} aria-label={t("inspect.chosen")}>
      <header className={classes.head}>
        <h3 className={classes.title}>{tell(chosen.said)}</h3>
        <span className={classes.place}>
          {t("inspect.place", { at: formatCount(at + 1), all: formatCount(chosen.rows.length) })}
        </span>
        <ActionIcon aria-label={t("inspect.previous")} disabled={at === 0} onClick={() => lookAt(at - 1)}>
          <IconChevronLeft size={18} aria-hidden />
        </ActionIcon>
        <ActionIcon
          aria-label={t("inspect.following")}
          disabled={at >= chosen.rows.length - 1}
          onClick={() => lookAt(at + 1)}
        >
          <IconChevronRight size={18} aria-hidden />
        </ActionIcon>
        <Button variant="subtle" onClick={clearSamples}>
          {t("inspect.choseNone")}
        </Button>
      </header>
      {shown && (
        <div className={classes.detail}>
          {input?.info.kind === "image" ? (
            <Picture values={shown.input} shape={input.info.shape} className={classes.large} />
          ) : (
            <p className={classes.values}>{Array.from(shown.input.slice(0, 12), formatScore).join(", ")}</p>
          )}
          <div className={classes.answer}>
            <p className={classes.sentence}>{describeVerdict(shown, about)}</p>
            <ClassBars
              label={t("inspect.answer")}
              classNames={classifier.classNames}
              outputs={shown.outputs}
              areProbabilities={about.areProbabilities}
            />
          </div>
        </div>
      )}
      {!isJudged && <p className={classes.hint}>{t("inspect.notOfThisSplit")}</p>}
      {input?.info.kind === "image" && (
        <div className={classes.strip} role="group" aria-label={t("inspect.images")}>
          {known.map((verdict) => (
            <button
              key={verdict.index}
              type="button"
              className={classes.sample}
              data-right={verdict.isRight}
              aria-pressed={isCurrent && verdict.index === at}
              aria-label={describeVerdict(verdict, about)}
              onClick={() => isCurrent && lookAt(verdict.index)}
            >
              <Picture values={verdict.input} shape={input.info.shape} className={classes.image} />
              <span className={classes.verdict}>
                {verdict.isRight ? (
                  <IconCheck size={11} stroke={3} aria-hidden />
                ) : (
                  <IconX size={11} stroke={3} aria-hidden />
                )}
                <span>{classifier.classNames[verdict.predicted]}</span>
                <span className={classes.sure}>{sureness(verdict, about.areProbabilities)}</span>
              </span>
            </button>
          ))}
        </div>
      )}
    </section>
  );
}

function sureness({ outputs, predicted }: Verdict, areProbabilities: boolean): string {
  const output = outputs[predicted] ?? 0;
  if (!areProbabilities) return formatScore(output);
  return formatSureness(output).replace(/^\D+/, "");
}
