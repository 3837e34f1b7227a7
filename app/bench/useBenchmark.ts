/** The benchmark as the page sees it: what is known, how far it is, and the two things that can be done. */
import { useEffect, useRef, useState } from "react";
import { type Entry, findGpu, type Gpu, planEntries, runBenchmark } from "./benchmark";
import type { Finding } from "../../bench/protocol";

/** `looking`: for a GPU. */
export type Phase = "looking" | "ready" | "running" | "done" | "cancelled";

/** What the page shows. */
export interface BenchmarkState {
  readonly phase: Phase;
  readonly gpu: Gpu;
  readonly entries: readonly Entry[];
  /** What is being done, while running. */
  readonly doing: string;
}

const nothingYet: BenchmarkState = { phase: "looking", gpu: null, entries: [], doing: "" };

const keyOf = ({ workload, library, backend }: Entry | Finding) => `${workload} ${library} ${backend}`;

/** The benchmark's state, and its start and stop. */
export function useBenchmark() {
  const [state, setState] = useState(nothingYet);
  const running = useRef<AbortController>(undefined);
  const change = (part: Partial<BenchmarkState>) => setState((before) => ({ ...before, ...part }));

  useEffect(() => {
    let isGone = false;
    void findGpu().then((gpu) => {
      if (!isGone) setState({ ...nothingYet, phase: "ready", gpu, entries: planEntries(gpu !== null) });
    });
    return () => {
      isGone = true;
      running.current?.abort();
    };
  }, []);

  const start = async () => {
    const controller = new AbortController();
    running.current = controller;
    const entries = planEntries(state.gpu !== null);
    change({ phase: "running", entries, doing: "" });
    const add = (findings: readonly Finding[]) => {
      const found = new Map(findings.map((finding) => [keyOf(finding), finding]));
      setState((before) => ({
        ...before,
        entries: before.entries.map((entry) => {
          const finding = found.get(keyOf(entry));
          return finding ? { ...entry, finding } : entry;
        }),
      }));
    };
    try {
      await runBenchmark(entries, add, (doing) => change({ doing }), controller.signal);
      change({ phase: "done", doing: "" });
    } catch (error) {
      if (!controller.signal.aborted) throw error;
      change({ phase: "cancelled", doing: "" });
    }
  };

  return { state, start, cancel: () => running.current?.abort() };
}
