/** Where races open, which are fetched when the first one is asked for. */
import { Suspense } from "react";
import { lazily } from "./common/lazily";
import { takeOpen, useTrials } from "./store/trials";

const TrialsDialog = lazily(() => import("./trials/TrialsDialog").then((loaded) => loaded.TrialsDialog));

export function Trials() {
  return (
    useTrials(takeOpen) && (
      <Suspense fallback={null}>
        <TrialsDialog />
      </Suspense>
    )
  );
}
