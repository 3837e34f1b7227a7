/** Which classes are taken for which: a table of true classes by what they were taken for, of which each cell opens its samples. */
import type { CSSProperties, KeyboardEvent } from "react";
import { useRef, useState } from "react";
import { formatCount } from "../../../common/format";
import { t } from "../../../common/words";
import type { Confusion } from "./measures";
import classes from "./ConfusionTable.module.css";

/** What a cell tells: how many, or which share of its row or its column. */
export type Telling = "counts" | "rows" | "columns";

interface ConfusionTableProps {
  readonly confusion: Confusion;
  readonly classNames: readonly string[];
  readonly telling: Telling;
  readonly onChoose: (truth: number, said: number) => void;
}

/** The part of a colour that the fullest cell takes, in per cent: text stays readable on it. */
const FULLEST = 42;

const steps: Readonly<Record<string, readonly [number, number]>> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
};

export function ConfusionTable({ confusion, classNames, telling, onChoose }: ConfusionTableProps) {
  const { classes: size, counts, ofTrue, ofPredicted } = confusion;
  const table = useRef<HTMLTableElement>(null);
  /** The cell that Tab leads to; the arrow keys lead from there. */
  const [place, setPlace] = useState(0);
  const mistakes = counts.map((count, i) => (Math.floor(i / size) === i % size ? 0 : count));
  const mostWrong = Math.max(1, ...mistakes);
  const shareOf = (truth: number, said: number): number => {
    const count = counts[truth * size + said] ?? 0;
    const whole = telling === "rows" ? ofTrue[truth] : ofPredicted[said];
    return whole ? count / whole : 0;
  };
  const fill = (truth: number, said: number): number => {
    const count = counts[truth * size + said] ?? 0;
    return truth === said ? count / Math.max(1, ofTrue[truth] ?? 0) : Math.sqrt(count / mostWrong);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = steps[event.key];
    if (!step) return;
    const [row, column] = [Math.floor(place / size) + step[0], (place % size) + step[1]];
    event.preventDefault();
    if (row < 0 || column < 0 || row >= size || column >= size) return;
    setPlace(row * size + column);
    table.current?.querySelector<HTMLElement>(`[data-cell="${row * size + column}"]`)?.focus();
  };
  return (
    <table ref={table} className={classes.table} aria-label={t("results.confusionTab")} onKeyDown={onKeyDown}>
      <thead>
        <tr>
          <th scope="col" className={classes.corner}>
            {t("inspect.trueBySaid")}
          </th>
          {classNames.map((name) => (
            <th key={name} scope="col">
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {classNames.map((name, truth) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            {classNames.map((says, said) => {
              const at = truth * size + said;
              const count = counts[at] ?? 0;
              const part = Math.round(FULLEST * fill(truth, said));
              return (
                <td key={says}>
                  <button
                    type="button"
                    data-cell={at}
                    data-right={truth === said || undefined}
                    data-empty={count === 0 || undefined}
                    className={classes.cell}
                    style={{ "--part": `${part}%` } as CSSProperties}
                    tabIndex={at === place ? 0 : -1}
                    aria-label={t("inspect.cell", {
                      label: name,
                      says,
                      count: formatCount(count),
                      all: formatCount(ofTrue[truth] ?? 0),
                    })}
                    onFocus={() => setPlace(at)}
                    onClick={() => onChoose(truth, said)}
                  >
                    {telling === "counts" ? formatCount(count) : inPercent(shareOf(truth, said))}
                  </button>
                </td>
              );
            })}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** `98`, `0.4`: per cent, of which the table says that it is. */
const inPercent = (share: number): string => (share === 0 ? "0" : (100 * share).toFixed(share < 0.0995 ? 1 : 0));
