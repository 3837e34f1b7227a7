/** How all charts are drawn: the smoothing, and what the horizontal axis counts. */
import { NativeSelect, SegmentedControl, Slider } from "@mantine/core";
import type { XUnit } from "../store/ui";
import { setPreferences, takeSmoothing, takeXUnit, useUi } from "../store/ui";
import { useIsPhone } from "../common/useIsNarrow";
import { t } from "../common/words";
import classes from "./ChartControls.module.css";

const xUnits: readonly XUnit[] = ["step", "epoch", "samples", "time"];

export function ChartControls() {
  const smoothing = useUi(takeSmoothing);
  const xUnit = useUi(takeXUnit);
  const axis = {
    "aria-label": t("chart.xAxis"),
    data: xUnits.map((unit) => ({ value: unit, label: t(`chart.${unit}`) })),
    value: xUnit,
  };
  const choose = (value: string): void => {
    const chosen = xUnits.find((unit) => unit === value);
    if (chosen) setPreferences({ xUnit: chosen });
  };
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
      {useIsPhone() ? (
        <NativeSelect
          {...axis}
          className={classes.axis ?? ""}
          onChange={({ currentTarget: { value } }) => choose(value)}
        />
      ) : (
        <SegmentedControl {...axis} onChange={choose} />
      )}
    </div>
  );
}
