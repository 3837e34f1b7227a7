/** Clips played side by side, over and over, with what the model says of each. Who wants to look closely stops them and goes frame by
 *  frame. */
import { ActionIcon, Slider } from "@mantine/core";
import { IconPlayerPauseFilled, IconPlayerPlayFilled } from "@tabler/icons-react";
import { useEffect, useMemo, useState } from "react";
import { sizeOf } from "../../../src/engine";
import { t } from "../../common/words";
import { DigitStrip } from "./DigitStrip";
import type { Classified } from "./readPredictions";
import classes from "./ClipStrip.module.css";

const FRAME_MS = 160;
/** How many frames' time the last one stays. */
const REST = 3;

const wantsStillness = (): boolean => matchMedia("(prefers-reduced-motion: reduce)").matches;

export function ClipStrip({ classified }: { readonly classified: Classified }) {
  const [frames = 1] = classified.input.shape;
  const [isPlaying, setPlaying] = useState(() => !wantsStillness());
  const [tick, setTick] = useState(0);
  const frame = Math.min(tick, frames - 1);
  useEffect(() => {
    if (!isPlaying) return;
    const timer = setInterval(() => {
      if (!document.hidden) setTick((last) => (last + 1) % (frames + REST));
    }, FRAME_MS);
    return () => clearInterval(timer);
  }, [isPlaying, frames]);
  const shown = useMemo((): Classified => {
    const size = sizeOf(classified.input.shape) / frames;
    const verdicts = classified.verdicts.map((verdict) => ({
      ...verdict,
      input: verdict.input.subarray(frame * size, (frame + 1) * size),
    }));
    return { ...classified, verdicts, input: { ...classified.input, shape: classified.input.shape.slice(1) } };
  }, [classified, frame, frames]);
  return (
    <div className={classes.clips} data-frame={frame}>
      <div className={classes.controls}>
        <ActionIcon
          size={44}
          variant="default"
          aria-label={t(isPlaying ? "inspect.pauseClips" : "inspect.playClips")}
          onClick={() => setPlaying(!isPlaying)}
        >
          {isPlaying ? <IconPlayerPauseFilled size={18} /> : <IconPlayerPlayFilled size={18} />}
        </ActionIcon>
        <Slider
          className={classes.slider}
          thumbLabel={t("inspect.clipFrame")}
          label={null}
          min={1}
          max={frames}
          value={frame + 1}
          thumbSize={24}
          onChange={(value) => {
            setPlaying(false);
            setTick(value - 1);
          }}
        />
        <span className={classes.count}>{`${frame + 1} / ${frames}`}</span>
      </div>
      <DigitStrip classified={shown} />
    </div>
  );
}
