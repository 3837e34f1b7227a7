/** The dialog that has the edited model begin with weights of another: whose, and what of them fits. */
import { Button, NativeSelect, Switch } from "@mantine/core";
import { useEffect, useId, useRef, useState } from "react";
import type { WeightMatch } from "../../src/engine";
import { Dialog } from "../common/Dialog";
import { formatShape } from "../common/format";
import { t } from "../common/words";
import { watchRuns } from "../runs/watch";
import { useDescription } from "../store/model";
import { takePrepared, takeStatus, useRun } from "../store/run";
import { useRuns } from "../store/runs";
import { type Start, takeFrom, useStart } from "../store/start";
import { beginFrom, fileStart, keptStart, matchOf, presentStart } from "./begin";
import { withTakenFrozen } from "./stages";
import classes from "./StartDialog.module.css";

/** Choices that are no run. */
const SEED = "seed";
const CURRENT = "current";
const PRESENT = "present";
const FILE = "file";

/** Names of weights that are listed as of no use. */
const MAX_NAMED = 4;

export function StartDialog({ onClose }: { readonly onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const picker = useRef<HTMLInputElement>(null);
  const freeze = useId();
  const present = useStart(takeFrom);
  const description = useDescription();
  const prepared = useRun(takePrepared);
  const { step } = useRun(takeStatus);
  const { runs, names } = useRuns();
  const [choice, setChoice] = useState(present ? CURRENT : SEED);
  const [start, setStart] = useState<Start | null>(present);
  const [failure, setFailure] = useState("");
  const [isFrozen, setIsFrozen] = useState(false);
  const match = useMatch(start);
  useEffect(() => void watchRuns(), []);
  const take = async (asked: string, read: () => Promise<Start | null>): Promise<void> => {
    setChoice(asked);
    setFailure("");
    setStart(null);
    try {
      const found = await read();
      setStart(found);
      if (!found && asked !== SEED) setFailure(t("starts.gone"));
    } catch (error) {
      setFailure(t("starts.failed", { reason: error instanceof Error ? error.message : String(error) }));
    }
  };
  const choose = (value: string): void => {
    if (value === FILE) {
      picker.current?.click();
      return;
    }
    const kept = names.get(value) ?? value;
    void take(value, async () => {
      if (value === SEED) return null;
      if (value === CURRENT) return present;
      return value === PRESENT ? await presentStart(prepared?.name ?? "") : await keptStart(value, kept);
    });
  };
  const begin = async (): Promise<void> => {
    dialog.current?.close();
    const frozen = start && match && isFrozen ? withTakenFrozen(description, match) : undefined;
    await beginFrom(start, frozen);
  };
  const saved = (runs ?? []).filter(({ savedStep }) => savedStep !== null && savedStep > 0);
  return (
    <Dialog title={t("starts.title")} className={classes.dialog} dialog={dialog} onClose={onClose}>
      <div className={classes.body}>
        <p className={classes.note}>{t("starts.about")}</p>
        <NativeSelect
          label={t("starts.source")}
          value={choice}
          onChange={({ currentTarget: { value } }) => choose(value)}
        >
          <option value={SEED}>{t("starts.seed")}</option>
          {present && <option value={CURRENT}>{present.title}</option>}
          {prepared && step > 0 && (
            <option value={PRESENT}>{t("starts.present", { name: prepared.name, step })}</option>
          )}
          {saved.map((run) => (
            <option key={run.id} value={run.id}>
              {t("starts.kept", { name: names.get(run.id) ?? "", step: run.savedStep ?? 0 })}
            </option>
          ))}
          <option value={FILE}>{choice === FILE && start ? start.title : t("starts.file")}</option>
        </NativeSelect>
        <input
          ref={picker}
          type="file"
          accept=".keras,.h5,.hdf5,.safetensors,.pt,.pth,.onnx,.zip"
          hidden
          aria-label={t("starts.fileLabel")}
          onChange={({ currentTarget }) => {
            const [file] = currentTarget.files ?? [];
            if (file) void take(FILE, () => fileStart(file));
            currentTarget.value = "";
          }}
        />
        {failure && (
          <p className={classes.failure} role="alert">
            {failure}
          </p>
        )}
        {match && <Report match={match} />}
        {match && match.taken.length > 0 && (
          <label className={classes.switch} htmlFor={freeze}>
            <Switch
              id={freeze}
              checked={isFrozen}
              onChange={({ currentTarget: { checked } }) => setIsFrozen(checked)}
            />
            {t("starts.freeze")}
          </label>
        )}
      </div>
      <div className={classes.foot}>
        <Button variant="default" onClick={() => dialog.current?.close()}>
          {t("starts.cancel")}
        </Button>
        <Button disabled={choice !== SEED && !match?.taken.length} onClick={() => void begin()}>
          {t("starts.begin")}
        </Button>
      </div>
    </Dialog>
  );
}

/** What of the edited model begins with such weights. */
function useMatch(start: Start | null): WeightMatch | null {
  const description = useDescription();
  const [match, setMatch] = useState<{ readonly of: Start; readonly found: WeightMatch } | null>(null);
  useEffect(() => {
    let isWanted = true;
    if (start) {
      void matchOf(start, description).then((found) => {
        if (isWanted) setMatch({ of: start, found });
      });
    }
    return () => {
      isWanted = false;
    };
  }, [start, description]);
  return match && match.of === start ? match.found : null;
}

function Report({ match: { taken, left, unused } }: { readonly match: WeightMatch }) {
  const rows = [
    ...taken.map(({ name, from, weight: { shape } }) => ({
      name,
      shape,
      fate: from === name ? t("starts.taken") : t("starts.takenAs", { from }),
      isTaken: true,
    })),
    ...left.map(({ name, shape, came }) => ({
      name,
      shape,
      fate: came ? t("starts.otherShape", { shape: formatShape(came) }) : t("starts.missing"),
      isTaken: false,
    })),
  ];
  const named = unused.slice(0, MAX_NAMED);
  return (
    <>
      <p className={classes.note} role="status">
        {t("starts.sum", { taken: taken.length, of: rows.length })}{" "}
        {named.length > 0 && t("starts.unused", { names: named, more: unused.length - named.length })}
      </p>
      <div className={classes.scroll} role="group" aria-label={t("starts.report")} tabIndex={0}>
        <table className={classes.table}>
          <thead>
            <tr>
              <th scope="col">{t("starts.variable")}</th>
              <th scope="col">{t("starts.shape")}</th>
              <th scope="col">{t("starts.fate")}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map(({ name, shape, fate, isTaken }) => (
              <tr key={name} data-taken={isTaken || undefined}>
                <th scope="row">{name}</th>
                <td>{formatShape(shape)}</td>
                <td>{fate}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}
