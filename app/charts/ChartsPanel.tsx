/** All charts under one set of controls. */
import { ActionIcon, SegmentedControl, Slider, Tooltip } from "@mantine/core";
import { IconFileTypeCsv } from "@tabler/icons-react";
import { Panel } from "../layout/Panel";
import { readMetrics } from "../store/metrics";
import type { XUnit } from "../store/ui";
import { setPreferences, takeSmoothing, takeXUnit, useUi } from "../store/ui";
import { ChartCard } from "./ChartCard";
import { download, toCsv } from "./download";
import { charts } from "./registry";
import classes from "./ChartsPanel.module.css";

/** Charts take turns to draw within this time. */
const TURN_MS = 50;

const xUnits: readonly { readonly value: XUnit; readonly label: string }[] = [
  { value: "step", label: "Step" },
  { value: "epoch", label: "Epoch" },
  { value: "time", label: "Time" },
];

export function ChartsPanel({ className }: { readonly className?: string | undefined }) {
  return (
    <Panel title="Curves" className={`${classes.panel} ${className ?? ""}`} aside={<ChartControls />}>
      <div className={classes.charts}>
        {charts.map((def, i) => (
          <ChartCard key={def.id} def={def} delayMs={(i * TURN_MS) % 100} />
        ))}
      </div>
    </Panel>
  );
}

function ChartControls() {
  const smoothing = useUi(takeSmoothing);
  const xUnit = useUi(takeXUnit);
  return (
    <div className={classes.controls}>
      <div className={classes.smoothing} title="Smoothing">
        <span aria-hidden>Smoothing</span>
        <Slider
          className={classes.slider ?? ""}
          size="xs"
          min={0}
          max={0.99}
          step={0.01}
          value={smoothing}
          label={(value) => value.toFixed(2)}
          thumbLabel="Smoothing"
          onChange={(value) => setPreferences({ smoothing: value })}
        />
        <span className={classes.smoothingValue} aria-hidden>
          {smoothing.toFixed(2)}
        </span>
      </div>
      <SegmentedControl
        aria-label="Horizontal axis"
        data={[...xUnits]}
        value={xUnit}
        onChange={(value) => {
          const chosen = xUnits.find((unit) => unit.value === value);
          if (chosen) setPreferences({ xUnit: chosen.value });
        }}
      />
      <Tooltip label="Download all numbers as CSV">
        <ActionIcon
          size={28}
          aria-label="Download metrics as CSV"
          onClick={() => download(new Blob([toCsv(readMetrics())], { type: "text/csv" }), "descent-metrics.csv")}
        >
          <IconFileTypeCsv size={17} />
        </ActionIcon>
      </Tooltip>
    </div>
  );
}
