/** Points of the visitor's own: put in the plane by hand, class by class, and kept as a dataset of this browser. */
import { Button, SegmentedControl } from "@mantine/core";
import { IconArrowBackUp, IconTrash } from "@tabler/icons-react";
import { useEffect, useId, useRef, useState } from "react";
import { openOwnDatasets, ownId } from "../../src/engine";
import { Dialog } from "../common/Dialog";
import { t } from "../common/words";
import { endDrawing } from "../store/datasets";
import { setDataset } from "../model/edit";
import { dataOf, useDescription } from "../store/model";
import { keepAndUse } from "./bringing";
import { CLASSES, type Clicked, clickedOf, countsOf, datasetOf, erased, withAsManySteps, withPoint } from "./clicked";
import { PointPad } from "./PointPad";
import classes from "./PointsDialog.module.css";

/** How far around a press points are erased. */
const ERASER = 0.08;
/** How far off the way of a drag points fall. */
const SPREAD = 0.06;
/** What is asked for before there is anything to learn from. */
const MIN_POINTS = 4;

const scattered = (value: number): number => value + (Math.random() * 2 - 1) * SPREAD;

export function PointsDialog() {
  const dialog = useRef<HTMLDialogElement>(null);
  const model = useDescription();
  const [past, setPast] = useState<readonly (readonly Clicked[])[]>([]);
  const [points, setPoints] = useState<readonly Clicked[]>([]);
  const [tool, setTool] = useState("0");
  const [problem, setProblem] = useState<string | null>(null);
  const help = useId();
  const { dataset } = model;
  // Points that were put before are gone on with.
  useEffect(() => {
    let isWanted = true;
    const load = async (): Promise<void> => {
      const found = await (await openOwnDatasets()).load(dataset);
      const before = clickedOf(found.columns, { train: found.train.columns, test: found.test.columns });
      if (isWanted && before) setPoints(before);
    };
    void load().catch(() => {});
    return () => {
      isWanted = false;
    };
  }, [dataset]);
  const change = (next: readonly Clicked[], isNew: boolean): void => {
    if (isNew) setPast((before) => [...before, points]);
    setPoints(next);
  };
  const undo = (): void => {
    const before = past.at(-1);
    if (!before) return;
    setPast(past.slice(0, -1));
    setPoints(before);
  };
  const label = Number(tool);
  const isEraser = tool === "erase";
  const put = ({ x, y }: { readonly x: number; readonly y: number }, isDrag: boolean): void => {
    if (isEraser) return change(erased(points, x, y, ERASER), !isDrag);
    change(withPoint(points, isDrag ? { x: scattered(x), y: scattered(y), label } : { x, y, label }), !isDrag);
  };
  const counts = countsOf(points);
  const hasClasses = counts.filter((count) => count > 0).length > 1;
  const isReady = points.length >= MIN_POINTS;
  const use = async (withNewModel: boolean): Promise<void> => {
    const createdAt = Date.now();
    const { about, read } = datasetOf(points, {
      id: ownId(),
      title: t("bring.ownPoints", { points: points.length }),
      description: t("bring.ownPointsHelp"),
      createdAt,
    });
    try {
      await (await openOwnDatasets()).put(about, read);
      const before = dataOf(model).trainCount;
      await keepAndUse(about, withNewModel, (now, data) =>
        withAsManySteps(setDataset(now, data), before, data.trainCount),
      );
      dialog.current?.close();
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
    }
  };
  return (
    <Dialog title={t("bring.drawTitle")} className={classes.dialog} dialog={dialog} onClose={endDrawing}>
      <div className={classes.body}>
        <PointPad
          points={points}
          help={help}
          onPut={put}
          onErase={({ x, y }) => change(erased(points, x, y, ERASER), true)}
          onUndo={undo}
          onClass={(chosen) => setTool(String(chosen))}
        />
        <div className={classes.side}>
          <SegmentedControl
            aria-label={t("bring.tool")}
            value={tool}
            onChange={setTool}
            data={[
              ...CLASSES.map((name, place) => ({
                value: String(place),
                label: (
                  <span className={classes.tool}>
                    <span className={classes.swatch} data-swatch data-class={place} aria-hidden />
                    {name}
                  </span>
                ),
              })),
              { value: "erase", label: t("bring.eraser") },
            ]}
          />
          <p className={classes.counts} role="status">
            {points.length === 0
              ? t("bring.noPoints")
              : CLASSES.flatMap((name, place) => {
                  const count = counts[place] ?? 0;
                  return count > 0 ? [t("bring.pointsOf", { name, points: count })] : [];
                }).join(", ")}
          </p>
          <div className={classes.row}>
            <Button
              variant="default"
              disabled={past.length === 0}
              leftSection={<IconArrowBackUp size={15} aria-hidden />}
              onClick={undo}
            >
              {t("bring.undoPoint")}
            </Button>
            <Button
              variant="default"
              disabled={points.length === 0}
              leftSection={<IconTrash size={15} aria-hidden />}
              onClick={() => change([], true)}
            >
              {t("bring.clearPoints")}
            </Button>
          </div>
          <p id={help} className={classes.hint}>
            {t("bring.padHelp")}
          </p>
          {!hasClasses && points.length > 0 && <p className={classes.hint}>{t("bring.oneClass")}</p>}
          {problem && (
            <p className={classes.hint} role="alert">
              {problem}
            </p>
          )}
        </div>
      </div>
      <footer className={classes.foot}>
        <Button variant="default" disabled={!isReady} onClick={() => void use(false)}>
          {t("bring.keepModel", { name: model.name })}
        </Button>
        <Button disabled={!isReady || !hasClasses} onClick={() => void use(true)}>
          {t("bring.newModel")}
        </Button>
      </footer>
    </Dialog>
  );
}
