/** A series as it was measured, what the model tells of each step from those before it, and how it goes on by itself. */
import { Slider } from "@mantine/core";
import { useMemo, useState } from "react";
import { formatCount } from "../../../common/format";
import { t } from "../../../common/words";
import { takePredictions, useRun } from "../../../store/run";
import classes from "./ForecastView.module.css";
import { meanError, type Series, seriesOf } from "./seriesOf";
import { useForecast } from "./useForecast";

/** Steps of the series that are drawn, and how many the model goes on for. */
const [DRAWN, AHEAD] = [120, 80];
const [WIDTH, HEIGHT, MARGIN] = [720, 200, 4];

export function ForecastView() {
  const predictions = useRun(takePredictions);
  const series = useMemo(() => predictions && seriesOf(predictions), [predictions]);
  return series ? <Forecast series={series} /> : <p className={classes.note}>{t("results.noSamples")}</p>;
}

const written = (value: number | null): string => (value === null ? "-" : value.toPrecision(2));

function Forecast({ series: { column, window, measured, told } }: { readonly series: Series }) {
  const end = measured.length;
  const first = Math.max(0, end - DRAWN);
  const [chosen, setChosen] = useState<number | null>(null);
  const from = chosen ?? end - Math.floor(AHEAD / 2);
  // Predictions come anew every few seconds, of the same steps.
  const before = measured.slice(from - window, from).join();
  const start = useMemo(() => Float32Array.from(before.split(","), Number), [before]);
  const ahead = useForecast(column, start, AHEAD);
  const range = measured.reduce((most, value) => Math.max(most, Math.abs(value)), 0) * 1.15 || 1;
  const across = end + AHEAD - Math.floor(AHEAD / 2) - first;
  const x = (step: number): number => MARGIN + ((step - first) / across) * (WIDTH - 2 * MARGIN);
  const y = (value: number): number =>
    HEIGHT / 2 - (Math.max(-range, Math.min(range, value)) / range) * (HEIGHT / 2 - MARGIN);
  const line = (values: ArrayLike<number>, at: number): string =>
    Array.from(values)
      .flatMap((value, i) =>
        at + i < first || at + i > first + across ? [] : [`${x(at + i).toFixed(1)} ${y(value).toFixed(1)}`],
      )
      .map((point, i) => `${i === 0 ? "M" : "L"}${point}`)
      .join("");
  const near = meanError(told, measured, window);
  const far = meanError(ahead, measured, from);
  return (
    <div className={classes.view}>
      <div className={classes.from}>
        <span className={classes.label}>
          {t("inspect.forecastFrom")} <output>{formatCount(from)}</output>
        </span>
        <Slider
          min={Math.max(first, window)}
          max={end}
          value={from}
          label={null}
          thumbLabel={t("inspect.forecastFrom")}
          onChange={setChosen}
        />
      </div>
      <figure className={classes.figure}>
        <svg
          viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
          className={classes.plot}
          role="img"
          aria-label={t("inspect.forecastPlot")}
        >
          <rect
            x={MARGIN}
            y={MARGIN}
            width={WIDTH - 2 * MARGIN}
            height={HEIGHT - 2 * MARGIN}
            className={classes.frame}
          />
          <path d={`M${x(from).toFixed(1)} ${MARGIN}V${HEIGHT - MARGIN}`} className={classes.mark} />
          <path d={line(measured, 0)} className={classes.measured} />
          <path d={line(told, window)} className={classes.told} />
          <path d={line([measured[from - 1] ?? 0, ...ahead], from - 1)} className={classes.ahead} />
        </svg>
        <div className={classes.ticks}>
          <span>{t("inspect.forecastStep", { step: first })}</span>
          <span>{t("results.range", { low: (-range).toPrecision(3), high: range.toPrecision(3) })}</span>
          <span>{t("inspect.forecastStep", { step: first + across })}</span>
        </div>
        <figcaption className={classes.legend}>
          {(["measured", "told", "ahead"] as const).map((look) => (
            <span key={look}>
              <svg width="22" height="10" aria-hidden>
                <path d="M1 5h20" className={classes[look]} />
              </svg>
              {` ${t(`inspect.forecast_${look}`)}`}
            </span>
          ))}
        </figcaption>
      </figure>
      <p className={classes.sentence}>
        {t("inspect.forecastErrors", { near: written(near), far: written(far), from: formatCount(from) })}
      </p>
      <p className={classes.note}>{t("inspect.forecastHint")}</p>
    </div>
  );
}
