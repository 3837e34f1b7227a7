/** A layer's weights as pictures, while they change: all its units side by side, and one of them closely. */
import { NativeSelect } from "@mantine/core";
import { useMemo, useState } from "react";
import type { Weights } from "../../../../src/engine";
import { formatCount, formatScore, formatShape } from "../../../common/format";
import { t } from "../../../common/words";
import { takePrepared, useRun } from "../../../store/run";
import { useInquiry } from "../../../train/inquire";
import { type Classifier, classifierOf } from "../classifier";
import { ColourScale } from "../ColourScale";
import { Canvas } from "./Canvas";
import { countOf, MOST, paintMatrix, STRENGTH, summed, unitOf } from "./paint";
import { UnitDetail } from "./UnitDetail";
import { UnitSheet } from "./UnitSheet";
import classes from "./WeightsView.module.css";

export function WeightsView() {
  const prepared = useRun(takePrepared);
  // Another model has other variables.
  const key = useMemo(() => JSON.stringify(prepared?.networks ?? null), [prepared]);
  const classifier = useMemo(() => prepared && classifierOf(prepared), [prepared]);
  return <Chosen key={key} classifier={classifier} />;
}

function Chosen({ classifier }: { readonly classifier: Classifier | null }) {
  const [name, setName] = useState<string | null>(null);
  const [unit, setUnit] = useState(0);
  const [from, setFrom] = useState(0);
  const [channel, setChannel] = useState(0);
  const question = useMemo(() => ({ name, from }), [name, from]);
  const weights = useInquiry("weights", question);
  if (!weights) return <p className={classes.waiting}>{t("inspect.weightsWaiting")}</p>;
  const choose = (next: number): void => {
    setUnit(next);
    setFrom(Math.floor(next / weights.page) * weights.page);
  };
  // Until another layer's answer has come, the one before it stays in sight.
  const known = Math.min(unit, weights.units - 1);
  const isTold = known >= weights.from && known < weights.from + countOf(weights);
  return (
    <div className={classes.view}>
      <p className={classes.hint}>{t(hintOf(weights))}</p>
      <div className={classes.controls}>
        <NativeSelect
          aria-label={t("inspect.weightsOf")}
          value={name ?? weights.name}
          onChange={({ currentTarget: { value } }) => {
            setName(value);
            setUnit(0);
            setFrom(0);
            setChannel(0);
          }}
          data={weights.variables.map((each) => ({
            value: each.name,
            label: t("inspect.weightsOption", { name: each.name, shape: formatShape(each.shape) }),
          }))}
        />
        <ColourScale strength={STRENGTH} />
      </div>
      <div className={classes.body}>
        <section className={classes.sheet} aria-label={t("inspect.allUnits", { name: weights.name })}>
          {weights.isMatrix ? (
            <Matrix weights={weights} unit={known} onChoose={choose} />
          ) : (
            <UnitSheet weights={weights} unit={known} onChoose={choose} />
          )}
          <p className={classes.line}>{lineOf(weights)}</p>
        </section>
        {isTold && (
          <UnitDetail
            classifier={classifier}
            weights={weights}
            unit={known}
            channel={Math.min(channel, weights.channels - 1)}
            onUnit={choose}
            onChannel={setChannel}
          />
        )}
      </div>
      <UnitTable weights={weights} onChoose={choose} />
    </div>
  );
}

function hintOf({ isMatrix, isTable }: Weights) {
  if (isTable) return "inspect.tableHint";
  return isMatrix ? "inspect.matrixHint" : "inspect.weightsHint";
}

function lineOf(weights: Weights): string {
  const { step, units, from, channels, height } = weights;
  const count = countOf(weights);
  const told = t("inspect.unitsTold", { from: from + 1, to: from + count, all: units, step });
  const left = weights.isMatrix ? height - MOST.rows : channels - MOST.channels;
  return left > 0 ? `${told} ${t("inspect.weightsLeft", { count: left })}` : told;
}

interface SheetProps {
  readonly weights: Weights;
  readonly unit: number;
  readonly onChoose: (unit: number) => void;
}

/** Units as columns; the chosen one is marked below. */
function Matrix({ weights, unit, onChoose }: SheetProps) {
  const painted = useMemo(() => paintMatrix(weights), [weights]);
  const [told, setTold] = useState<string>();
  const at = (unit - weights.from + 0.5) / painted.width;
  return (
    <div className={classes.matrix}>
      <Canvas
        painted={painted}
        className={classes.columns}
        label={t("inspect.matrixImage", { name: weights.name, rows: weights.height, columns: painted.width })}
        title={told}
        onOver={(x, y) => setTold(formatScore(weights.values[x * weights.height + y] ?? NaN))}
        onPress={(x) => onChoose(weights.from + x)}
      />
      <span className={classes.mark} style={{ left: `${100 * at}%` }} aria-hidden />
    </div>
  );
}

/** The same in numbers. */
function UnitTable({ weights, onChoose }: Pick<SheetProps, "weights" | "onChoose">) {
  const [isOpen, setOpen] = useState(false);
  const rows = isOpen
    ? Array.from({ length: countOf(weights) }, (_, i) => ({ unit: weights.from + i, ...summed(unitOf(weights, i)) }))
    : [];
  return (
    <details className={classes.twin} onToggle={({ currentTarget: { open } }) => setOpen(open)}>
      <summary>{t("inspect.unitsInNumbers")}</summary>
      <div className={classes.scroll} role="region" aria-label={t("inspect.unitsInNumbers")} tabIndex={0}>
        <table className={classes.table}>
          <thead>
            <tr>
              <th scope="col">{t("inspect.unit")}</th>
              <th scope="col">{t("inspect.smallest")}</th>
              <th scope="col">{t("inspect.largest")}</th>
              <th scope="col">{t("inspect.meanWeight")}</th>
              <th scope="col">{t("inspect.weightLength")}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map(({ unit, low, high, mean, length }) => (
              <tr key={unit}>
                <th scope="row">
                  <button type="button" className={classes.goTo} onClick={() => onChoose(unit)}>
                    {formatCount(unit + 1)}
                  </button>
                </th>
                <td>{formatScore(low)}</td>
                <td>{formatScore(high)}</td>
                <td>{formatScore(mean)}</td>
                <td>{formatScore(length)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}
