/** Drawings as samples of one's own: kept with the class that they are meant as, and read again and again while the model learns. */
import { Button, NativeSelect } from "@mantine/core";
import { IconCheck, IconX } from "@tabler/icons-react";
import { useMemo, useState } from "react";
import { sizeOf } from "../../../../src/engine";
import { t } from "../../../common/words";
import { useModel } from "../../../store/model";
import { useShown } from "../../../train/useShown";
import type { Classifier } from "../classifier";
import { Picture } from "../Picture";
import { classOutputs, describeVerdict } from "../readPredictions";
import { placeOnPad } from "../../../pad/drawing";
import { forgetDrawings, keepDrawing, type KeptDrawing, useKept, valuesOf } from "./kept";
import classes from "./KeptDrawings.module.css";

interface KeptDrawingsProps {
  readonly classifier: Classifier;
  /** What the model sees of what is on the pad; null where that is blank. */
  readonly seen: Float32Array | null;
}

export function KeptDrawings({ classifier, seen }: KeptDrawingsProps) {
  const { info, classNames } = classifier;
  const [height = 1, width = 1] = info.shape;
  const dataset = useModel(({ description }) => description.dataset);
  const all = useKept(({ drawings }) => drawings);
  const own = useMemo(
    () =>
      all.filter(
        (each) =>
          each.dataset === dataset && each.height === height && each.width === width && each.label < classNames.length,
      ),
    [all, dataset, height, width, classNames],
  );
  const [label, setLabel] = useState(0);
  const known = Math.min(label, classNames.length - 1);
  return (
    <section className={classes.kept} aria-label={t("inspect.ownDrawings")}>
      <div className={classes.controls}>
        <NativeSelect
          aria-label={t("inspect.meantAs")}
          value={String(known)}
          onChange={({ currentTarget: { value } }) => setLabel(Number(value))}
          data={classNames.map((name, i) => ({ value: String(i), label: t("inspect.meantAsOption", { name }) }))}
        />
        <Button
          variant="default"
          disabled={seen === null}
          onClick={() => seen && keepDrawing(seen, { dataset, label: known, height, width })}
        >
          {t("inspect.keepDrawing")}
        </Button>
        {own.length > 0 && (
          <Button variant="subtle" onClick={() => forgetDrawings(dataset)}>
            {t("inspect.forgetDrawings")}
          </Button>
        )}
      </div>
      {own.length > 0 && <Read classifier={classifier} drawings={own} />}
    </section>
  );
}

function Read({
  classifier,
  drawings,
}: Pick<KeptDrawingsProps, "classifier"> & { readonly drawings: readonly KeptDrawing[] }) {
  const { input, info, classNames } = classifier;
  const values = useMemo(() => valuesOf(drawings), [drawings]);
  const answer = useShown(input, values, drawings.length);
  // Of those before, while the new ones are read.
  const told = answer?.values === values ? Object.values(answer.shown).find(({ kind }) => kind === "class") : undefined;
  const outputs = told && classOutputs(told.data, drawings.length, classNames.length);
  const size = sizeOf(info.shape);
  const verdicts = drawings.map(({ label }, index) => {
    const one = outputs?.subarray(index * classNames.length, (index + 1) * classNames.length);
    const predicted = one ? one.indexOf(Math.max(...one)) : -1;
    const image = values.subarray(index * size, (index + 1) * size);
    return { index, input: image, label, predicted, outputs: one, isRight: predicted === label };
  });
  const right = verdicts.filter(({ isRight }) => isRight).length;
  return (
    <>
      <p className={classes.sentence}>
        {outputs
          ? t("inspect.drawingsRight", { right, all: drawings.length })
          : t("inspect.drawingsKept", { all: drawings.length })}
      </p>
      <div className={classes.strip} role="group" aria-label={t("inspect.ownDrawings")}>
        {verdicts.map(({ outputs: one, ...verdict }) => (
          <button
            key={drawings[verdict.index]?.id}
            type="button"
            className={classes.drawing}
            data-right={one && verdict.isRight}
            aria-label={
              one
                ? describeVerdict(
                    { ...verdict, outputs: one },
                    { classNames, areProbabilities: told?.areProbabilities ?? false },
                  )
                : classNames[verdict.label]
            }
            onClick={() => placeOnPad({ values: verdict.input, height: info.shape[0] ?? 1, width: info.shape[1] ?? 1 })}
          >
            <Picture values={verdict.input} shape={info.shape} className={classes.image} />
            {one && (
              <span className={classes.verdict}>
                {verdict.isRight ? (
                  <IconCheck size={11} stroke={3} aria-hidden />
                ) : (
                  <IconX size={11} stroke={3} aria-hidden />
                )}
                {classNames[verdict.predicted]}
              </span>
            )}
          </button>
        ))}
      </div>
    </>
  );
}
