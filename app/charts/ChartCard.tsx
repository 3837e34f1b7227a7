/** A chart with its name, its legend and what can be done with it. */
import { ActionIcon, CloseButton, Tooltip } from "@mantine/core";
import { IconArrowsMaximize, IconPhotoDown } from "@tabler/icons-react";
import { useEffect, useRef, useState } from "react";
import { useMetrics } from "../store/metrics";
import { useThrottled } from "../train/useThrottled";
import { notify } from "../store/run";
import { takeFitCharts, takeLogCharts, toggleChart, useUi } from "../store/ui";
import type { ChartDef } from "./chart";
import { download, toPng } from "./download";
import { MetricChart } from "./MetricChart";
import classes from "./ChartCard.module.css";

interface ChartCardProps {
  readonly def: ChartDef;
  readonly delayMs: number;
}

export function ChartCard({ def, delayMs }: ChartCardProps) {
  const [isFull, setIsFull] = useState(false);
  return (
    <>
      <ChartBody def={def} delayMs={delayMs} onFullSize={() => setIsFull(true)} />
      {isFull && <FullSize def={def} onClose={() => setIsFull(false)} />}
    </>
  );
}

interface ChartBodyProps extends ChartCardProps {
  readonly onFullSize?: () => void;
}

function ChartBody({ def, delayMs, onFullSize }: ChartBodyProps) {
  const body = useRef<HTMLElement>(null);
  const isLog = useUi(takeLogCharts).includes(def.id);
  const isFit = useUi(takeFitCharts).includes(def.id);
  return (
    <figure ref={body} className={classes.card} aria-label={`${def.title} chart`}>
      <div className={classes.head}>
        <h3 className={classes.title} title={def.help}>
          {def.title}
        </h3>
        <Legend def={def} delayMs={delayMs} />
        <button
          type="button"
          className={classes.way}
          aria-pressed={isFit}
          aria-label={`${def.title}: fit the axis to most values`}
          title="Fit the vertical axis to most values; outliers run out of the picture"
          onClick={() => toggleChart("fitCharts", def.id)}
        >
          fit
        </button>
        <button
          type="button"
          className={classes.way}
          aria-pressed={isLog}
          aria-label={`${def.title}: logarithmic axis`}
          title="Logarithmic vertical axis"
          onClick={() => toggleChart("logCharts", def.id)}
        >
          log y
        </button>
        <Tooltip label="Download as PNG">
          <ActionIcon
            size={28}
            aria-label={`Download ${def.title} chart as PNG`}
            onClick={() => void savePicture(def, body.current)}
          >
            <IconPhotoDown size={16} />
          </ActionIcon>
        </Tooltip>
        {onFullSize && (
          <Tooltip label="Full size">
            <ActionIcon size={28} aria-label={`${def.title} chart in full size`} onClick={onFullSize}>
              <IconArrowsMaximize size={16} />
            </ActionIcon>
          </Tooltip>
        )}
      </div>
      <MetricChart def={def} delayMs={delayMs} />
    </figure>
  );
}

async function savePicture(def: ChartDef, body: HTMLElement | null): Promise<void> {
  const svg = body?.querySelector<SVGSVGElement>("svg.recharts-surface");
  if (!svg || !body) return;
  try {
    download(await toPng(svg, getComputedStyle(body).getPropertyValue("--surface")), `descent-${def.id}.png`);
  } catch (error) {
    notify({ severity: "warning", topic: "picture", message: `The picture could not be made: ${String(error)}` });
  }
}

// A number that changes faster cannot be read.
const LEGEND_INTERVAL_MS = 250;

/** Names the lines, with the latest value of each. */
function Legend({ def, delayMs }: ChartCardProps) {
  const { last, validations } = useThrottled(useMetrics(delayMs), LEGEND_INTERVAL_MS, null);
  const validation = validations.at(-1);
  return (
    <ul className={classes.legend} aria-label="Legend">
      <li className={classes.entry} data-line="train">
        Train <b>{last ? def.format(def.read(last)) : ""}</b>
      </li>
      <li className={classes.entry} data-line="validation">
        Validation <b>{validation ? def.format(def.read(validation)) : ""}</b>
      </li>
    </ul>
  );
}

function FullSize({ def, onClose }: { readonly def: ChartDef; readonly onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    dialog.current?.showModal();
  }, []);
  return (
    <dialog ref={dialog} className={classes.dialog} aria-label={`${def.title} chart, full size`} onClose={onClose}>
      <CloseButton className={classes.close ?? ""} aria-label="Close" onClick={() => dialog.current?.close()} />
      <ChartBody def={def} delayMs={0} />
    </dialog>
  );
}
