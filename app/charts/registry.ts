/** The charts of the current run: one for each of its metrics, in their order, of which those are seen that are chosen. */
import { useMemo } from "react";
import { useMetricInfos } from "../store/metrics";
import { takeOtherCharts, useUi } from "../store/ui";
import type { ChartDef } from "./chart";
import { chartOf } from "./chart";

export function useCharts(): readonly ChartDef[] {
  const infos = useMetricInfos();
  return useMemo(() => infos.map(chartOf), [infos]);
}

/** Whether a chart is seen. At first those are whose numbers are told of every step. */
export const isShown = ({ id, ofSplits }: ChartDef, others: readonly string[]): boolean =>
  others.includes(id) === ofSplits;

/** The charts that are seen. */
export function useShownCharts(): readonly ChartDef[] {
  const charts = useCharts();
  const others = useUi(takeOtherCharts);
  return useMemo(() => charts.filter((chart) => isShown(chart, others)), [charts, others]);
}
