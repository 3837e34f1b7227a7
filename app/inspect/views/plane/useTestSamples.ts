/** Test samples from the first, as many as there are, up to some hundred. */
import { useEffect, useState } from "react";
import type { SampleColumns } from "../../../../src/engine";
import { takeState, useRun } from "../../../store/run";
import { fetchSamples } from "../../../train/useSampleColumns";
import { canBeAsked } from "../../../train/useShown";

/** How many are asked for, fewer where there are fewer. */
const COUNTS = [600, 200, 50];

/** Null until they are there. */
export function useTestSamples(): SampleColumns | null {
  const isReady = canBeAsked(useRun(takeState));
  const [samples, setSamples] = useState<SampleColumns | null>(null);
  useEffect(() => {
    if (!isReady) return;
    let isWanted = true;
    const fetchThem = async (): Promise<void> => {
      for (const count of COUNTS) {
        const found = await fetchSamples("test", [...Array(count).keys()]);
        if (!isWanted) return;
        if (found) return setSamples(found);
      }
    };
    void fetchThem();
    return () => {
      isWanted = false;
    };
  }, [isReady]);
  return samples;
}
