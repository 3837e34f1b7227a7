/** Computes the landscape of the loss when it is asked to, and shows it with the run's path. */
import { Button, NativeSelect, Progress, SegmentedControl } from "@mantine/core";
import "@mantine/core/styles/Progress.css";
import { useEffect, useMemo, useState } from "react";
import type { Landscape } from "../../../../src/engine";
import { formatCount, formatLoss, formatPercent, formatScore } from "../../../common/format";
import { t } from "../../../common/words";
import { takeState, useRun } from "../../../store/run";
import { announce } from "../../../store/ui";
import { dropInquiry, inquire } from "../../../train/inquire";
import { canBeAsked } from "../../../train/useShown";
import { scaleOf } from "./relief";
import { Relief } from "./Relief";
import classes from "./LandscapeView.module.css";

const WAYS = ["path", "random"] as const;
const SIDES = [11, 21, 41];
const SAMPLES = [64, 256, 1024];
const REACHES = [0.1, 0.25, 0.5, 1, 2];

type Way = (typeof WAYS)[number];

export function LandscapeView() {
  const isReady = canBeAsked(useRun(takeState));
  const [way, setWay] = useState<Way>("path");
  const [side, setSide] = useState(21);
  const [samples, setSamples] = useState(64);
  const [reach, setReach] = useState(1);
  const [share, setShare] = useState<number | null>(null);
  const [found, setFound] = useState<Landscape | null>(null);
  const [lacks, setLacks] = useState(false);
  useEffect(() => () => dropInquiry("landscape"), []);
  const compute = async (): Promise<void> => {
    setShare(0);
    setLacks(false);
    let isBegun = false;
    try {
      const hear = (done: number, total: number): void => {
        isBegun = true;
        setShare(done / total);
      };
      const answer = await inquire("landscape", { way, side, samples, reach }, hear);
      if (answer) {
        setFound(answer);
        announce(t("inspect.landscapeComputed", { loss: formatLoss(answer.loss) }));
      } else if (way === "path" && !isBegun) setLacks(true);
    } finally {
      setShare(null);
    }
  };
  const isBusy = share !== null;
  return (
    <div className={classes.view}>
      <p className={classes.hint}>{t("inspect.landscapeHint")}</p>
      <div className={classes.controls}>
        <SegmentedControl
          aria-label={t("inspect.landscapeWay")}
          disabled={isBusy}
          data={WAYS.map((value) => ({ value, label: t(`inspect.${value}Way`) }))}
          value={way}
          onChange={(value) => setWay(value === "random" ? "random" : "path")}
        />
        <Choice
          label={t("inspect.landscapePoints")}
          value={side}
          values={SIDES}
          isDisabled={isBusy}
          labelOf={(value) => t("inspect.pointsOption", { side: value })}
          onChange={setSide}
        />
        <Choice
          label={t("inspect.landscapeSamples")}
          value={samples}
          values={SAMPLES}
          isDisabled={isBusy}
          labelOf={(value) => t("inspect.samplesOption", { count: value })}
          onChange={setSamples}
        />
        {way === "random" && (
          <Choice
            label={t("inspect.landscapeReach")}
            value={reach}
            values={REACHES}
            isDisabled={isBusy}
            labelOf={(value) => t("inspect.reachOption", { reach: formatScore(value) })}
            onChange={setReach}
          />
        )}
        {isBusy ? (
          <>
            <Button variant="default" onClick={() => dropInquiry("landscape")}>
              {t("inspect.cancelCheck")}
            </Button>
            <Progress className={classes.progress} value={100 * share} aria-label={t("inspect.landscapeProgress")} />
          </>
        ) : (
          <Button disabled={!isReady} onClick={() => void compute()}>
            {t("inspect.computeLandscape")}
          </Button>
        )}
      </div>
      <p className={classes.hint}>{t(`inspect.${way}WayHint`)}</p>
      {lacks && (
        <p className={classes.line} role="status">
          {t("inspect.landscapeLacks")}
        </p>
      )}
      {found && <Found landscape={found} />}
    </div>
  );
}

interface ChoiceProps {
  readonly label: string;
  readonly value: number;
  readonly values: readonly number[];
  readonly isDisabled: boolean;
  readonly labelOf: (value: number) => string;
  readonly onChange: (value: number) => void;
}

function Choice({ label, value, values, isDisabled, labelOf, onChange }: ChoiceProps) {
  return (
    <NativeSelect
      aria-label={label}
      disabled={isDisabled}
      value={String(value)}
      onChange={({ currentTarget }) => onChange(Number(currentTarget.value))}
      data={values.map((each) => ({ value: String(each), label: labelOf(each) }))}
    />
  );
}

function Found({ landscape }: { readonly landscape: Landscape }) {
  const scale = useMemo(() => scaleOf(landscape), [landscape]);
  const { step, samples, side, loss, losses, path, share, parameters } = landscape;
  const known = losses.filter(Number.isFinite);
  return (
    <div className={classes.found}>
      <Relief landscape={landscape} scale={scale} />
      <div className={classes.told}>
        <p className={classes.line}>
          {t("inspect.landscapeIs", {
            step,
            samples,
            loss: formatLoss(loss),
            low: formatLoss(known.reduce((a, b) => Math.min(a, b), Infinity)),
            high: formatLoss(known.reduce((a, b) => Math.max(a, b), -Infinity)),
          })}
        </p>
        <p className={classes.line}>
          {path.length === 0
            ? t("inspect.noPath")
            : t("inspect.pathShare", {
                points: path.length,
                share: formatPercent(share, share < 0.01 ? 3 : 0),
                parameters,
              })}
        </p>
        {path.length > 0 && (
          <div className={classes.scroll} role="region" aria-label={t("inspect.pathTable")} tabIndex={0}>
            <table className={classes.table} aria-label={t("inspect.pathTable")}>
              <thead>
                <tr>
                  <th scope="col">{t("inspect.pathStep")}</th>
                  <th scope="col">{t("inspect.acrossAxis")}</th>
                  <th scope="col">{t("inspect.upAxis")}</th>
                </tr>
              </thead>
              <tbody>
                {path.map((each) => (
                  <tr key={each.step}>
                    <th scope="row">{formatCount(each.step)}</th>
                    <td>{formatScore(each.x)}</td>
                    <td>{formatScore(each.y)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
        <details className={classes.twin}>
          <summary>{t("inspect.landscapeNumbers")}</summary>
          <Grid landscape={landscape} every={Math.max(1, Math.ceil((side - 1) / 5))} />
        </details>
      </div>
    </div>
  );
}

/** Losses at every so many points both ways, the highest row first. */
function Grid({ landscape, every }: { readonly landscape: Landscape; readonly every: number }) {
  const { side, across, up, losses } = landscape;
  const places = Array.from({ length: side }, (_, i) => i).filter((i) => i % every === 0);
  const at = ([low, high]: readonly [number, number], i: number): string =>
    formatScore(Number((low + ((high - low) * i) / (side - 1)).toPrecision(6)));
  return (
    <div className={classes.scroll} role="region" aria-label={t("inspect.landscapeNumbers")} tabIndex={0}>
      <table className={classes.table} aria-label={t("inspect.landscapeNumbers")}>
        <thead>
          <tr>
            <th scope="col">{t("inspect.upByAcross")}</th>
            {places.map((i) => (
              <th key={i} scope="col">
                {at(across, i)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {places.toReversed().map((row) => (
            <tr key={row}>
              <th scope="row">{at(up, row)}</th>
              {places.map((i) => (
                <td key={i}>{formatScore(losses[row * side + i] ?? NaN)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
