/** The charts of the current run: one for each of its metrics, in their order. */
import { useMemo } from "react";
import { useMetricInfos } from "../store/metrics";
import type { ChartDef } from "./chart";
import { chartOf } from "./chart";

export function useCharts(): readonly ChartDef[] {
  const infos = useMetricInfos();
  return useMemo(() => infos.map(chartOf), [infos]);
}
