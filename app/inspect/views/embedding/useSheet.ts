/** The sheet of the first test samples, read once for each number of them. */
import { useEffect, useState } from "react";
import { takeState, useRun } from "../../../store/run";
import { canBeAsked } from "../../../train/useShown";
import type { Classifier } from "../classifier";
import { readSheet, type Sheet } from "./sheet";

/** Null until it is there. */
export function useSheet({ input, target }: Classifier, count: number): Sheet | null {
  const isReady = canBeAsked(useRun(takeState));
  const [sheet, setSheet] = useState<Sheet | null>(null);
  useEffect(() => {
    if (!isReady || count === 0) return;
    let isWanted = true;
    const read = async (): Promise<void> => {
      const found = await readSheet(input, target, count, () => isWanted);
      if (isWanted) setSheet(found);
    };
    void read();
    return () => {
      isWanted = false;
    };
  }, [input, target, count, isReady]);
  return sheet;
}
