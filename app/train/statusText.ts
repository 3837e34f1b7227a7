/** The state of a run in words. */
import type { BackendChoice, BackendReport, CurveInfo, Score, TrainerState, TrainerStatus } from "../../src/engine";
import { formatCurve } from "../common/format";
import { t } from "../common/words";

/** `Training`, what a preparation is at, or that there is nothing to train. @param isBlocked the edited model has errors */
export function describeState({ state, phase, loading }: Preparation, isBlocked = false): string {
  if (isBlocked && (state === "ready" || state === "empty")) return t("status.blocked");
  const percent = loading && Math.floor((loading.loadedBytes / loading.totalBytes) * 100);
  if (state === "running" && phase === "loading") {
    return percent === null ? t("status.waiting") : t("status.waitingFor", { percent });
  }
  if (state !== "preparing") return t(`status.${state}`);
  if (phase === "testing") return t("status.testing");
  if (phase === "compiling") return t("status.compiling");
  return percent === null || percent === 100 ? t("status.preparing") : t("status.loading", { percent });
}

type Preparation = Pick<TrainerStatus, "state" | "phase" | "loading">;

/** What is known of the backend before there is one. */
export function describeSearch(state: TrainerState, choice: BackendChoice): string {
  if (state === "failed") return t("machine.noBackend");
  return t(choice === "cpu" ? "machine.startingCpu" : "machine.lookingForGpu");
}

/** `WebGPU` or `CPU`. */
export const backendName = (backend: BackendReport | null): string =>
  backend === null ? "" : t(`machine.${backend.kind}`);

/** An adapter's name as far as it matters beside the backend's: `WebAssembly, 2 threads` of `WebAssembly with SIMD, 2
 *  threads`, and `JavaScript` of `CPU (JavaScript)`. */
export const shortAdapter = (adapter: string): string =>
  (/^CPU \((.+)\)$/.exec(adapter)?.[1] ?? adapter).replace(/ with (relaxed )?SIMD/, "");

/** The epoch under way, counted from 1. */
export function currentEpoch({ step, stepsPerEpoch, epochs }: TrainerStatus): number {
  if (stepsPerEpoch === 0) return 0;
  return Math.min(epochs, Math.floor(Math.max(0, step - 1) / stepsPerEpoch) + 1);
}

/** The scores at the end of an epoch, for those who hear the page. */
export function describeEpoch(epoch: number, score: Score, curves: readonly CurveInfo[]): string {
  const numbers = curves.map((curve) =>
    t("status.score", { title: curve.title, value: formatCurve(curve, score[curve.id]) }),
  );
  return t("status.validated", { epoch: Math.round(epoch), numbers });
}
