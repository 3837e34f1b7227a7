/** An agent in its world: episodes as it would play them now, from slow to as fast as it goes. */
import { ActionIcon, SegmentedControl } from "@mantine/core";
import { IconPlayerPauseFilled, IconPlayerPlayFilled } from "@tabler/icons-react";
import { useEffect, useState } from "react";
import { environmentOf, type World } from "../../../../src/engine";
import { t } from "../../../common/words";
import { dataOf, useDescription } from "../../../store/model";
import { takePrepared, useRun } from "../../../store/run";
import { GridTwin, GridValues, useGridValues } from "./GridValues";
import { Marks } from "./Marks";
import { usePlayback } from "./usePlayback";
import classes from "./SceneView.module.css";

/** Times the world's own pace; the last is as fast as it can be followed at all. */
const SPEEDS = ["0.25", "1", "4", "16", "fastest"] as const;
type Speed = (typeof SPEEDS)[number];
const FASTEST = 5000;

export function SceneView() {
  const prepared = useRun(takePrepared);
  const edited = useDescription();
  const data = dataOf(prepared ?? edited);
  const { environment } = data;
  const [world, setWorld] = useState<World | null>(null);
  useEffect(() => {
    let isWanted = true;
    if (environment) {
      void environmentOf(environment).then((found) => {
        if (isWanted) setWorld(found.open());
      });
    }
    return () => {
      isWanted = false;
      setWorld(null);
    };
  }, [environment]);
  const actions = data.columns["action"]?.names ?? [];
  return world ? <Scene key={environment} world={world} actions={actions} /> : <p>{t("inspect.noScene")}</p>;
}

const wantsStillness = (): boolean => matchMedia("(prefers-reduced-motion: reduce)").matches;

function Scene({ world, actions }: { readonly world: World; readonly actions: readonly string[] }) {
  const [speed, setSpeed] = useState<Speed>("1");
  const [isPlaying, setPlaying] = useState(() => !wantsStillness());
  const pace = speed === "fastest" ? FASTEST : Number(speed) * world.pace;
  const { episode, step } = usePlayback(isPlaying ? pace : 0);
  const told = useGridValues(world);
  if (!episode) return <p className={classes.note}>{t("inspect.noScene")}</p>;
  const { marks, width, height } = world.picture(episode.states[step] ?? []);
  const earned = episode.rewards.slice(0, step).reduce((sum, reward) => sum + reward, 0);
  const written = earned.toFixed(world.grid ? 2 : 0);
  const { grid } = world;
  const values = grid && told && <GridValues grid={grid} told={told} />;
  return (
    <div className={classes.view}>
      <svg
        viewBox={`0 0 ${width} ${height}`}
        className={classes.picture}
        data-grid={grid !== undefined || undefined}
        role="img"
        aria-label={t("inspect.scene", { step, earned: written })}
      >
        <Marks marks={marks.slice(0, grid ? -1 : undefined)} />
        {values}
        {grid && <Marks marks={marks.slice(-1)} />}
      </svg>
      <div className={classes.beside}>
        <dl className={classes.figures}>
          {(
            [
              ["sceneStep", `${step} / ${episode.actions.length}`],
              ["sceneReturn", written],
              ["sceneAction", actions[episode.actions[Math.min(step, episode.actions.length - 1)] ?? 0] ?? "–"],
            ] as const
          ).map(([word, value]) => (
            <div key={word}>
              <dt>{t(`inspect.${word}`)}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
        <div className={classes.controls}>
          <ActionIcon
            size={44}
            variant="default"
            aria-label={t(isPlaying ? "inspect.pauseScene" : "inspect.playScene")}
            onClick={() => setPlaying(!isPlaying)}
          >
            {isPlaying ? <IconPlayerPauseFilled size={18} /> : <IconPlayerPlayFilled size={18} />}
          </ActionIcon>
          <SegmentedControl
            aria-label={t("inspect.sceneSpeed")}
            value={speed}
            onChange={(value) => setSpeed(SPEEDS.find((one) => one === value) ?? "1")}
            data={SPEEDS.map((value) => ({
              value,
              label: value === "fastest" ? t("inspect.sceneFastest") : `${value === "0.25" ? "¼" : value}×`,
            }))}
          />
        </div>
        {grid && <p className={classes.note}>{t("inspect.gridHint")}</p>}
        {grid && told && <GridTwin grid={grid} told={told} actions={actions} />}
      </div>
    </div>
  );
}
