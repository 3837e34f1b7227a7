/** What the runs that are drawn differ in: only settings that are not the same in all, and their best and last values. */
import { useMemo } from "react";
import type { ListedRun } from "../../src/engine";
import { RunSwatch } from "../charts/RunSwatch";
import { formatDuration } from "../common/format";
import { t } from "../common/words";
import { scoresOf } from "./scores";
import { differingSettings } from "./settings";
import { slotOf } from "./watch";
import classes from "./RunsPanel.module.css";

interface CompareTableProps {
  readonly runs: readonly ListedRun[];
  readonly names: ReadonlyMap<string, string>;
}

interface Row {
  readonly key: string;
  readonly label: string;
  readonly values: readonly string[];
}

const NONE = "–";

/** Settings that differ, the most important first. */
const settingRows = (runs: readonly ListedRun[]): Row[] =>
  differingSettings(runs.map(({ description }) => description)).map(({ key, label, values }) => ({
    key,
    label,
    values: values.map((value) => value ?? NONE),
  }));

function scoreRows(runs: readonly ListedRun[]): Row[] {
  const all = runs.map(scoresOf);
  const known = new Map(all.flat().map((score) => [score.id, score]));
  const rowOf = (id: string, which: "best" | "last", label: string): Row => ({
    key: `${id} ${which}`,
    label,
    values: all.map((scores) => scores.find((score) => score.id === id)?.[which] ?? NONE),
  });
  return [...known.values()].flatMap(({ id, title }) => [
    rowOf(id, "best", t("runs.best", { title })),
    rowOf(id, "last", t("runs.last", { title })),
  ]);
}

export function CompareTable({ runs, names }: CompareTableProps) {
  const drawn = useMemo(
    () =>
      runs
        .filter(({ mark }) => slotOf(mark) !== null)
        .toSorted((a, b) => Number(b.mark.isBaseline) - Number(a.mark.isBaseline)),
    [runs],
  );
  const rows = useMemo(
    (): Row[] => [
      ...settingRows(drawn),
      ...scoreRows(drawn),
      { key: "time", label: t("runs.time"), values: drawn.map(({ elapsedMs }) => formatDuration(elapsedMs)) },
    ],
    [drawn],
  );
  if (drawn.length < 2) return runs.length > 1 && <p className={classes.none}>{t("runs.compareHint")}</p>;
  return (
    <div className={classes.scroll} tabIndex={0} role="region" aria-label={t("runs.compare")}>
      <table className={classes.table} aria-label={t("runs.compare")}>
        <thead>
          <tr>
            <th scope="col">{t("runs.setting")}</th>
            {drawn.map(({ id, mark }) => (
              <th key={id} scope="col" title={names.get(id)}>
                <RunSwatch slot={slotOf(mark) ?? 0} /> {names.get(id)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ key, label, values }) => (
            <tr key={key}>
              <th scope="row">{label}</th>
              {drawn.map(({ id }, i) => (
                <td key={id}>{values[i]}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
