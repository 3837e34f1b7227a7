/** A search that is under way or over: the leaderboard with what became of each trial, and how much each setting mattered. */
import { Button, Menu, Tooltip } from "@mantine/core";
import "@mantine/core/styles/Menu.css";
import {
  IconDownload,
  IconPlayerPauseFilled,
  IconPlayerPlayFilled,
  IconPlayerStopFilled,
  IconTrophy,
} from "@tabler/icons-react";
import { Fragment, useMemo } from "react";
import { type CurveInfo, type ModelDescription, say, type SearchLibrary } from "../../src/engine";
import { download, fileStem } from "../charts/download";
import { formatCount, formatCurve, formatDuration, formatPercent, formatSetting } from "../common/format";
import { useIsPhone } from "../common/useIsNarrow";
import { t, tell } from "../common/words";
import { figuresOfModel, replaceModel, useDescription } from "../store/model";
import { notify } from "../store/run";
import { makeWay, resumeRun } from "../train/session";
import { stopTrials, type TrialLane } from "./conduct";
import { changeSearch, leaderboard, pauseSearch, useSearch } from "./search";
import { namedSettings } from "./settingWords";
import { endText } from "./standings";
import { importanceOf, searchLibraries, searchScript } from "./tools";
import classes from "./TrialsDialog.module.css";

const libraries = Object.keys(searchLibraries) as SearchLibrary[];

export function SearchView({ onDone }: { readonly onDone: () => void }) {
  const search = useSearch();
  const { base, trials, lanes, metric, phase, problem, leftOut } = search;
  const edited = useDescription();
  const curve = useMemo(() => base && figuresOfModel(base).find(({ id }) => id === metric), [base, metric]);
  if (!base || !curve) return null;
  const order = leaderboard(search, curve);
  const [first] = order;
  const isOver = phase === "over";
  const isScored = first !== undefined && lanes[first]?.report.score?.[metric] !== undefined;
  const use = (): void => {
    const winner = trials[first ?? 0];
    if (!winner) return;
    replaceModel(winner.model);
    makeWay();
    notify({ severity: "info", topic: "trials", said: say("trials.usedWinner") });
    onDone();
  };
  const goOn = (): void => {
    const { run } = lanes[first ?? 0]?.report ?? {};
    if (run) void resumeRun(run);
    onDone();
  };
  return (
    <div className={classes.body}>
      <div className={classes.status}>
        <p className={classes.statusText} role="status">
          {isOver ? t("trials.searchOver", { count: lanes.length }) : progressOf(lanes, phase)}
        </p>
        {(phase === "running" || phase === "paused") && (
          <Button
            variant="default"
            leftSection={phase === "paused" ? <IconPlayerPlayFilled size={16} /> : <IconPlayerPauseFilled size={16} />}
            onClick={() => pauseSearch(phase !== "paused")}
          >
            {t(phase === "paused" ? "trials.goOn" : "trials.pause")}
          </Button>
        )}
        {!isOver && (
          <Button variant="default" leftSection={<IconPlayerStopFilled size={16} />} onClick={stopTrials}>
            {t("trials.stopSearch")}
          </Button>
        )}
        {isOver && isScored && (
          <>
            <Button leftSection={<IconTrophy size={16} />} onClick={use}>
              {t("trials.useWinner")}
            </Button>
            <Button variant="default" onClick={goOn}>
              {t("trials.goOnWithWinner")}
            </Button>
          </>
        )}
        {isOver && <ScriptButton />}
        {isOver && (
          <Button variant="default" onClick={() => changeSearch(edited)}>
            {t("trials.searchAgain")}
          </Button>
        )}
      </div>
      {problem && (
        <p className={classes.problem} role="alert">
          {tell(problem)}
        </p>
      )}
      {leftOut > 0 && <p className={classes.remark}>{t("trials.leftOut", { count: leftOut })}</p>}
      <Leaderboard base={base} curve={curve} order={order} />
      <Importance base={base} order={order} />
    </div>
  );
}

