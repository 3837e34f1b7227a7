/** The sample that is followed: the chosen sample or the first, or what is drawn, where something is. */
import { SegmentedControl } from "@mantine/core";
import { type ReactNode, useMemo } from "react";
import { t } from "../../../common/words";
import { takeAt, takeChosen, useSamples } from "../../../store/samples";
import { useSampleColumns } from "../../../train/useSampleColumns";
import type { ColumnData } from "../../../../src/engine";
import type { Reader } from "../reader";
import { followDrawing, useDrawing } from "../../../pad/drawing";
import { reduceInk } from "../../../pad/reduce";

const FIRST = [0];

interface Followed {
  /** As networks see it; null before it is there. */
  readonly values: ColumnData | null;
  /** What it is held against by column, which may be nothing but itself; null of a drawing, and before it is there. */
  readonly held: Readonly<Record<string, ColumnData>> | null;
  /** Chooses between the two; null while the pad is blank. */
  readonly control: ReactNode;
}

export function useFollowed({ input, target, info }: Reader): Followed {
  const isFollowed = useDrawing(({ isFollowed: follows }) => follows);
  const chosen = useSamples(takeChosen);
  const at = useSamples(takeAt);
  const row = chosen?.rows[at];
  const rows = useMemo(() => (row === undefined ? FIRST : [row]), [row]);
  const columns = useSampleColumns(chosen?.of ?? "test", rows)?.columns;
  const sheet = useDrawing(({ sheet: now }) => now);
  const [height = 1, width = 1, channels = 1] = info.shape;
  const canBeDrawn = info.kind === "image" && channels === 1;
  const drawn = useMemo(
    () => (canBeDrawn ? reduceInk(sheet.ink, height, width) : null),
    [sheet, height, width, canBeDrawn],
  );
  const isDrawing = isFollowed && drawn !== null;
  const sample = columns?.[input]?.values ?? null;
  const heldAgainst = target === null ? undefined : columns?.[target]?.values;
  const held = useMemo(() => {
    if (target === null) return sample && {};
    return heldAgainst ? { [target]: heldAgainst } : null;
  }, [target, sample, heldAgainst]);
  const control = drawn && (
    <SegmentedControl
      aria-label={t("inspect.whySource")}
      data={[
        { value: "sample", label: t(chosen ? "inspect.whyOfSample" : "inspect.whyOfFirst") },
        { value: "drawing", label: t("inspect.whyOfDrawing") },
      ]}
      value={isDrawing ? "drawing" : "sample"}
      onChange={(value) => followDrawing(value === "drawing")}
    />
  );
  return isDrawing ? { values: drawn, held: null, control } : { values: sample, held, control };
}
