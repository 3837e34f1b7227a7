/** Checks gradients when it is asked to, parameter by parameter, and names the worst. */
import { Button, NativeSelect, Progress } from "@mantine/core";
import "@mantine/core/styles/Progress.css";
import { useEffect, useState } from "react";
import type { CheckedVariable, GradientCheck } from "../../../../src/engine";
import { formatCount, formatScore } from "../../../common/format";
import { t } from "../../../common/words";
import { takeState, useRun } from "../../../store/run";
import { announce } from "../../../store/ui";
import { dropInquiry, inquire } from "../../../train/inquire";
import { canBeAsked } from "../../../train/useShown";
import classes from "./GradientsView.module.css";

const COUNTS = [5, 20, 100, 1000];
const SAMPLES = 8;
/** Up to here both ways agree; from there on something is wrong, but for kinks. */
const LIMITS = { agree: 1e-6, differ: 1e-3 };

type Verdict = "agree" | "close" | "differ";

const verdictOf = (error: number): Verdict => {
  if (error <= LIMITS.agree) return "agree";
  return error <= LIMITS.differ ? "close" : "differ";
};

export function GradientsView() {
  const isReady = canBeAsked(useRun(takeState));
  const [perVariable, setPerVariable] = useState(5);
  const [share, setShare] = useState<number | null>(null);
  const [found, setFound] = useState<GradientCheck | null>(null);
  useEffect(() => () => dropInquiry("gradientCheck"), []);
  const check = async (): Promise<void> => {
    setShare(0);
    try {
      const hear = (done: number, total: number): void => setShare(done / total);
      const answer = await inquire("gradientCheck", { samples: SAMPLES, perVariable }, hear);
      if (!answer) return;
      setFound(answer);
      announce(t("inspect.gradientsChecked", { worst: written(worstOf(answer)) }));
    } finally {
      setShare(null);
    }
  };
  return (
    <div className={classes.view}>
      <p className={classes.hint}>{t("inspect.gradientsHint", { samples: SAMPLES })}</p>
      <div className={classes.controls}>
        <NativeSelect
          aria-label={t("inspect.perVariable")}
          value={String(perVariable)}
          disabled={share !== null}
          onChange={({ currentTarget: { value } }) => setPerVariable(Number(value))}
          data={COUNTS.map((value) => ({
            value: String(value),
            label: t("inspect.perVariableOption", { count: value }),
          }))}
        />
        {share === null ? (
          <Button disabled={!isReady} onClick={() => void check()}>
            {t("inspect.checkGradients")}
          </Button>
        ) : (
          <>
            <Button variant="default" onClick={() => dropInquiry("gradientCheck")}>
              {t("inspect.cancelCheck")}
            </Button>
            <Progress className={classes.progress} value={100 * share} aria-label={t("inspect.checkProgress")} />
          </>
        )}
      </div>
      {found && <Found found={found} />}
      <p className={classes.hint}>{t("inspect.gradientsKink")}</p>
    </div>
  );
}

const worstOf = ({ variables }: GradientCheck): number => Math.max(0, ...variables.map(({ worst }) => worst.error));

/** `3.1e-9`. */
const written = (error: number): string => (error === 0 ? "0" : error.toExponential(1));

function Found({ found }: { readonly found: GradientCheck }) {
  const { variables, step, loss } = found;
  const verdict = verdictOf(worstOf(found));
  const checked = variables.reduce((sum, each) => sum + each.checked, 0);
  const all = variables.reduce((sum, each) => sum + each.size, 0);
  return (
    <>
      <p className={classes.verdict} data-verdict={verdict} role="status">
        {t(`inspect.${verdict}Verdict`, { worst: written(worstOf(found)) })}{" "}
        {t("inspect.checkedOf", { checked, all, step, loss: formatScore(loss) })}
      </p>
      <div className={classes.scroll} role="region" aria-label={t("results.gradientsTab")} tabIndex={0}>
        <table className={classes.table} aria-label={t("inspect.gradientsTable")}>
          <thead>
            <tr>
              <th scope="col">{t("inspect.parameters")}</th>
              <th scope="col">{t("inspect.checked")}</th>
              <th scope="col">{t("inspect.worstError")}</th>
              <th scope="col">{t("inspect.worstAt")}</th>
              <th scope="col">{t("inspect.analytic")}</th>
              <th scope="col">{t("inspect.numeric")}</th>
            </tr>
          </thead>
          <tbody>
            {variables.map((each) => (
              <Row key={`${each.network}/${each.name}`} variable={each} />
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

function Row({ variable: { name, size, checked, worst } }: { readonly variable: CheckedVariable }) {
  return (
    <tr>
      <th scope="row">{name}</th>
      <td>{t("inspect.place", { at: formatCount(checked), all: formatCount(size) })}</td>
      <td>
        <span className={classes.error} data-verdict={verdictOf(worst.error)}>
          {written(worst.error)}
        </span>
      </td>
      <td>{formatCount(worst.index + 1)}</td>
      <td>{worst.analytic.toPrecision(7)}</td>
      <td>{worst.numeric.toPrecision(7)}</td>
    </tr>
  );
}
