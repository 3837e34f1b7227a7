/** The film of a run: a slider over its checkpoints moves curves, predictions and views together, and all of it goes into a file. */
import { Button, Progress, Slider, useComputedColorScheme } from "@mantine/core";
import "@mantine/core/styles/Progress.css";
import { IconDownload, IconPlayerPause, IconPlayerPlay } from "@tabler/icons-react";
import { useEffect, useMemo, useRef, useState } from "react";
import { type ListedRun, say } from "../../src/engine";
import { download, fileStem } from "../charts/download";
import { Dialog } from "../common/Dialog";
import { formatEpoch } from "../common/format";
import { useIsPhone } from "../common/useIsNarrow";
import { t } from "../common/words";
import { notify } from "../store/run";
import { type Shown, useRuns } from "../store/runs";
import type { Frame, Scene } from "./frames";
import { chartsOf, painterOf, rightOf, SIZES, valueAt } from "./paint";
import { canRecord, FRAME_MS, toGif, toWebm } from "./record";
import { useFilm } from "./useFilm";
import classes from "./RunFilm.module.css";

/** As sharp as twice the size. */
const SCALE = 2;

export function RunFilm({ shown: { id }, onClose }: { readonly shown: Shown; readonly onClose: () => void }) {
  const run = useRuns(({ runs }) => runs?.find((each) => each.id === id));
  const name = useRuns(({ names }) => names.get(id) ?? "");
  return run ? <Film run={run} name={name} onClose={onClose} /> : null;
}

interface FilmProps {
  readonly run: ListedRun;
  readonly name: string;
  readonly onClose: () => void;
}

function Film({ run, name, onClose }: FilmProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const { scene, frames, all, problem } = useFilm(run, name);
  // The last one until another is chosen.
  const [chosen, setChosen] = useState<number | null>(null);
  const [isPlaying, setIsPlaying] = useState(false);
  const at = Math.min(chosen ?? Infinity, frames.length - 1);
  const frame = frames[at];
  useEffect(() => {
    if (!isPlaying) return;
    const timer = setInterval(() => setChosen((before) => ((before ?? -1) + 1) % frames.length), FRAME_MS);
    return () => clearInterval(timer);
  }, [isPlaying, frames.length]);
  const isLooking = problem === "" && (all === null || frames.length < all);
  return (
    <Dialog title={t("film.title")} className={classes.dialog} dialog={dialog} onClose={onClose}>
      <div className={classes.body}>
        {scene && frame ? <Screen scene={scene} frame={frame} /> : <div className={classes.blank} />}
        <div className={classes.controls}>
          <Button
            variant="default"
            disabled={frames.length < 2}
            leftSection={isPlaying ? <IconPlayerPause size={16} /> : <IconPlayerPlay size={16} />}
            onClick={() => {
              if (!isPlaying && at === frames.length - 1) setChosen(0);
              setIsPlaying(!isPlaying);
            }}
          >
            {t(isPlaying ? "film.pause" : "film.play")}
          </Button>
          <Slider
            className={classes.slider ?? ""}
            min={0}
            max={Math.max(1, frames.length - 1)}
            value={Math.max(0, at)}
            disabled={frames.length < 2}
            label={() => (frame ? atOf(scene, frame) : "")}
            thumbLabel={t("film.moment")}
            thumbProps={{ "aria-valuetext": frame ? atOf(scene, frame) : "" }}
            onChange={(value) => {
              setIsPlaying(false);
              setChosen(value);
            }}
          />
        </div>
        <p className={classes.said} role="status">
          {isLooking && all !== null && t("film.looking", { done: frames.length + 1, all })}
          {all === 0 && t("film.none")}
          {problem !== "" && t("film.failed", { reason: problem })}
        </p>
        {scene && frames.length > 1 && <Files scene={scene} frames={frames} isWhole={!isLooking} />}
      </div>
    </Dialog>
  );
}

const atOf = (scene: Scene | null, { step }: Frame): string =>
  t("film.at", { step, epoch: formatEpoch(step / (scene?.run.stepsPerEpoch || 1)) });

/** The picture in a sentence. */
function twinOf(scene: Scene, frame: Frame): string {
  const right = rightOf(scene, frame);
  const values = chartsOf(scene).flatMap((info) => {
    const value = valueAt(scene, info, frame.step);
    return value === undefined ? [] : [t("film.value", { title: info.title, value })];
  });
  const told = right === undefined ? [] : [t("film.right", { right, count: scene.count })];
  return t("film.said", { at: atOf(scene, frame), values: [...values, ...told] });
}

/** The colours that an element has from the page's style sheets. */
function coloursOf(element: Element): (name: string) => string {
  const style = getComputedStyle(element);
  return (name) => style.getPropertyValue(name).trim();
}

function Screen({ scene, frame }: { readonly scene: Scene; readonly frame: Frame }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const scheme = useComputedColorScheme("light");
  const layout = useIsPhone() ? "tall" : "wide";
  const { width, height } = SIZES[layout];
  const paint = useMemo(
    () => ({ scheme, of: painterOf(scene, coloursOf(document.documentElement), layout) }),
    [scene, scheme, layout],
  );
  useEffect(() => {
    const context = canvas.current?.getContext("2d");
    if (!context) return;
    context.setTransform(SCALE, 0, 0, SCALE, 0, 0);
    paint.of(context, frame);
  }, [paint, frame]);
  const twin = twinOf(scene, frame);
  return (
    <div>
      <canvas
        ref={canvas}
        className={classes.canvas}
        width={width * SCALE}
        height={height * SCALE}
        role="img"
        aria-label={twin}
      />
      <p className={classes.twin}>{twin}</p>
    </div>
  );
}

interface FilesProps {
  readonly scene: Scene;
  readonly frames: readonly Frame[];
  /** Whether all frames are there. */
  readonly isWhole: boolean;
}

function Files({ scene, frames, isWhole }: FilesProps) {
  const [making, setMaking] = useState<{ readonly share: number; readonly end: AbortController } | null>(null);
  useEffect(() => () => making?.end.abort(), [making?.end]);
  if (making) {
    return (
      <div className={classes.files}>
        <Progress className={classes.progress ?? ""} value={making.share * 100} aria-label={t("film.making")} />
        <Button variant="default" onClick={() => making.end.abort()}>
          {t("film.giveUp")}
        </Button>
      </div>
    );
  }
  const save = async (make: typeof toGif, ending: string): Promise<void> => {
    const end = new AbortController();
    setMaking({ share: 0, end });
    const paint = painterOf(scene, coloursOf(document.documentElement), "wide");
    try {
      const file = await make({
        count: frames.length,
        paint: (context, i) => {
          const frame = frames[i];
          if (frame) paint(context, frame);
        },
        hear: (share) => setMaking({ share, end }),
        signal: end.signal,
      });
      download(file, `${fileStem(scene.name, "run")}.${ending}`);
    } catch (error) {
      if (!end.signal.aborted)
        notify({ severity: "warning", topic: "runs", said: say("film.notSaved", { reason: String(error) }) });
    } finally {
      setMaking(null);
    }
  };
  return (
    <div className={classes.files}>
      <Button leftSection={<IconDownload size={16} />} disabled={!isWhole} onClick={() => void save(toGif, "gif")}>
        {t("film.gif")}
      </Button>
      {canRecord() && (
        <Button
          variant="default"
          leftSection={<IconDownload size={16} />}
          disabled={!isWhole}
          onClick={() => void save(toWebm, "webm")}
        >
          {t("film.webm")}
        </Button>
      )}
    </div>
  );
}
