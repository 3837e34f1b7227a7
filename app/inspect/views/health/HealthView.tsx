/** The health of all layers, examined now and then while this is looked at, and never otherwise. */
import { useEffect } from "react";
import type { BlockHealth, Health } from "../../../../src/engine";
import { formatCount, formatScore } from "../../../common/format";
import { t } from "../../../common/words";
import { noteHealth, useHealth } from "../../../store/health";
import { HealthBadges } from "../../../train/HealthBadges";
import { useInquiry } from "../../../train/inquire";
import { Curve, HistogramStrip } from "./pictures";
import classes from "./HealthView.module.css";

/** The same object, so that it is one question. */
const QUESTION = {};
/** It is a whole training step, and what it leaves behind costs as well. */
const PATIENCE = 60;

export function HealthView() {
  const answer = useInquiry("health", QUESTION, PATIENCE);
  useEffect(() => {
    if (answer) noteHealth(answer);
  }, [answer]);
  const log = useHealth(({ log: all }) => all);
  const last = log.at(-1);
  if (!last) return <p className={classes.hint}>{t("inspect.healthWaiting")}</p>;
  return (
    <div className={classes.view}>
      <p className={classes.hint}>{t("inspect.healthHint")}</p>
      <div className={classes.scroll} role="region" aria-label={t("inspect.healthTable")} tabIndex={0}>
        <table className={classes.table} aria-label={t("inspect.healthTable")}>
          <thead>
            <tr>
              <th scope="col">{t("inspect.layer")}</th>
              <th scope="col">{t("inspect.gradientNorm")}</th>
              <th scope="col">{t("inspect.updateRatio")}</th>
              <th scope="col" title={t("inspect.outputsScale")}>
                {t("inspect.layerOutputs")}
              </th>
              <th scope="col" title={t("inspect.outputsScale")}>
                {t("inspect.layerWeights")}
              </th>
              <th scope="col" title={t("inspect.gradientsScale")}>
                {t("inspect.layerGradients")}
              </th>
            </tr>
          </thead>
          <tbody>
            {last.blocks.map((block, i) => (
              <Layer key={`${block.network}/${block.block}`} block={block} at={i} log={log} />
            ))}
          </tbody>
        </table>
      </div>
      <Advice blocks={last.blocks} />
      <p className={classes.hint}>{t("inspect.healthAt", { step: formatCount(last.step) })}</p>
    </div>
  );
}

/** What to try, for each thing that is wrong with some layer. */
function Advice({ blocks }: { readonly blocks: readonly BlockHealth[] }) {
  const problems = [...new Set(blocks.flatMap((block) => block.problems))];
  if (problems.length === 0) return null;
  return (
    <ul className={classes.advice} aria-label={t("inspect.whatToTry")}>
      {problems.map((problem) => {
        const ill = blocks.filter((block) => block.problems.includes(problem)).map(({ block }) => block);
        return <li key={problem}>{t("inspect.advice", { layers: ill, help: t(`inspect.${problem}Help`) })}</li>;
      })}
    </ul>
  );
}

interface LayerProps {
  readonly block: BlockHealth;
  /** Which of the blocks it is. */
  readonly at: number;
  readonly log: readonly Health[];
}

function Layer({ block, at, log }: LayerProps) {
  const history = log.flatMap(({ blocks }) => blocks[at] ?? []);
  const layer = block.block;
  return (
    <tr>
      <th scope="row">
        {breakable(layer)}
        <span className={classes.state}>
          {block.problems.length > 0 ? <HealthBadges health={block} /> : t("inspect.healthy")}
        </span>
      </th>
      <td>
        <Value
          value={block.gradientNorm}
          curve={history.map(({ gradientNorm }) => gradientNorm)}
          label={t("inspect.curveOf", { what: t("inspect.gradientNorm"), layer })}
        />
      </td>
      <td>
        <Value
          value={block.updateRatio}
          curve={history.map(({ updateRatio }) => updateRatio)}
          label={t("inspect.curveOf", { what: t("inspect.updateRatio"), layer })}
        />
      </td>
      {(["outputs", "weights", "gradients"] as const).map((what) => (
        <td key={what}>
          {block[what] && (
            <HistogramStrip
              columns={history.map((each) => each[what])}
              label={t("inspect.histogramOf", { what: t(`inspect.${names[what]}`), layer })}
            />
          )}
        </td>
      ))}
    </tr>
  );
}

/** A name that may go on in another line behind each underscore. */
const breakable = (name: string): string => name.replaceAll("_", "_\u200b");

const names = { outputs: "layerOutputs", weights: "layerWeights", gradients: "layerGradients" } as const;

interface ValueProps {
  readonly value: number | null;
  readonly curve: readonly (number | null)[];
  readonly label: string;
}

function Value({ value, curve, label }: ValueProps) {
  if (value === null) return "–";
  return (
    <span className={classes.value}>
      <span>{formatScore(value)}</span>
      <Curve values={curve} label={label} />
    </span>
  );
}
