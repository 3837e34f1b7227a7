/** A few points or texts, with what the model gives for each: all there is to see of XOR. */
import { IconCheck, IconX } from "@tabler/icons-react";
import type { Classified, Verdict } from "./readPredictions";
import { fillOf } from "./readPredictions";
import { t } from "../../common/words";
import { lostUnits, rowOf } from "./row";
import { textOf } from "./text/tokens";
import classes from "./PointsTable.module.css";

/** Features that stand before the answers: of more, answers would be out of sight. */
const MOST_BEFORE = 3;

export function PointsTable({ classified }: { readonly classified: Classified }) {
  const { verdicts, classNames, input } = classified;
  const isText = input.kind === "text";
  const columns = isText ? [t("results.text")] : rowOf(input, verdicts[0]?.input ?? []).map(({ name }) => name);
  const lost = lostUnits(input);
  const toldOfSecond = classNames.length === 2 ? classNames[1] : undefined;
  const isMany = columns.length > MOST_BEFORE;
  const heads = columns.map((column) => (
    <th key={column} scope="col">
      {column}
    </th>
  ));
  const cellsOf = (values: Float32Array) =>
    isText ? (
      <td className={classes.text}>
        <span>{textOf(values, input)}</span>
      </td>
    ) : (
      rowOf(input, values).map(({ name, text }) => <td key={name}>{text}</td>)
    );
  return (
    <div className={classes.scroll} role="region" aria-label={t("results.outputs")} tabIndex={0}>
      <table className={classes.table} data-wide={isText || isMany || undefined} aria-label={t("results.outputs")}>
        {lost && <caption className={classes.lost}>{lost}</caption>}
        <thead>
          <tr>
            {!isMany && heads}
            <th scope="col">{t("results.target")}</th>
            <th scope="col">{toldOfSecond ? t("results.outputFor", { name: toldOfSecond }) : t("results.output")}</th>
            <th scope="col">{t("results.verdict")}</th>
            {isMany && heads}
          </tr>
        </thead>
        <tbody>
          {verdicts.map((verdict) => (
            <tr key={verdict.index} data-right={verdict.isRight}>
              {!isMany && cellsOf(verdict.input)}
              <Answer verdict={verdict} classNames={classNames} />
              {isMany && cellsOf(verdict.input)}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** What was meant, what the model gives, and whether that is right: the second class of two, and the class that is told of more. */
function Answer({ verdict, classNames }: { readonly verdict: Verdict; readonly classNames: readonly string[] }) {
  const { label, outputs, predicted, isRight } = verdict;
  const told = classNames.length === 2 ? 1 : predicted;
  return (
    <>
      <td>{classNames[label]}</td>
      <td className={classes.output}>
        {classNames.length > 2 && <span>{classNames[told]} </span>}
        <span>{(outputs[told] ?? 0).toFixed(3)}</span>
        <span className={classes.track} data-track aria-hidden>
          <span className={classes.fill} data-bar style={{ width: `${fillOf(outputs, told) * 100}%` }} />
        </span>
      </td>
      <td className={classes.verdict}>
        {isRight ? <IconCheck size={14} stroke={3} aria-hidden /> : <IconX size={14} stroke={3} aria-hidden />}
        <span>{t(isRight ? "results.right" : "results.wrong")}</span>
      </td>
    </>
  );
}
