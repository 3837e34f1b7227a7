/** Chooses which charts are seen. The last one stays. */
import { ActionIcon, Popover, Tooltip } from "@mantine/core";
import { IconChartLine } from "@tabler/icons-react";
import { useId } from "react";
import { t } from "../common/words";
import { takeOtherCharts, toggleChart, useUi } from "../store/ui";
import { isShown, useCharts } from "./registry";
import classes from "./ChartChoice.module.css";

export function ChartChoice() {
  const id = useId();
  const charts = useCharts();
  const others = useUi(takeOtherCharts);
  const shown = charts.filter((chart) => isShown(chart, others));
  if (charts.length < 2) return null;
  return (
    <Popover position="bottom-end" trapFocus returnFocus shadow="md">
      <Popover.Target>
        <Tooltip label={t("chart.chooseHelp")}>
          <ActionIcon size={28} aria-label={t("chart.choose")}>
            <IconChartLine size={17} />
          </ActionIcon>
        </Tooltip>
      </Popover.Target>
      <Popover.Dropdown aria-labelledby={id}>
        <fieldset className={classes.choice}>
          <legend id={id} className={classes.head}>
            {t("chart.choose")}
          </legend>
          {charts.map((chart) => {
            const isSeen = shown.includes(chart);
            return (
              <label key={chart.id} className={classes.chart} title={chart.help}>
                <input
                  type="checkbox"
                  checked={isSeen}
                  disabled={isSeen && shown.length === 1}
                  onChange={() => toggleChart("otherCharts", chart.id)}
                />
                <span>{chart.title}</span>
                {chart.ofSplits && <span className={classes.note}>{t("chart.ofSplits")}</span>}
              </label>
            );
          })}
        </fieldset>
      </Popover.Dropdown>
    </Popover>
  );
}
