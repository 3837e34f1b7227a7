/** Digits that move: what there is to tell is in no frame, but between them. */
import type { DatasetDef } from "./dataset";
import { clipsOfDigits } from "./clipsOfDigits";

/** 4,000 + 1,000 clips of 8 frames 28x28, each of a digit that moves two pixels a frame in one of eight directions, across the edges. */
export const movingDigits: DatasetDef = clipsOfDigits(
  {
    id: "movingdigits",
    title: "Moving digits",
    description:
      "Clips of digits that wander in one of eight directions, east to north-east. A single frame cannot tell which.",
    trainCount: 4000,
  },
  { frames: 8, testCount: 1000 },
);
