/** What can be done with a chart: ways to scale it, the whole run again after a zoom, a picture, full size. */
import { ActionIcon, Tooltip } from "@mantine/core";
import { IconArrowsMaximize, IconPhotoDown, IconZoomIn, IconZoomOut, IconZoomReset } from "@tabler/icons-react";
import { memo } from "react";
import type { ReactNode } from "react";
import { takeFitCharts, takeLogCharts, toggleChart, useUi } from "../store/ui";
import type { ChartDef } from "./chart";
import { t } from "../common/words";
import classes from "./ChartTools.module.css";

interface ChartToolsProps {
  readonly def: ChartDef;
  readonly isZoomed: boolean;
  /** Nearer by a factor below 1; null shows the whole run. */
  readonly onZoom: (factor: number | null) => void;
  readonly onSave: () => void;
  /** Missing where the chart already has its full size. */
  readonly onFullSize?: (() => void) | undefined;
}

export const ChartTools = memo(function ChartTools({ def, isZoomed, onZoom, onSave, onFullSize }: ChartToolsProps) {
  const isLog = useUi(takeLogCharts).includes(def.id);
  const isFit = useUi(takeFitCharts).includes(def.id);
  // A tooltip outside the dialog would lie behind it.
  const isInside = onFullSize === undefined;
  return (
    <div className={classes.tools}>
      {isInside && (
        <>
          <Tool
            label={t("chart.zoomIn")}
            name={t("chart.zoomInOf", { title: def.title })}
            isInside={isInside}
            onClick={() => onZoom(0.5)}
          >
            <IconZoomIn size={16} />
          </Tool>
          <Tool
            label={t("chart.zoomOut")}
            name={t("chart.zoomOutOf", { title: def.title })}
            isInside={isInside}
            isOff={!isZoomed}
            onClick={() => onZoom(2)}
          >
            <IconZoomOut size={16} />
          </Tool>
        </>
      )}
      {(isInside || isZoomed) && (
        <Tool
          label={t("chart.whole")}
          name={t("chart.wholeOf", { title: def.title })}
          isInside={isInside}
          isOff={!isZoomed}
          onClick={() => onZoom(null)}
        >
          <IconZoomReset size={16} />
        </Tool>
      )}
      <button
        type="button"
        className={classes.way}
        aria-pressed={isFit}
        aria-label={t("chart.fitOf", { title: def.title })}
        title={t("chart.fitHelp")}
        onClick={() => toggleChart("fitCharts", def.id)}
      >
        {t("chart.fit")}
      </button>
      <button
        type="button"
        className={classes.way}
        aria-pressed={isLog}
        aria-label={t("chart.logOf", { title: def.title })}
        title={t("chart.logHelp")}
        onClick={() => toggleChart("logCharts", def.id)}
      >
        {t("chart.log")}
      </button>
      <Tool label={t("chart.png")} name={t("chart.pngOf", { title: def.title })} isInside={isInside} onClick={onSave}>
        <IconPhotoDown size={16} />
      </Tool>
      {onFullSize && (
        <Tool
          label={t("chart.fullSize")}
          name={t("chart.fullSizeOf", { title: def.title })}
          isInside={isInside}
          onClick={onFullSize}
        >
          <IconArrowsMaximize size={16} />
        </Tool>
      )}
    </div>
  );
});

interface ToolProps {
  readonly label: string;
  /** For those who hear the page, to whom several charts have such a tool. */
  readonly name: string;
  readonly isInside: boolean;
  readonly isOff?: boolean;
  readonly onClick: () => void;
  readonly children: ReactNode;
}

function Tool({ label, name, isInside, isOff = false, onClick, children }: ToolProps) {
  return (
    <Tooltip label={label} withinPortal={!isInside}>
      <ActionIcon size={28} aria-label={name} disabled={isOff} onClick={onClick}>
        {children}
      </ActionIcon>
    </Tooltip>
  );
}
