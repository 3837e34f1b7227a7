/** Bring your data: files are read by a worker, looked at, and made a dataset. Nothing of them leaves the device. */
import { Button, CloseButton } from "@mantine/core";
import { type DragEvent, type SyntheticEvent, useEffect, useRef } from "react";
import type { BroughtFile } from "../../src/engine";
import { formats, t, tell } from "../common/words";
import { endBringing } from "../store/datasets";
import { useDescription } from "../store/model";
import { add, change, collect, giveUp, make, openFiles, readOtherwise, stop, useBringing } from "./bringing";
import { droppedFiles } from "./dropped";
import { FileButton } from "./FileButton";
import { ImageForm } from "./ImageForm";
import { SortedForm } from "./SortedForm";
import { TableForm } from "./TableForm";
import { TextForm } from "./TextForm";
import classes from "./BringDialog.module.css";

export function BringDialog({ files }: { readonly files: readonly BroughtFile[] }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const title = useRef<HTMLHeadingElement>(null);
  const { opened, otherwise, said, share } = useBringing();
  const { name: modelName } = useDescription();
  useEffect(() => {
    if (!dialog.current?.open) dialog.current?.showModal();
    void openFiles(files);
    return giveUp;
  }, [files]);
  const kind = opened?.kind;
  useEffect(() => {
    // What was pressed to bring it is gone.
    if (kind && document.activeElement === document.body) title.current?.focus();
  }, [kind]);
  const isBusy = share !== null;
  const isReady = opened !== null && opened.report.problem === null && !isBusy;
  // Those that are opened over it close too.
  const closed = ({ target, currentTarget }: SyntheticEvent): void => {
    if (target === currentTarget) endBringing();
  };
  // Beside the cards of classes, each of which takes its own: elsewhere they would be opened instead of these.
  const drop = (event: DragEvent): void => {
    if (opened?.kind !== "images" || opened.isFixed) return;
    event.preventDefault();
    void droppedFiles(event).then((dropped) => add(dropped, {}));
  };
  return (
    <dialog ref={dialog} className={classes.dialog} aria-labelledby="bring-title" onClose={closed} onDrop={drop}>
      <header className={classes.head}>
        <div>
          <h2 ref={title} id="bring-title" className={classes.title} tabIndex={-1}>
            {t("bring.title")}
          </h2>
          <p className={classes.note}>{t("bring.private")}</p>
        </div>
        <CloseButton aria-label={t("bring.close")} onClick={endBringing} />
      </header>
      <div className={classes.body}>
        {!opened && !isBusy && (
          <div className={classes.zone}>
            <span className={classes.zoneTitle}>{t("bring.choose")}</span>
            <div className={classes.ways}>
              <FileButton label={t("bring.chooseFiles")} onFiles={(chosen) => void openFiles(chosen)} />
              <FileButton label={t("bring.chooseFolder")} isFolder onFiles={(chosen) => void openFiles(chosen)} />
              <button type="button" className={classes.way} onClick={() => void collect()}>
                {t("bring.collect")}
              </button>
            </div>
            <ul className={classes.kinds}>
              <li>{t("bring.kindPictures")}</li>
              <li>{t("bring.kindTable")}</li>
              <li>{t("bring.kindText")}</li>
              <li>{t("bring.kindArrays")}</li>
            </ul>
          </div>
        )}
        {isBusy && (
          <div className={classes.busy} role="status">
            <progress className={classes.progress} value={share} max={1} aria-label={t("bring.working")} />
            <span>{t("bring.percent", { percent: formats().count(Math.round(share * 100)) })}</span>
            <Button variant="default" size="xs" onClick={stop}>
              {t("bring.cancel")}
            </Button>
          </div>
        )}
        {said && (
          <p className={classes.problem} role="alert">
            {tell(said)}
          </p>
        )}
        {otherwise.length > 0 && !isBusy && (
          <div className={classes.readings}>
            {otherwise.map((other) => (
              <button key={other} type="button" className={classes.otherwise} onClick={() => void readOtherwise(other)}>
                {t(`bring.${other}Reading`)}
              </button>
            ))}
          </div>
        )}
        {opened?.kind === "table" && (
          <TableForm
            opened={opened}
            onChange={(settings) => void change(settings)}
            onAdd={(more, to) => void add(more, to)}
          />
        )}
        {opened?.kind === "text" && <TextForm opened={opened} onChange={(settings) => void change(settings)} />}
        {opened?.kind === "sorted" && <SortedForm opened={opened} onChange={(settings) => void change(settings)} />}
        {opened?.kind === "images" && (
          <ImageForm
            opened={opened}
            onChange={(settings) => void change(settings)}
            onAdd={(more, to) => void add(more, to)}
          />
        )}
      </div>
      {opened && (
        <footer className={classes.foot}>
          <Button variant="default" onClick={endBringing}>
            {t("bring.cancel")}
          </Button>
          <Button variant="default" disabled={!isReady} onClick={() => void make(false)}>
            {t("bring.keepModel", { name: modelName })}
          </Button>
          <Button disabled={!isReady} onClick={() => void make(true)}>
            {t("bring.newModel")}
          </Button>
        </footer>
      )}
    </dialog>
  );
}
