/** Bring your data: a file is read by a worker, looked at, and made a dataset. Nothing of it leaves the device. */
import { Button, CloseButton } from "@mantine/core";
import { useEffect, useRef } from "react";
import { formats, t, tell } from "../common/words";
import { endBringing } from "../store/datasets";
import { useDescription } from "../store/model";
import { change, giveUp, make, openFiles, useBringing } from "./bringing";
import { TableForm } from "./TableForm";
import classes from "./BringDialog.module.css";

export function BringDialog({ files }: { readonly files: readonly File[] }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const { opened, said, share } = useBringing();
  const { name: modelName } = useDescription();
  useEffect(() => {
    if (!dialog.current?.open) dialog.current?.showModal();
    void openFiles(files);
    return giveUp;
  }, [files]);
  const isBusy = share !== null;
  const isReady = opened !== null && opened.report.problem === null && !isBusy;
  return (
    <dialog ref={dialog} className={classes.dialog} aria-labelledby="bring-title" onClose={endBringing}>
      <header className={classes.head}>
        <div>
          <h2 id="bring-title" className={classes.title}>
            {t("bring.title")}
          </h2>
          <p className={classes.note}>{t("bring.private")}</p>
        </div>
        <CloseButton aria-label={t("bring.close")} onClick={endBringing} />
      </header>
      <div className={classes.body}>
        {!opened && !isBusy && (
          <label className={classes.zone}>
            <input
              type="file"
              className="visuallyHidden"
              accept=".csv,.tsv,.txt,text/csv"
              onChange={({ currentTarget }) => void openFiles([...(currentTarget.files ?? [])])}
            />
            <span className={classes.zoneTitle}>{t("bring.choose")}</span>
            <span className={classes.note}>{t("bring.chooseHelp")}</span>
          </label>
        )}
        {isBusy && (
          <div className={classes.busy} role="status">
            <progress className={classes.progress} value={share} max={1} aria-label={t("bring.working")} />
            <span>{t("bring.percent", { percent: formats().count(Math.round(share * 100)) })}</span>
          </div>
        )}
        {said && (
          <p className={classes.problem} role="alert">
            {tell(said)}
          </p>
        )}
        {opened && <TableForm opened={opened} onChange={(settings) => void change(settings)} />}
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