/** The same search as a script for many machines, where Keras can train the model. */
function ScriptButton() {
  const { base, dimensions, strategy, trials } = useSearch();
  if (!base || Object.keys(base.networks).length !== 1) return null;
  const save = (library: SearchLibrary): void => {
    const script = searchScript(library, base, dimensions, strategy, trials.length);
    if (!script) return;
    const name = `${library}-${fileStem(base.name, "model")}.py`;
    download(new Blob([script.text], { type: "text/x-python" }), name);
    notify({ severity: "info", topic: "trials", said: say("trials.scriptSaved", { names: script.leftOut }) });
  };
  return (
    // A dialog lies over whatever is beside it.
    <Menu position="bottom-start" returnFocus withinPortal={false}>
      <Menu.Target>
        <Tooltip label={t("trials.scriptHelp")}>
          <Button variant="default" leftSection={<IconDownload size={16} />}>
            {t("trials.script")}
          </Button>
        </Tooltip>
      </Menu.Target>
      <Menu.Dropdown>
        {libraries.map((library) => (
          <Menu.Item key={library} onClick={() => save(library)}>
            {searchLibraries[library].title}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

function progressOf(lanes: readonly TrialLane[], phase: string): string {
  if (phase === "preparing") return t("trials.searchPreparing");
  const ended = lanes.filter(({ report }) => report.state === "over").length;
  const begun = lanes.filter(({ report }) => report.elapsedMs > 0).length;
  const time = formatDuration(lanes.reduce((sum, { report }) => sum + report.elapsedMs, 0));
  return t("trials.searchProgress", { begun, of: lanes.length, ended, time });
}

interface LeaderboardProps {
  readonly base: ModelDescription;
  readonly curve: CurveInfo;
  readonly order: readonly number[];
}

function Leaderboard({ base, curve, order }: LeaderboardProps) {
  const { dimensions, trials, lanes, metric } = useSearch();
  const names = useMemo(() => new Map(namedSettings(base).map(({ key, label }) => [key, label])), [base]);
  // There a trial's fate is told below its numbers.
  const isPhone = useIsPhone();
  return (
    <div className={classes.scroll} tabIndex={0} role="region" aria-label={t("trials.leaderboard")}>
      <table className={classes.table} data-trials aria-label={t("trials.leaderboard")}>
        <thead>
          <tr>
            <th scope="col">{t("trials.place")}</th>
            <th scope="col">{curve.title}</th>
            {dimensions.map(({ key }) => (
              <th key={key} scope="col">
                {names.get(key) ?? key}
              </th>
            ))}
            <th scope="col">{t("trials.overSeconds")}</th>
            <th scope="col">{t("trials.steps")}</th>
            {!isPhone && <th scope="col">{t("trials.fate")}</th>}
          </tr>
        </thead>
        <tbody>
          {order.map((i, place) => {
            const { report } = lanes[i] ?? {};
            if (!report) return null;
            const fate = report.end ? endText(report.end, curve) : t(`trials.state_${report.state}`);
            const first = place === 0 || undefined;
            return (
              <Fragment key={i}>
                <tr data-first={first}>
                  <th scope="row">{place + 1}</th>
                  <td>{formatCurve(curve, report.score?.[metric])}</td>
                  {dimensions.map(({ key }) => (
                    <td key={key}>{formatSetting(trials[i]?.values[key])}</td>
                  ))}
                  <td>{(report.elapsedMs / 1000).toFixed(1)}</td>
                  <td>{formatCount(report.step)}</td>
                  {!isPhone && <td className={classes.fate}>{fate}</td>}
                </tr>
                {isPhone && (
                  <tr data-first={first} data-goes-on>
                    <td className={classes.fate} colSpan={dimensions.length + 4}>
                      <p>{fate}</p>
                    </td>
                  </tr>
                )}
              </Fragment>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

function Importance({ base, order }: Pick<LeaderboardProps, "base" | "order">) {
  const { dimensions, trials, lanes } = useSearch();
  const names = useMemo(() => new Map(namedSettings(base).map(({ key, label }) => [key, label])), [base]);
  const scored = order.filter((i) => lanes[i]?.report.score);
  const shares = importanceOf(
    dimensions,
    scored.map((i) => trials[i]?.values ?? {}),
  );
  return (
    <section className={classes.chart} aria-label={t("trials.importance")}>
      <h3 className={classes.chartTitle}>{t("trials.importance")}</h3>
      <table className={classes.bars} aria-label={t("trials.importance")}>
        <tbody>
          {dimensions.map(({ key }, i) => {
            const share = shares[i] ?? null;
            return (
              <tr key={key}>
                <th scope="row">{names.get(key) ?? key}</th>
                <td aria-hidden>
                  <span className={classes.bar} style={{ width: `${(share ?? 0) * 100}%` }} />
                </td>
                <td>{share === null ? "–" : formatPercent(share, 0)}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
      <p className={classes.legend}>{t("trials.importanceHow")}</p>
    </section>
  );
}
