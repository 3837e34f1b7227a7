/** All charts under one set of controls, and their numbers to take away. */
import { ActionIcon, Tooltip } from "@mantine/core";
import { IconFileTypeCsv, IconBraces } from "@tabler/icons-react";
import { Suspense, useEffect } from "react";
import { lazily } from "../common/lazily";
import { Panel } from "../common/Panel";
import { readMetrics } from "../store/metrics";
import { ChartCard } from "./ChartCard";
import { ChartControls } from "./ChartControls";
import { download } from "./download";
import { toCsv, toJson } from "./exports";
import { setHover } from "./hover";
import { useShownCharts } from "./registry";
import { stepsInRows } from "./tableRows";
import { t } from "../common/words";
import classes from "./ChartsPanel.module.css";

/** The page is there before anybody chooses charts. */
const ChartChoice = lazily(() => import("./ChartChoice").then((loaded) => loaded.ChartChoice));

/** Charts take turns to draw within this time. */
const TURN_MS = 50;
/** More charts take several rows. */
const MOST_IN_A_ROW = 4;

export function ChartsPanel({ className }: { readonly className?: string | undefined }) {
  const charts = useShownCharts();
  useEffect(listenForElsewhere, []);
  return (
    <Panel title={t("layout.charts")} className={`${classes.panel} ${className ?? ""}`} aside={<Controls />}>
      <div className={classes.charts} data-many={charts.length > MOST_IN_A_ROW || undefined}>
        {charts.map((def, i) => (
          <ChartCard key={def.id} def={def} delayMs={(i * TURN_MS) % 100} />
        ))}
      </div>
    </Panel>
  );
}

/** What a finger has pointed at stays until it touches something else. */
function listenForElsewhere(): () => void {
  const hear = ({ target }: PointerEvent): void => {
    if (!(target instanceof Element && target.closest("[data-plot]"))) setHover(null);
  };
  document.addEventListener("pointerdown", hear);
  return () => document.removeEventListener("pointerdown", hear);
}

/** What a file holds; found out when it is asked for. */
const Help = ({ of }: { readonly of: "chart.csvHelp" | "chart.jsonHelp" }) =>
  t(of, { steps: stepsInRows(readMetrics().train) });

const save = (text: string, type: string, name: string): void => download(new Blob([text], { type }), name);

function Controls() {
  return (
    <div className={classes.controls}>
      <ChartControls />
      <div className={classes.files}>
        <span className={classes.choice}>
          <Suspense>
            <ChartChoice />
          </Suspense>
        </span>
        <Tooltip label={<Help of="chart.csvHelp" />}>
          <ActionIcon
            size={28}
            aria-label={t("chart.csv")}
            onClick={() => save(toCsv(readMetrics()), "text/csv", "descent-metrics.csv")}
          >
            <IconFileTypeCsv size={17} />
          </ActionIcon>
        </Tooltip>
        <Tooltip label={<Help of="chart.jsonHelp" />}>
          <ActionIcon
            size={28}
            aria-label={t("chart.json")}
            onClick={() => save(toJson(readMetrics()), "application/json", "descent-metrics.json")}
          >
            <IconBraces size={16} />
          </ActionIcon>
        </Tooltip>
      </div>
    </div>
  );
}
