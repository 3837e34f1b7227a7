/** What excites the chosen unit: the test images for which it gives most, and one made for it, asked while this is open and never
 *  otherwise. */
import { useMemo } from "react";
import { type Excited as Answer, say } from "../../../../src/engine";
import { formatCount, formatScore } from "../../../common/format";
import { t } from "../../../common/words";
import { useModel } from "../../../store/model";
import { chooseSamples, lookAt } from "../../../store/samples";
import { useInquiry } from "../../../train/inquire";
import { useSampleColumns } from "../../../train/useSampleColumns";
import type { Classifier } from "../classifier";
import { Picture } from "../Picture";
import classes from "./WeightsView.module.css";

/** Test samples that are asked, and told of. */
const [COUNT, MOST] = [500, 8];

interface ExcitedProps {
  readonly classifier: Classifier;
  /** Of the variable. */
  readonly name: string;
  readonly unit: number;
}

export function Excited({ classifier, name, unit }: ExcitedProps) {
  const question = useMemo(() => ({ name, unit, count: COUNT, most: MOST }), [name, unit]);
  const answer = useInquiry("excite", question);
  if (!answer) return <p className={classes.line}>{t("inspect.excitesNothing")}</p>;
  return <Told classifier={classifier} answer={answer} unit={unit} />;
}

function Told({ classifier, answer, unit }: Pick<ExcitedProps, "classifier" | "unit"> & { readonly answer: Answer }) {
  const { step, count, scores, image, imageShape, imageScore } = answer;
  const key = answer.rows.join();
  // The same rows as before are fetched no second time.
  const rows = useMemo(() => key.split(",").map(Number), [key]);
  const columns = useSampleColumns("test", rows)?.columns;
  const [input, labels] = [columns?.[classifier.input], columns?.[classifier.target]];
  const size = (input?.values.length ?? 0) / rows.length;
  const dataset = useModel(({ description }) => description.dataset);
  const choose = (at: number): void => {
    chooseSamples({ of: "test", rows, said: say("inspect.chosenExciting", { unit: formatCount(unit + 1) }), dataset });
    lookAt(at);
  };
  return (
    <div className={classes.excited}>
      <p className={classes.line}>{t("inspect.excitesHint")}</p>
      <figure className={classes.made}>
        <Picture values={image} shape={imageShape} className={classes.madeImage} />
        <figcaption>{t("inspect.excitesMade", { value: formatScore(imageScore) })}</figcaption>
      </figure>
      {input && (
        <div className={classes.exciting} role="group" aria-label={t("inspect.excitesSamples", { count })}>
          {rows.map((row, i) => (
            <button
              key={row}
              type="button"
              className={classes.sample}
              aria-label={t("inspect.excitesBy", {
                label: classifier.classNames[labels?.values[i] ?? -1] ?? "",
                value: formatScore(scores[i] ?? NaN),
              })}
              onClick={() => choose(i)}
            >
              <Picture
                values={Float32Array.from(input.values.subarray(i * size, (i + 1) * size))}
                shape={input.info.shape}
                className={classes.picture}
              />
              <span className={classes.number}>{formatScore(scores[i] ?? NaN)}</span>
            </button>
          ))}
        </div>
      )}
      <p className={classes.line}>{t("inspect.excitesOf", { count, step })}</p>
    </div>
  );
}
