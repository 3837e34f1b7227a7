/** Many runs at once: a line for each over axes of what they differ in and how well they did, and the same as a table. A part of an
 *  axis that is brushed leaves those runs that lie in it, in the lines and in the table. Loaded when it is asked for. */
import { Button } from "@mantine/core";
import { IconPin } from "@tabler/icons-react";
import { useMemo, useState } from "react";
import { formatCount } from "../common/format";
import { t } from "../common/words";
import { MAX_PINS } from "../store/runs";
import { ParallelPlot } from "./ParallelPlot";
import { type Axis, axesOf, brushed, type ManyRunsProps, type Span, sortedBy } from "./parallel";
import { drawRuns } from "./watch";
import classes from "./ManyRuns.module.css";

/** Axes that are shown at first, the scores among them: more are chosen. */
const FIRST = 8;
/** Rows of the table that are added at a time. */
const PAGE = 40;

/** A column by which the table is sorted. */
interface Order {
  readonly key: string;
  readonly isReversed: boolean;
}

export function ManyRuns({ runs, names }: ManyRunsProps) {
  const all = useMemo(() => axesOf(runs), [runs]);
  const [hidden, setHidden] = useState<ReadonlyMap<string, boolean>>(new Map());
  const [spans, setSpans] = useState<ReadonlyMap<string, Span>>(new Map());
  const [order, setOrder] = useState<Order | null>(null);
  const scores = all.filter(({ isLowerBetter }) => isLowerBetter !== null);
  const settings = all.filter(({ isLowerBetter }) => isLowerBetter === null);
  const usual = new Set([...settings.slice(0, FIRST - scores.length), ...scores]);
  const axes = all.filter((axis) => !(hidden.get(axis.key) ?? !usual.has(axis)));
  const isIn = useMemo(() => brushed(axes, spans, runs.length), [axes, spans, runs.length]);
  const sortAxis =
    axes.find(({ key }) => key === order?.key) ?? axes.findLast(({ isLowerBetter }) => isLowerBetter !== null);
  const found = runs.flatMap((_, i) => (isIn[i] ? [i] : []));
  const rows = sortAxis ? sortedBy(sortAxis, found, order?.isReversed ?? false) : found;
  const brush = (key: string, span: Span | null): void =>
    setSpans((before) => {
      const next = new Map(before);
      if (span) next.set(key, span);
      else next.delete(key);
      return next;
    });
  const best = rows.slice(0, MAX_PINS).flatMap((i) => runs[i]?.id ?? []);
  return (
    <section className={classes.many} aria-label={t("runs.many")}>
      <div className={classes.bar}>
        <p className={classes.said} role="status">
          {t("runs.manyIn", { found: found.length, all: runs.length })}
        </p>
        {spans.size > 0 && (
          <Button size="compact-sm" variant="default" onClick={() => setSpans(new Map())}>
            {t("runs.manyAll")}
          </Button>
        )}
        <Button
          size="compact-sm"
          variant="default"
          leftSection={<IconPin size={16} />}
          disabled={best.length === 0}
          onClick={() => void drawRuns(best)}
        >
          {t("runs.manyDraw", { count: best.length })}
        </Button>
        <Columns all={all} shown={axes} onShow={(key, isShown) => setHidden(new Map(hidden).set(key, !isShown))} />
      </div>
      {axes.length > 0 ? (
        <>
          <p className={classes.hint}>{t("runs.manyHint")}</p>
          <ParallelPlot axes={axes} runs={runs} names={names} isIn={isIn} spans={spans} onBrush={brush} />
        </>
      ) : (
        <p className={classes.hint}>{t("runs.manySame")}</p>
      )}
      <Rows
        axes={axes}
        runs={runs}
        names={names}
        rows={rows}
        order={order}
        sortKey={sortAxis?.key}
        onOrder={setOrder}
      />
    </section>
  );
}

interface ColumnsProps {
  readonly all: readonly Axis[];
  readonly shown: readonly Axis[];
  readonly onShow: (key: string, isShown: boolean) => void;
}

/** Which axes there are, and columns. */
function Columns({ all, shown, onShow }: ColumnsProps) {
  return (
    <details className={classes.columns}>
      <summary>{t("runs.columns", { shown: shown.length, all: all.length })}</summary>
      <div className={classes.choices}>
        {all.map((axis) => (
          <label key={axis.key} className={classes.choice}>
            <input
              type="checkbox"
              checked={shown.includes(axis)}
              onChange={({ currentTarget: { checked } }) => onShow(axis.key, checked)}
            />
            {axis.label}
          </label>
        ))}
      </div>
    </details>
  );
}

interface RowsProps extends ManyRunsProps {
  readonly axes: readonly Axis[];
  readonly rows: readonly number[];
  readonly order: Order | null;
  readonly sortKey: string | undefined;
  readonly onOrder: (order: Order) => void;
}

/** The same as a table, sorted by the column that was pressed. */
function Rows({ axes, runs, names, rows, order, sortKey, onOrder }: RowsProps) {
  const [most, setMost] = useState(PAGE);
  return (
    <>
      <div className={classes.scroll} tabIndex={0} role="region" aria-label={t("runs.manyTable")}>
        <table className={classes.table} aria-label={t("runs.manyTable")}>
          <thead>
            <tr>
              <th scope="col">{t("runs.manyRun")}</th>
              {axes.map(({ key, label }) => {
                const isSorted = key === sortKey;
                const isReversed = isSorted && (order?.isReversed ?? false);
                return (
                  <th key={key} scope="col" aria-sort={isSorted ? (isReversed ? "descending" : "ascending") : "none"}>
                    <button type="button" onClick={() => onOrder({ key, isReversed: isSorted && !isReversed })}>
                      {label}
                      <span aria-hidden>{isSorted ? (isReversed ? " ▾" : " ▴") : ""}</span>
                    </button>
                  </th>
                );
              })}
            </tr>
          </thead>
          <tbody>
            {rows.slice(0, most).map((i) => {
              const id = runs[i]?.id ?? "";
              return (
                <tr key={id}>
                  <th scope="row">{names.get(id)}</th>
                  {axes.map(({ key, texts }) => (
                    <td key={key}>{texts[i]}</td>
                  ))}
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
      {rows.length > most && (
        <Button size="compact-sm" variant="default" onClick={() => setMost(most + PAGE)}>
          {t("runs.more", { more: Math.min(PAGE, rows.length - most) })} ({formatCount(rows.length)})
        </Button>
      )}
    </>
  );
}
