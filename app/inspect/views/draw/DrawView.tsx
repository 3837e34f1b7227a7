/** A drawing, what the model sees of it, and what it takes it for, while it is drawn and while the model learns. */
import { ActionIcon, Button, SegmentedControl } from "@mantine/core";
import { IconArrowBackUp, IconEraser } from "@tabler/icons-react";
import { useEffect, useId, useMemo, useRef } from "react";
import { sizeOf } from "../../../../src/engine";
import { t } from "../../../common/words";
import { useDescription } from "../../../store/model";
import { takePredictions, takePrepared, useRun } from "../../../store/run";
import { takeAt, takeChosen, useSamples } from "../../../store/samples";
import { announce, setPreferences } from "../../../store/ui";
import { fetchSamples } from "../../../train/useSampleColumns";
import { useShown } from "../../../train/useShown";
import { type Classifier, classifierOf } from "../classifier";
import { ClassBars, describeTop } from "../ClassBars";
import { Picture } from "../Picture";
import { classOutputs } from "../readPredictions";
import {
  choosePen,
  clearPad,
  followDrawing,
  type Pen,
  PENS,
  placeOnPad,
  type Sheet,
  undoDrawing,
  useDrawing,
} from "../../../pad/drawing";
import { DrawPad } from "../../../pad/DrawPad";
import { reduceInk } from "../../../pad/reduce";
import { KeptDrawings } from "./KeptDrawings";
import classes from "./DrawView.module.css";

export function DrawView() {
  const prepared = useRun(takePrepared);
  const edited = useDescription();
  const classifier = classifierOf(prepared ?? edited);
  return classifier && <Drawing classifier={classifier} />;
}

/** Follows the drawing in another view. */
function follow(resultsView: string): void {
  followDrawing(true);
  setPreferences({ resultsView });
}

function Drawing({ classifier }: { readonly classifier: Classifier }) {
  const { input, info, classNames } = classifier;
  const [height = 1, width = 1] = info.shape;
  const sheet = useDrawing(({ sheet: now }) => now);
  const isPenDown = useDrawing(({ isPenDown: isDown }) => isDown);
  const seen = useMemo(() => reduceInk(sheet.ink, height, width), [sheet, height, width]);
  const answer = useShown(input, seen);
  const output = answer && Object.values(answer.shown).find(({ kind }) => kind === "class");
  const areProbabilities = output?.areProbabilities ?? false;
  const outputs = output ? classOutputs(output.data, 1, classNames.length) : null;
  const sentence = !seen
    ? t("inspect.blankPad")
    : outputs
      ? describeTop(outputs, classNames, areProbabilities)
      : t("inspect.noAnswer");
  useAnnounced(sentence, isPenDown || (seen !== null && answer?.values !== seen), sheet);
  const help = useId();
  return (
    <div className={classes.view}>
      <DrawPad help={help} />
      <div className={classes.beside}>
        <figure className={classes.seen}>
          <Picture values={seen ?? new Float32Array(sizeOf(info.shape))} shape={info.shape} className={classes.image} />
          <figcaption>{t("inspect.seen", { height, width })}</figcaption>
        </figure>
        <Tools input={input} />
      </div>
      <div className={classes.answer}>
        <p className={classes.sentence}>{sentence}</p>
        <ClassBars
          label={t("inspect.answer")}
          classNames={classNames}
          outputs={seen && outputs}
          areProbabilities={areProbabilities}
        />
        <div className={classes.ways}>
          <Button variant="default" disabled={!seen} onClick={() => follow("layers")}>
            {t("inspect.throughLayers")}
          </Button>
          <Button variant="default" disabled={!seen} onClick={() => follow("why")}>
            {t("inspect.whyThis")}
          </Button>
        </div>
      </div>
      <KeptDrawings classifier={classifier} seen={seen} />
      <p className={classes.hint} id={help}>
        {t("inspect.drawHint")}
      </p>
    </div>
  );
}

/** Says it to those who hear the page, once a drawing has changed and rests, and not again while the model learns. */
function useAnnounced(sentence: string, isUnfinished: boolean, sheet: Sheet): void {
  const said = useRef(sheet);
  useEffect(() => {
    if (isUnfinished || said.current === sheet) return;
    said.current = sheet;
    announce(sentence);
  }, [sentence, isUnfinished, sheet]);
}

const pens = Object.keys(PENS) as Pen[];

function Tools({ input }: { readonly input: string }) {
  const pen = useDrawing(({ pen: chosen }) => chosen);
  const canUndo = useDrawing(({ past }) => past.length > 0);
  const isBlank = useDrawing(({ marks }) => marks.length === 0);
  return (
    <div className={classes.tools}>
      <SegmentedControl
        aria-label={t("inspect.pen")}
        data={pens.map((value) => ({ value, label: t(`inspect.${value}Pen`) }))}
        value={pen}
        onChange={(value) => {
          const chosen = pens.find((each) => each === value);
          if (chosen) choosePen(chosen);
        }}
      />
      <ActionIcon aria-label={t("inspect.undo")} title={t("inspect.undo")} disabled={!canUndo} onClick={undoDrawing}>
        <IconArrowBackUp size={18} aria-hidden />
      </ActionIcon>
      <ActionIcon aria-label={t("inspect.clear")} title={t("inspect.clear")} disabled={isBlank} onClick={clearPad}>
        <IconEraser size={18} aria-hidden />
      </ActionIcon>
      <FromSample input={input} />
    </div>
  );
}

/** Starts from the sample that is looked at, or else from a test sample, another one each time. */
function FromSample({ input }: { readonly input: string }) {
  const predictions = useRun(takePredictions);
  const chosen = useSamples(takeChosen);
  const at = useSamples(takeAt);
  const next = useRef(0);
  const place = async (): Promise<void> => {
    const row = chosen ? (chosen.rows[at] ?? 0) : next.current % Math.max(1, predictions?.count ?? 1);
    if (!chosen) next.current++;
    const column = (await fetchSamples(chosen?.of ?? "test", [row]))?.[input];
    const [height = 1, width = 1] = column?.info.shape ?? [];
    if (column) placeOnPad({ values: Float32Array.from(column.values), height, width });
  };
  return (
    <Button variant="default" disabled={!predictions} onClick={() => void place()}>
      {t(chosen ? "inspect.fromChosen" : "inspect.fromTest")}
    </Button>
  );
}
