/** The table of the benchmark: every line that is planned from the start, its figures as they come in. */
import type { Entry } from "./benchmark";
import { type Column, gflops, measurementOf } from "../../bench/report";
import { figuresFor } from "./summary";
import { t } from "../common/words";
import classes from "./ResultTable.module.css";

const backendNames = { cpu: "bench.cpu", wasm: "bench.cpu", webgpu: "bench.gpu" } as const;

/** What stands over the columns. */
const columnNames = {
  workload: "bench.workload",
  library: "bench.library",
  backend: "bench.on",
  ms: "bench.msPerStep",
  gflops: "bench.gflops",
  versusCpu: "bench.versusCpu",
  ofBest: "bench.ofBest",
  share: "bench.ofPeak",
  dispatches: "bench.dispatches",
  submits: "bench.submits",
  samples: "bench.samples",
} as const satisfies Record<Column["id"], string>;

export function ResultTable({ entries }: { readonly entries: readonly Entry[] }) {
  const figures = figuresFor(entries);
  return (
    <table className={classes.table}>
      <caption className="visuallyHidden">{t("bench.table")}</caption>
      <thead>
        <tr>
          <th scope="col">{t("bench.workload")}</th>
          <th scope="col">{t("bench.on")}</th>
          {figures.map(({ id }) => (
            <th key={id} scope="col" className={classes.number} data-column={id}>
              {t(columnNames[id])}
            </th>
          ))}
        </tr>
      </thead>
      {[...new Set(entries.map(({ workload }) => workload))].map((workload) => (
        <Rows
          key={workload}
          figures={figures}
          entries={entries.filter((entry) => entry.workload === workload)}
          all={entries}
        />
      ))}
    </table>
  );
}

/** The lines of one workload. */
function Rows({ entries, ...rest }: Omit<RowProps, "share" | "entry"> & { readonly entries: readonly Entry[] }) {
  const best = Math.max(...entries.map(speedOf));
  return (
    <tbody>
      {entries.map((entry, i) => (
        <tr key={entry.backend} data-backend={entry.backend}>
          {i === 0 && (
            <th scope="rowgroup" rowSpan={entries.length}>
              {entry.workload}
            </th>
          )}
          <td>{t(backendNames[entry.backend])}</td>
          <Figures {...rest} entry={entry} {...(entries.length > 1 && { share: speedOf(entry) / best })} />
        </tr>
      ))}
    </tbody>
  );
}

interface RowProps {
  readonly entry: Entry;
  readonly all: readonly Entry[];
  readonly figures: readonly Column[];
  /** Of the speed of the faster one, where there are two. */
  readonly share?: number;
}

function Figures({ entry: { finding }, all, figures, share }: RowProps) {
  if (finding && finding.answer.kind !== "done") {
    return (
      <td className={classes.problem} colSpan={figures.length}>
        {finding.answer.message}
      </td>
    );
  }
  const findings = all.flatMap((entry) => entry.finding ?? []);
  return figures.map(({ id, cell }) => (
    <td key={id} className={classes.number} data-column={id}>
      <span>{finding ? cell(finding, findings) : id === "ms" && "–"}</span>
      {finding && share !== undefined && id === "gflops" && <Bar share={share} />}
    </td>
  ));
}

/** How the speeds of a workload compare, at a glance. */
function Bar({ share }: { readonly share: number }) {
  return (
    <span className={classes.bar} aria-hidden>
      <span style={{ width: `${100 * share}%` }} />
    </span>
  );
}

function speedOf({ finding }: Entry): number {
  const found = finding && measurementOf(finding);
  return found ? gflops(found) : 0;
}
