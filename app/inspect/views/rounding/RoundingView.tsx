/** A table of what rounding costs: all of the model, and each layer alone. */
import { Button, SegmentedControl } from "@mantine/core";
import { useEffect, useRef, useState } from "react";
import { type CurveInfo, storedBytes } from "../../../../src/engine";
import { formatBytes, formatCount, formatCurve } from "../../../common/format";
import { t } from "../../../common/words";
import { curvesOfModel, goalOf, useDescription } from "../../../store/model";
import { takePrepared, takeState, useRun } from "../../../store/run";
import { canBeAsked } from "../../../train/useShown";
import tables from "../answers/ClassTable.module.css";
import classes from "./RoundingView.module.css";
import { type RoundedScore, type Survey, survey } from "./survey";

const BITS = ["8", "6", "4", "3", "2"] as const;
const SCALES = ["channel", "tensor"] as const;

export function RoundingView() {
  const isReady = canBeAsked(useRun(takeState));
  const prepared = useRun(takePrepared);
  const edited = useDescription();
  const [bits, setBits] = useState<(typeof BITS)[number]>("8");
  const [each, setEach] = useState<(typeof SCALES)[number]>("channel");
  const [found, setFound] = useState<Survey | null>(null);
  const [hasFailed, setHasFailed] = useState(false);
  const [isMeasuring, setIsMeasuring] = useState(false);
  const asked = useRef<AbortController>(null);
  useEffect(() => () => asked.current?.abort(), []);
  const measure = async (): Promise<void> => {
    const { signal } = (asked.current = new AbortController());
    setIsMeasuring(true);
    setHasFailed(false);
    setFound(null);
    const hasWorked = await survey({ bits: Number(bits), each }, setFound, signal);
    setIsMeasuring(false);
    if (!signal.aborted) setHasFailed(!hasWorked);
  };
  const curves = curvesOfModel(prepared ?? edited);
  return (
    <div className={classes.view}>
      <div className={classes.controls}>
        <Button
          variant={isMeasuring ? "default" : "light"}
          disabled={!isReady}
          onClick={() => (isMeasuring ? asked.current?.abort() : void measure())}
        >
          {t(isMeasuring ? "layout.cancel" : "inspect.measureRounding")}
        </Button>
        <SegmentedControl
          aria-label={t("inspect.bits")}
          data={BITS.map((value) => ({ value, label: t("inspect.bitsOf", { bits: value }) }))}
          value={bits}
          disabled={isMeasuring}
          onChange={(value) => setBits(BITS.find((one) => one === value) ?? "8")}
        />
        <SegmentedControl
          aria-label={t("inspect.scales")}
          data={SCALES.map((value) => ({
            value,
            label: t(value === "channel" ? "inspect.scalePerChannel" : "inspect.scalePerTensor"),
          }))}
          value={each}
          disabled={isMeasuring}
          onChange={(value) => setEach(value === "tensor" ? "tensor" : "channel")}
        />
        {isMeasuring && (
          <progress
            className={classes.progress}
            aria-label={t("inspect.measureRounding")}
            value={found?.scores.length ?? 0}
            max={found?.total ?? 1}
          />
        )}
      </div>
      <p className={classes.note}>{t("inspect.roundingHint")}</p>
      {hasFailed && (
        <p className={classes.note} role="status">
          {t("inspect.noRounding")}
        </p>
      )}
      {found?.model === prepared && found && <Scores found={found} curves={curves} />}
    </div>
  );
}

/** How much worse a score is than another. */
const harmOf = ({ better }: CurveInfo, score: number, before: number): number =>
  better === "higher" ? before - score : score - before;

function Scores({ found, curves }: { readonly found: Survey; readonly curves: readonly CurveInfo[] }) {
  const goal = goalOf(curves);
  const loss = curves.find(({ better }) => better === "lower");
  const shown = [...new Set([goal, loss])].filter((curve) => curve !== undefined);
  const { about, scores } = found;
  const [before] = scores;
  const judge = loss ?? goal;
  if (!before || !judge) return null;
  const harm = ({ score }: RoundedScore): number =>
    harmOf(judge, score[judge.id] ?? NaN, before.score[judge.id] ?? NaN);
  const alone = scores.filter(({ what }) => typeof what === "object");
  const most = Math.max(0, ...alone.map(harm));
  const worst = most > 0 ? alone.find((each) => harm(each) === most) : undefined;
  return (
    <>
      <p className={classes.line}>
        {t(about.split === "test" ? "inspect.roundedTest" : "inspect.roundedValidation", {
          step: formatCount(about.step),
        })}
        {worst && scores.length === found.total && typeof worst.what === "object" && (
          <> {t("inspect.worstRounded", { layer: worst.what.layer })}</>
        )}
      </p>
      {/* The keyboard scrolls by it where the table is wider than the page. */}
      <div className={classes.scroll} tabIndex={0} role="group" aria-label={t("results.roundedTab")}>
        <table className={tables.table} aria-label={t("results.roundedTab")}>
          <thead>
            <tr>
              <th scope="col">{t("inspect.whatIsRounded")}</th>
              <th scope="col">{t("inspect.stored")}</th>
              {shown.map(({ id, title }) => (
                <th key={id} scope="col">
                  {title}
                </th>
              ))}
              <th scope="col">{t("inspect.lost", { title: judge.title })}</th>
              <th aria-hidden />
            </tr>
          </thead>
          <tbody>
            {scores.map((each) => {
              const { what, rounding, score } = each;
              const lost = harm(each);
              return (
                <tr key={typeof what === "string" ? what : what.layer}>
                  <th scope="row">
                    {what === "nothing" && t("inspect.roundNothing")}
                    {what === "all" && t("inspect.roundAll")}
                    {typeof what === "object" && t("inspect.roundLayer", { layer: what.layer })}
                  </th>
                  <td>{formatBytes(storedBytes(about.weights, rounding))}</td>
                  {shown.map((curve) => (
                    <td key={curve.id}>{formatCurve(curve, score[curve.id])}</td>
                  ))}
                  <td>{what === "nothing" ? "–" : formatCurve({ ...judge, unit: "" }, lost)}</td>
                  <td className={classes.barCell} aria-hidden>
                    {typeof what === "object" && most > 0 && (
                      <span className={classes.bar} style={{ width: `${(Math.max(0, lost) / most) * 100}%` }} />
                    )}
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
    </>
  );
}
