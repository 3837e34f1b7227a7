/** A few points or texts, with what the model gives for each: all there is to see of XOR. */
import { IconCheck, IconX } from "@tabler/icons-react";
import type { Classified } from "./readPredictions";
import { fillOf } from "./readPredictions";
import { formatScore } from "../../common/format";
import { t } from "../../common/words";
import { textOf } from "./text/tokens";
import classes from "./PointsTable.module.css";

export function PointsTable({ classified }: { readonly classified: Classified }) {
  const { verdicts, classNames } = classified;
  const isText = classified.input.kind === "text";
  const { names } = classified.input;
  const columns = isText
    ? [t("results.text")]
    : Array.from(verdicts[0]?.input ?? [], (_, i) => names?.[i] ?? `x${i + 1}`);
  const isBinary = classNames.length === 2;
  return (
    <table className={classes.table} data-wide={isText || undefined} aria-label={t("results.outputs")}>
      <thead>
        <tr>
          {columns.map((column) => (
            <th key={column} scope="col">
              {column}
            </th>
          ))}
          <th scope="col">{t("results.target")}</th>
          <th scope="col">{t("results.output")}</th>
          <th scope="col">{t("results.verdict")}</th>
        </tr>
      </thead>
      <tbody>
        {verdicts.map(({ index, input, label, outputs, predicted, isRight }) => (
          <tr key={index} data-right={isRight}>
            {isText ? (
              <td className={classes.text}>
                <span>{textOf(input, classified.input)}</span>
              </td>
            ) : (
              columns.map((column, i) => <td key={column}>{formatScore(input[i] ?? 0)}</td>)
            )}
            <td>{classNames[label]}</td>
            <td className={classes.output}>
              <span>{(outputs[isBinary ? 1 : predicted] ?? 0).toFixed(3)}</span>
              <span className={classes.track} data-track aria-hidden>
                <span
                  className={classes.fill}
                  data-bar
                  style={{ width: `${fillOf(outputs, isBinary ? 1 : predicted) * 100}%` }}
                />
              </span>
            </td>
            <td className={classes.verdict}>
              {isRight ? <IconCheck size={14} stroke={3} aria-hidden /> : <IconX size={14} stroke={3} aria-hidden />}
              <span>{t(isRight ? "results.right" : "results.wrong")}</span>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
