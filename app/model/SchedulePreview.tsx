/** The learning rate over the whole run, drawn small. */
import { schedules } from "../../src/engine";
import type { Chosen, ScheduleType } from "../../src/engine";
import { readConfig } from "../../src/engine";
import { t } from "../common/words";
import classes from "./SchedulePreview.module.css";

const POINTS = 96;
const [WIDTH, HEIGHT] = [240, 40];

interface SchedulePreviewProps {
  readonly schedule: Chosen<ScheduleType>;
  readonly epochs: number;
}

/** The schedule's factor at evenly spaced moments of the run. */
export function sampleSchedule({ schedule, epochs }: SchedulePreviewProps, count: number): number[] {
  const def = schedules[schedule.type];
  const { config } = readConfig(def.fields, schedule.config);
  // How many steps an epoch has does not change the curve's shape, so long as they are many.
  const stepsPerEpoch = 1000;
  const totalSteps = epochs * stepsPerEpoch;
  return Array.from({ length: count }, (_, i) => {
    const step = Math.min(totalSteps - 1, Math.round((i / (count - 1)) * totalSteps));
    return def.factor({ step, stepsPerEpoch, totalSteps }, config);
  });
}

export function SchedulePreview({ schedule, epochs }: SchedulePreviewProps) {
  const factors = sampleSchedule({ schedule, epochs }, POINTS);
  // A line that is level says nothing.
  if (new Set(factors).size === 1) return null;
  const path = factors
    .map((factor, i) => `${((i / (POINTS - 1)) * WIDTH).toFixed(1)},${(HEIGHT - 2 - factor * (HEIGHT - 4)).toFixed(1)}`)
    .join(" ");
  return (
    <figure className={classes.figure}>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" className={classes.plot} aria-hidden>
        <polyline points={path} />
      </svg>
      <figcaption className={classes.caption}>{t("training.preview")}</figcaption>
    </figure>
  );
}
