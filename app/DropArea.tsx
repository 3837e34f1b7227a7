/** Says that files may be dropped while some are held over the page, and shows the dialog for data, which is fetched when it is first
 *  wanted. */
import { lazy, Suspense, useEffect, useState } from "react";
import { fetchLaterWords } from "../src/engine";
import { lazily } from "./common/lazily";
import { t } from "./common/words";
import { takeBringing, takeIsDrawing, useDatasets } from "./store/datasets";
import classes from "./App.module.css";

const BringDialog = lazy(() =>
  Promise.all([import("./data/BringDialog"), fetchLaterWords()]).then(([{ BringDialog: Dialog }]) => ({
    default: Dialog,
  })),
);

const PointsDialog = lazily(() => import("./data/PointsDialog").then(({ PointsDialog: Dialog }) => Dialog));

const hasFiles = ({ dataTransfer }: DragEvent): boolean =>
  [...(dataTransfer?.items ?? [])].some(({ kind }) => kind === "file");

export function DropArea() {
  const bringing = useDatasets(takeBringing);
  const isDrawing = useDatasets(takeIsDrawing);
  const [isOver, setOver] = useState(false);
  useEffect(() => {
    const stop = new AbortController();
    const { signal } = stop;
    const over = (event: DragEvent): void => {
      if (!hasFiles(event)) return;
      setOver(true);
    };
    const leave = (event: DragEvent): void => {
      if (event.relatedTarget === null) setOver(false);
    };
    addEventListener("dragover", over, { signal });
    addEventListener("dragleave", leave, { signal });
    addEventListener("drop", () => setOver(false), { signal });
    return () => stop.abort();
  }, []);
  return (
    <>
      {isOver && (
        <div className={classes.dropHere} aria-hidden>
          {t("training.dropHere")}
        </div>
      )}
      {bringing && (
        <Suspense fallback={null}>
          <BringDialog files={bringing} />
        </Suspense>
      )}
      {isDrawing && (
        <Suspense fallback={null}>
          <PointsDialog />
        </Suspense>
      )}
    </>
  );
}
