/** How all charts are drawn: the smoothing, and what the horizontal axis counts. */
import { SegmentedControl, Slider } from "@mantine/core";
import type { XUnit } from "../store/ui";
import { setPreferences, takeSmoothing, takeXUnit, useUi } from "../store/ui";
import classes from "./ChartControls.module.css";

const xUnits: readonly { readonly value: XUnit; readonly label: string }[] = [
  { value: "step", label: "Step" },
  { value: "epoch", label: "Epoch" },
  { value: "time", label: "Time" },
];

/** The name of the horizontal axis. */
export const xUnitLabel = (xUnit: XUnit): string => xUnits.find(({ value }) => value === xUnit)?.label ?? "";

export function ChartControls() {
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
          label={null}
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
    </div>
  );
}
