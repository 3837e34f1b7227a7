/** The samples that are chosen, with what the model says of each; one of them is looked at closely. */
import { IconCheck, IconX } from "@tabler/icons-react";
import { useMemo } from "react";
import { type ColumnInfo, readText, sizeOf } from "../../../../src/engine";
import { formatScore, formatSureness } from "../../../common/format";
import { t } from "../../../common/words";
import { lookAt, takeAt, takeChosen, useSamples, type ChosenSamples as Chosen } from "../../../store/samples";
import { useSampleColumns } from "../../../train/useSampleColumns";
import { useShown } from "../../../train/useShown";
import { ClassBars } from "../ClassBars";
import { Picture } from "../Picture";
import { lostUnits, rowOf } from "../row";
import { framesOf, isClip, stillOf } from "../trail";
import { classOutputs, describeVerdict, type Verdict } from "../readPredictions";
import { setOf } from "./choose";
import { type Judged, outputsOf } from "./judged";
import { SelectionHead } from "./SelectionHead";
import type { JudgedSplit } from "./useJudged";
import classes from "./ChosenSamples.module.css";

/** Numbers of a sample that are told. */
const MOST_VALUES = 12;
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
  // What was not scored with the split, as training samples are not, the model is asked about by itself.
  const isScored = isJudged && rows.every((row) => places.has(row));
  const values = useMemo(
    () => (input && isCurrent && !isScored ? Float32Array.from(input.values) : null),
    [input, isCurrent, isScored],
  );
  const asked = useShown(classifier.input, values, rows.length);
  const told = Object.values(asked?.values === values ? (asked?.shown ?? {}) : {}).find(({ kind }) => kind === "class");
  const labels = fetched?.columns[classifier.target];
  const verdicts = (fetched?.rows ?? []).map((row, i): Verdict | null => {
    const n = isJudged ? places.get(row) : undefined;
    const outputs =
      n === undefined ? told && outputsAt(told.data, i, rows.length, judged.classes) : outputsOf(judged, n);
    if (!outputs || !input) return null;
    const predicted = outputs.reduce((best, value, c) => (value > (outputs[best] ?? -Infinity) ? c : best), 0);
    const label = labels?.values[i] ?? 0;
    return {
      index: first + i,
      input: Float32Array.from(input.values.subarray(i * size, (i + 1) * size)),
      label,
      predicted,
      outputs,
      isRight: label === predicted,
    };
  });
  const known = verdicts.filter((verdict) => verdict !== null);
  const shown = (isCurrent ? known.find(({ index }) => index === at) : undefined) ?? known[0];
  const about = { areProbabilities: judged.answers.areProbabilities, classNames: classifier.classNames };
  return (
    <section className={classes.samples} aria-label={t("inspect.chosen")}>
      <div className={classes.head}>
        <SelectionHead chosen={chosen} />
      </div>
      {shown && (
        <div
          className={classes.detail}
          data-below={(input && input.info.kind !== "image" && !isClip(input.info)) || undefined}
        >
          {input && <Close info={input.info} values={shown.input} />}
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
      {input && (input.info.kind === "image" || isClip(input.info)) && (
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
              <Still info={input.info} values={verdict.input} />
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

interface SampleProps {
  readonly info: ColumnInfo;
  readonly values: Float32Array;
}

/** A sample looked at closely: an image, a text, the frames of a clip, or the first of its numbers. */
function Close({ info, values }: SampleProps) {
  if (info.kind === "image") return <Picture values={values} shape={info.shape} className={classes.large} />;
  if (info.kind === "text") return <p className={classes.text}>{readText(values, info)}</p>;
  if (!isClip(info)) {
    const cells = rowOf(info, values).slice(0, MOST_VALUES);
    return (
      <p className={classes.values}>
        {cells.map(({ name, text }) => (info.names ? `${name} ${text}` : text)).join(", ")}
        <LostUnits info={info} />
      </p>
    );
  }
  const frames = framesOf(values, info.shape);
  return (
    <div role="img" aria-label={t("inspect.clipFrames", { frames: frames.length })} className={classes.frames}>
      {frames.map((frame) => (
        <Picture key={frame.values.byteOffset} values={frame.values} shape={frame.shape} className={classes.frame} />
      ))}
    </div>
  );
}

function LostUnits({ info }: Pick<SampleProps, "info">) {
  const lost = lostUnits(info);
  return lost && <span>{`. ${lost}`}</span>;
}

/** A sample among others. */
function Still({ info, values }: SampleProps) {
  const still = useMemo(() => stillOf(info, values), [info, values]);
  return still && <Picture values={still.values} shape={still.shape} className={classes.image} />;
}

function sureness({ outputs, predicted }: Verdict, areProbabilities: boolean): string {
  const output = outputs[predicted] ?? 0;
  if (!areProbabilities) return formatScore(output);
  return formatSureness(output).replace(/^\D+/, "");
}

/** One sample's numbers among those of several, one for each class. */
const outputsAt = (data: Float32Array, i: number, count: number, classCount: number): Float32Array =>
  classOutputs(data, count, classCount).subarray(i * classCount, (i + 1) * classCount);
