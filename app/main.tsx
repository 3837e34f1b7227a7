/** Where the page begins: reads the address, starts the training worker, and renders. */
import "./styles/mantine";
import { MantineProvider } from "@mantine/core";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { DATASETS_DATABASE, fetchLaterWords, presets, say } from "../src/engine";
import { App } from "./App";
import { applyColorScheme, colorSchemeManager } from "./common/colorScheme";
import { ErrorBoundary } from "./layout/ErrorBoundary";
import { draftProblem, keepDraft, replaceModel } from "./store/model";
import { hasDatasets, readDatasets } from "./store/datasets";
import { notify, useRun } from "./store/run";
import { useStart } from "./store/start";
import { hasDatabase } from "./store/storage";
import { useUi } from "./store/ui";
import { theme } from "./common/theme";
import { isLink, keepAddress, openLink } from "./train/address";
import { keepDocumentTitle } from "./train/documentTitle";
import { hasKeptRuns, ownRun } from "./train/keptRun";
import { readQuery } from "./train/query";
import { printPlans } from "./train/questions";
import { makeWay, retry, startSession } from "./train/session";

const KEPT_RUNS_MS = 300;

applyColorScheme();
// Before anything changes the model: what the address asks for is part of the draft.
keepDraft();

const { query, problems } = readQuery(location.search);
if (query.preset) {
  replaceModel(presets[query.preset].description);
  // Asked for once: a reload must find the draft, with what was done to it since.
  const address = new URL(location.href);
  address.searchParams.delete("preset");
  history.replaceState(null, "", address);
}
for (const [i, said] of problems.entries()) notify({ severity: "warning", topic: `address-${i}`, said });
if (draftProblem !== null) {
  notify({ severity: "warning", topic: "draft", said: say("page.draftNotRead", { problem: draftProblem }) });
}
keepDocumentTitle();
const threads = query.threads ?? useUi.getState().threads;
useRun.setState({
  runOn: { backend: query.backend ?? "auto", tune: query.tune !== "off", ...(threads !== null && { threads }) },
});
// A model may name a dataset that the visitor brought, which has to be known before it is prepared.
const known = hasDatasets() ? readDatasets().catch(() => {}) : null;
// Links are read before there is a model to prepare, so that no other is prepared in its place.
const opening = isLink(location.hash) ? openLink(location.hash) : null;
if (known || opening) void Promise.all([known, opening]).finally(startSession);
else startSession();
// Weights of a link are for the model that is prepared next.
keepAddress(() => (useStart.getState().from ? retry() : makeWay()));
// Nobody drops a file before the page is there.
void import("./share/dropped").then(({ listenForFiles }) => listenForFiles());
const [ownKept, isAsked] = [ownRun(), query.preset !== undefined];
async function recall(): Promise<void> {
  if (!known && (await hasDatabase(DATASETS_DATABASE))) void readDatasets().catch(() => {});
  if (!(await hasKeptRuns())) return;
  const [{ offerKeptRun }] = await Promise.all([import("./runs/watch"), fetchLaterWords()]);
  await offerKeptRun(ownKept, !isAsked && !(await opening));
}
// Not while the page is made ready.
setTimeout(() => void recall().catch(() => {}), KEPT_RUNS_MS);
if (query.debug === "plan") printPlans();

const root = document.getElementById("root");
if (!root) throw new Error("index.html: expected an element with the id root, got none.");
createRoot(root).render(
  <StrictMode>
    <MantineProvider theme={theme} colorSchemeManager={colorSchemeManager} defaultColorScheme="auto">
      <ErrorBoundary>
        <App />
      </ErrorBoundary>
    </MantineProvider>
  </StrictMode>,
);
