/** The columns of samples that the visitor looks at, fetched from the worker, which has the data. */
import { useEffect, useState } from "react";
import type { SampleColumns, SampleSet } from "../../src/engine";
import { takeState, useRun } from "../store/run";
import { currentTrainer } from "./client";
import { canBeAsked } from "./useShown";

interface Fetched {
  readonly of: SampleSet;
  readonly rows: readonly number[];
  readonly columns: SampleColumns;
}

/** Samples by their rows, or null where there are none. */
export const fetchSamples = async (of: SampleSet, rows: readonly number[]): Promise<SampleColumns | null> =>
  (await currentTrainer()?.samples(of, Uint32Array.from(rows))) ?? null;

/** The same for components; the ones before them until they are there. @returns null before there are any */
export function useSampleColumns(of: SampleSet, rows: readonly number[]): Fetched | null {
  const [fetched, setFetched] = useState<Fetched | null>(null);
  // The worker has the data of the model that it has prepared.
  const isReady = canBeAsked(useRun(takeState));
  useEffect(() => {
    if (!isReady) return;
    let isWanted = true;
    const fetchThem = async (): Promise<void> => {
      const columns = await fetchSamples(of, rows);
      if (isWanted) setFetched(columns && { of, rows, columns });
    };
    void fetchThem();
    return () => {
      isWanted = false;
    };
  }, [of, rows, isReady]);
  return fetched;
}
