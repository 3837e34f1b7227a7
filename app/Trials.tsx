/** Where races and searches open, which are fetched when the first one is asked for, and how far they are while their dialog is closed. */
import { Suspense } from "react";
import { lazily } from "./common/lazily";
import { takeIsAway, takeOpen, useTrials } from "./store/trials";

const TrialsDialog = lazily(() => import("./trials/TrialsDialog").then((loaded) => loaded.TrialsDialog));
const TrialsPill = lazily(() => import("./trials/TrialsPill").then((loaded) => loaded.TrialsPill));

export function TrialsAway() {
  return (
    useTrials(takeIsAway) && (
      <Suspense fallback={null}>
        <TrialsPill />
      </Suspense>
    )
  );
}

export function Trials() {
  return (
    useTrials(takeOpen) && (
      <Suspense fallback={null}>
        <TrialsDialog />
      </Suspense>
    )
  );
}
