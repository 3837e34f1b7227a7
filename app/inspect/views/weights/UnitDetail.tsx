/** One unit closely: one channel of its weights enlarged, with numbers, and what excites it. */
import { NumberInput } from "@mantine/core";
import "@mantine/core/styles/NumberInput.css";
import { useMemo, useState } from "react";
import type { Weights } from "../../../../src/engine";
import { formatCount, formatScore } from "../../../common/format";
import { t } from "../../../common/words";
import type { Classifier } from "../classifier";
import { NumberGrid } from "../layers/NumberGrid";
import { Canvas } from "./Canvas";
import { Excited } from "./Excited";
import { paintChannel, STRENGTH, strongestOf, summed, unitOf } from "./paint";
import classes from "./WeightsView.module.css";

interface UnitDetailProps {
  /** The model's; null where it tells no class. */
  readonly classifier: Classifier | null;
  readonly weights: Weights;
  /** Counted from the layer's first. */
  readonly unit: number;
  readonly channel: number;
  readonly onUnit: (unit: number) => void;
  readonly onChannel: (channel: number) => void;
}

/** Up to so many numbers across and down they are written out. */
const MAX_SIDE = 7;
const MAX_STRONGEST = 8;

export function UnitDetail({ classifier, weights, unit, channel, onUnit, onChannel }: UnitDetailProps) {
  const { height, width, channels, units, isMatrix, from } = weights;
  const all = unitOf(weights, unit - from);
  const values = useMemo(
    () => all.slice(channel * height * width, (channel + 1) * height * width),
    [all, channel, height, width],
  );
  const painted = useMemo(() => paintChannel(weights, values), [weights, values]);
  const [told, setTold] = useState<string>();
  const [isOpen, setOpen] = useState(false);
  const { low, high, mean, length } = summed(values);
  const isWritten = !isMatrix && Math.max(height, width) <= MAX_SIDE;
  return (
    <section className={classes.detail} aria-label={t("inspect.unitClosely")}>
      <div className={classes.axes}>
        <Axis label={t("inspect.unitAxis", { count: units })} at={unit} count={units} onChange={onUnit} />
        {channels > 1 && (
          <Axis label={t("inspect.mapAxis", { count: channels })} at={channel} count={channels} onChange={onChannel} />
        )}
      </div>
      {isWritten && <NumberGrid label={t("inspect.kernel")} values={[...values]} across={width} strength={STRENGTH} />}
      {!isWritten && !isMatrix && (
        <Canvas
          painted={painted}
          className={classes.large}
          label={t("inspect.unitImage", { unit: unit + 1 })}
          title={told}
          onOver={(x, y) => setTold(formatScore(values[y * width + x] ?? NaN))}
        />
      )}
      <p className={classes.line}>
        {t("inspect.weightsAre", {
          low: formatScore(low),
          high: formatScore(high),
          mean: formatScore(mean),
          length: formatScore(length),
        })}
      </p>
      {!isWritten && <Strongest values={values} weights={weights} />}
      {classifier?.info.kind === "image" && (
        <details className={classes.twin} onToggle={({ currentTarget: { open } }) => setOpen(open)}>
          <summary>{t("inspect.excites")}</summary>
          {isOpen && <Excited classifier={classifier} name={weights.name} unit={unit} />}
        </details>
      )}
    </section>
  );
}

interface AxisProps {
  readonly label: string;
  readonly at: number;
  readonly count: number;
  readonly onChange: (at: number) => void;
}

function Axis({ label, at, count, onChange }: AxisProps) {
  return (
    <NumberInput
      hideControls
      className={classes.axis}
      label={label}
      min={1}
      max={count}
      clampBehavior="strict"
      value={at + 1}
      onChange={(value) => {
        if (typeof value === "number" && value >= 1 && value <= count) onChange(value - 1);
      }}
    />
  );
}

function Strongest({ values, weights }: { readonly values: Float32Array; readonly weights: Weights }) {
  const { width, isMatrix, isTable } = weights;
  const down = isTable ? "inspect.placeOfVector" : isMatrix ? "inspect.input" : "inspect.row";
  return (
    <table className={classes.table}>
      <caption>{t("inspect.strongestWeights")}</caption>
      <thead>
        <tr>
          <th scope="col">{t(down)}</th>
          {!isMatrix && <th scope="col">{t("inspect.column")}</th>}
          <th scope="col">{t("inspect.weight")}</th>
        </tr>
      </thead>
      <tbody>
        {strongestOf(values, MAX_STRONGEST).map((place) => (
          <tr key={place}>
            <td>{formatCount(Math.floor(place / width) + 1)}</td>
            {!isMatrix && <td>{formatCount((place % width) + 1)}</td>}
            <td>{formatScore(values[place] ?? NaN)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
