/** An agent in its world: episodes as it would play them now, from slow to as fast as it goes. */
import { ActionIcon, Button, SegmentedControl } from "@mantine/core";
import { IconPlayerPauseFilled, IconPlayerPlayFilled } from "@tabler/icons-react";
import { type ReactNode, useEffect, useState } from "react";
import { environmentOf, type World } from "../../../../src/engine";
import { t } from "../../../common/words";
import { dataOf, useDescription } from "../../../store/model";
import { takePrepared, useRun } from "../../../store/run";
import { GridTwin, GridValues, useGridValues } from "./GridValues";
import { MapEditor } from "./MapEditor";
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
  const { map } = (prepared ?? edited).training;
  const [world, setWorld] = useState<World | null>(null);
  const [ownMap, setOwnMap] = useState<string | null>(null);
  const [isEdited, setEdited] = useState(false);
  useEffect(() => {
    let isWanted = true;
    if (environment) {
      void environmentOf(environment).then((found) => {
        if (!isWanted) return;
        setWorld(found.open(map));
        setOwnMap(found.map ?? null);
      });
    }
    return () => {
      isWanted = false;
      setWorld(null);
    };
  }, [environment, map]);
  const actions = data.columns["action"]?.names ?? [];
  if (ownMap !== null && isEdited) return <MapEditor ownMap={ownMap} onDone={() => setEdited(false)} />;
  if (!world) return <p>{t("inspect.noScene")}</p>;
  return (
    <Scene key={`${environment} ${map}`} world={world} actions={actions}>
      {ownMap !== null && (
        <Button variant="default" onClick={() => setEdited(true)}>
          {t("inspect.editMap")}
        </Button>
      )}
    </Scene>
  );
}

const wantsStillness = (): boolean => matchMedia("(prefers-reduced-motion: reduce)").matches;

interface SceneProps {
  readonly world: World;
  readonly actions: readonly string[];
  /** What else can be done with it. */
  readonly children: ReactNode;
}

function Scene({ world, actions, children }: SceneProps) {
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
        {children}
        {grid && <p className={classes.note}>{t("inspect.gridHint")}</p>}
        {grid && told && <GridTwin grid={grid} told={told} actions={actions} />}
      </div>
    </div>
  );
}
