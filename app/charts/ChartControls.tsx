/** How all charts are drawn: the smoothing, and what the horizontal axis counts. */
import { SegmentedControl, Slider } from "@mantine/core";
import type { XUnit } from "../store/ui";
import { setPreferences, takeSmoothing, takeXUnit, useUi } from "../store/ui";
import { t } from "../common/words";
import classes from "./ChartControls.module.css";

const xUnits: readonly XUnit[] = ["step", "epoch", "time"];

export function ChartControls() {
  const smoothing = useUi(takeSmoothing);
  const xUnit = useUi(takeXUnit);
  return (
    <div className={classes.controls}>
      <div className={classes.smoothing} title={t("chart.smoothing")}>
        <span aria-hidden>{t("chart.smoothing")}</span>
        <Slider
          className={classes.slider ?? ""}
          size="xs"
          min={0}
          max={0.99}
          step={0.01}
          value={smoothing}
          label={null}
          thumbLabel={t("chart.smoothing")}
          onChange={(value) => setPreferences({ smoothing: value })}
        />
        <span className={classes.smoothingValue} aria-hidden>
          {smoothing.toFixed(2)}
        </span>
      </div>
      <SegmentedControl
        aria-label={t("chart.xAxis")}
        data={xUnits.map((unit) => ({ value: unit, label: t(`chart.${unit}`) }))}
        value={xUnit}
        onChange={(value) => {
          const chosen = xUnits.find((unit) => unit === value);
          if (chosen) setPreferences({ xUnit: chosen });
        }}
      />
    </div>
  );
}
