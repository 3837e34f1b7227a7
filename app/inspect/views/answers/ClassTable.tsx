/** How well each class is told: precision, recall and F1, and their plain means. */
import { formatCount, formatPercent } from "../../../common/format";
import { t } from "../../../common/words";
import { type ClassScore, classScores, type Confusion, macroAverage } from "./measures";
import classes from "./ClassTable.module.css";

export function ClassTable({
  confusion,
  classNames,
  onChoose,
}: {
  readonly confusion: Confusion;
  readonly classNames: readonly string[];
  /** Hears of a class that is pressed. */
  readonly onChoose: (label: number) => void;
}) {
  const scores = classScores(confusion);
  return (
    <table className={classes.table} aria-label={t("inspect.classTable")}>
      <thead>
        <tr>
          <th scope="col">{t("inspect.class")}</th>
          <th scope="col" title={t("inspect.precisionHelp")}>
            {t("inspect.precision")}
          </th>
          <th scope="col" title={t("inspect.recallHelp")}>
            {t("inspect.recall")}
          </th>
          <th scope="col" title={t("inspect.f1Help")}>
            {t("inspect.f1")}
          </th>
          <th scope="col">{t("inspect.support")}</th>
        </tr>
      </thead>
      <tbody>
        {classNames.map((name, c) => {
          const score = scores[c];
          return score && <Row key={name} name={name} score={score} onChoose={() => onChoose(c)} />;
        })}
      </tbody>
      <tfoot>
        <Row name={t("inspect.macro")} score={macroAverage(scores)} />
      </tfoot>
    </table>
  );
}

function Row({
  name,
  score: { precision, recall, f1, support },
  onChoose,
}: {
  readonly name: string;
  readonly score: ClassScore;
  readonly onChoose?: () => void;
}) {
  return (
    <tr>
      <th scope="row">
        {onChoose ? (
          <button
            type="button"
            className={classes.choose}
            aria-label={t("inspect.chooseClass", { label: name })}
            disabled={support === 0}
            onClick={onChoose}
          >
            {name}
          </button>
        ) : (
          name
        )}
      </th>
      <td>{formatPercent(precision, 1)}</td>
      <td>{formatPercent(recall, 1)}</td>
      <td>{formatPercent(f1, 1)}</td>
      <td>{formatCount(support)}</td>
    </tr>
  );
}
