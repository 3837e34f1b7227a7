/** The model being edited: undoable, and kept as the draft. Which layer is selected is kept beside it, because a click
 *  is nothing to undo. */
import { temporal } from "zundo";
import { useStore } from "zustand";
import { create } from "zustand";
import type { CurveInfo, DataInfo, ModelDescription, ModelReport, Said } from "../../src/engine";
import {
  aboutOf,
  analyzeModel,
  curvesOf,
  figuresOf,
  findBlock,
  findDataset,
  presets,
  say,
  tasks,
} from "../../src/engine";
import { isOtherDraftKept, keepForTab, loadDraft, saveDraft } from "./draft";
import { dismissTopic, notify } from "./run";
import { takeOwn, useDatasets } from "./datasets";
import { useStart } from "./start";
import { t, wordOf } from "../common/words";

interface ModelState {
  readonly description: ModelDescription;
}

interface SelectionState {
  /** The selected layer's id; null shows the training settings. May name a layer that an undo has taken away. */
  readonly layerId: string | null;
  /** The network that is shown, where the model has several; one that it does not have stands for the first. */
  readonly network: string;
}

const UNDO_LIMIT = 200;
/** Edits of one field that follow each other this closely are one undo step. */
const COALESCE_MS = 1000;

const draft = loadDraft();

/** What was wrong with the stored draft, to be told once. */
export const draftProblem: Said | null = draft.problem;

export const useModel = create<ModelState>()(
  temporal((): ModelState => ({ description: draft.description ?? presets.perceptron.description }), {
    limit: UNDO_LIMIT,
    equality: (past, current) => past.description === current.description,
  }),
);

export const useSelection = create<SelectionState>()(() => ({ layerId: null, network: "" }));

let lastEdit = { key: "", at: 0 };

/** Changes the model as one undo step.
 *  @param coalesceKey edits with the same key in quick succession share their undo step: typing, dragging a slider */
export function edit(change: (description: ModelDescription) => ModelDescription, coalesceKey = ""): void {
  const { description } = useModel.getState();
  const changed = change(description);
  if (changed === description) return;
  const now = Date.now();
  const joins = coalesceKey !== "" && coalesceKey === lastEdit.key && now - lastEdit.at < COALESCE_MS;
  const history = useModel.temporal.getState();
  if (joins) history.pause();
  useModel.setState({ description: changed });
  if (joins) history.resume();
  lastEdit = { key: coalesceKey, at: now };
}

/** Takes the last step back. */
export function undo(): void {
  lastEdit = { key: "", at: 0 };
  useModel.temporal.getState().undo();
}

/** Does the last undone step again. */
export function redo(): void {
  lastEdit = { key: "", at: 0 };
  useModel.temporal.getState().redo();
}

/** Selects a layer, or with null the training settings. */
export function selectLayer(layerId: string | null): void {
  const network = layerId === null ? undefined : findBlock(useModel.getState().description, layerId)?.place.network;
  useSelection.setState({ layerId, ...(network !== undefined && { network }) });
}

/** Shows another network of the model. */
export function showNetwork(network: string): void {
  useSelection.setState({ network, layerId: null });
}

const networkIn = ({ networks }: ModelDescription, network: string): string =>
  Object.hasOwn(networks, network) ? network : (Object.keys(networks)[0] ?? "");

/** The network that is shown. */
export const shownNetwork = (): string => networkIn(useModel.getState().description, useSelection.getState().network);

/** The same, for components. */
export function useShownNetwork(): string {
  const network = useSelection(takeNetwork);
  return useModel(({ description }) => networkIn(description, network));
}

/** Replaces the model, as one undo step. */
export function replaceModel(description: ModelDescription): void {
  edit(() => description);
  selectLayer(null);
  useStart.setState({ from: null });
}

const missing = new Map<string, DataInfo>();

/** A dataset that is not there, the same one each time. */
function missingData(id: string): DataInfo {
  const known = missing.get(id) ?? { id, title: t("training.dataGone"), columns: {}, trainCount: Infinity };
  missing.set(id, known);
  return known;
}

/** What is known of a model's dataset; one without columns where it is not there. */
export const dataOf = ({ dataset }: ModelDescription): DataInfo => findDataset(dataset) ?? missingData(dataset);

/** The losses and metrics that are told of a model, in the language of the page; none while its data do not fit its task. */
export const curvesOfModel = (description: ModelDescription): readonly CurveInfo[] => named(curvesOf, description);

/** The same with those that are told of whole splits alone. */
export const figuresOfModel = (description: ModelDescription): readonly CurveInfo[] => named(figuresOf, description);

function named(infosOf: typeof curvesOf, description: ModelDescription): readonly CurveInfo[] {
  const task = tasks[description.task.type];
  const about = aboutOf(description, dataOf(description));
  if ("said" in task.columns(about)) return [];
  return infosOf(task, about).map((curve) => {
    const path = curve.id in task.curves ? `tasks.${description.task.type}.curves.${curve.id}` : `metrics.${curve.id}`;
    return { ...curve, title: wordOf(`${path}.title`, curve.title), help: wordOf(`${path}.help`, curve.help) };
  });
}

/** The number by which a model is judged: its first metric that higher is better of, or else its first. */
export const goalOf = (curves: readonly CurveInfo[]): CurveInfo | undefined =>
  curves.find(({ better }) => better === "higher") ?? curves[0];

let analyzed: { description: ModelDescription; data: DataInfo; report: ModelReport } | null = null;

/** The analysis of a description; computed once for each, and again where its dataset was brought or removed. */
export function reportOf(description: ModelDescription): ModelReport {
  const data = dataOf(description);
  if (analyzed?.description !== description || analyzed.data !== data) {
    analyzed = { description, data, report: analyzeModel(description, data) };
  }
  return analyzed.report;
}

const takeDescription = ({ description }: ModelState): ModelDescription => description;
const takeReport = ({ description }: ModelState): ModelReport => reportOf(description);
const takeNetwork = ({ network }: SelectionState): string => network;
const takeSelection = ({ layerId }: SelectionState): string | null => layerId;

/** The description being edited. */
export const useDescription = (): ModelDescription => useModel(takeDescription);
/** Its analysis. */
export function useReport(): ModelReport {
  useDatasets(takeOwn);
  return useModel(takeReport);
}

/** The selected layer's id, or null when none is, or it is gone. */
export function useSelectedId(): string | null {
  const id = useSelection(takeSelection);
  return useModel(({ description }) => (id !== null && findBlock(description, id) ? id : null));
}

type History = ReturnType<typeof useModel.temporal.getState>;
const takeCanUndo = ({ pastStates }: History): boolean => pastStates.length > 0;
const takeCanRedo = ({ futureStates }: History): boolean => futureStates.length > 0;

/** Whether there is a step to take back. */
export const useCanUndo = (): boolean => useStore(useModel.temporal, takeCanUndo);
/** Whether there is a step to do again. */
export const useCanRedo = (): boolean => useStore(useModel.temporal, takeCanRedo);

const SAVE_DELAY_MS = 300;
let saveTimer: ReturnType<typeof setTimeout> | undefined;

function saveNow(): void {
  clearTimeout(saveTimer);
  saveTimer = undefined;
  saveDraft(useModel.getState().description);
  tellOfOtherTab();
}

let isOtherKept = false;

/** Says so when another tab's model takes the place of this one for the next visit: nobody is to lose work unawares. */
function tellOfOtherTab(): void {
  const wasOtherKept = isOtherKept;
  isOtherKept = isOtherDraftKept();
  if (isOtherKept && !wasOtherKept) {
    keepForTab(useModel.getState().description);
    notify({
      severity: "info",
      topic: "other-tab",
      said: say("page.otherTabKept"),
      stays: true,
    });
  }
  if (!isOtherKept) dismissTopic("other-tab");
}

/** Keeps the draft from now on: shortly after each edit, and when the page is left. */
export function keepDraft(): void {
  tellOfOtherTab();
  // Heard when another tab has stored something.
  addEventListener("storage", tellOfOtherTab);
  useModel.subscribe(() => {
    clearTimeout(saveTimer);
    saveTimer = setTimeout(saveNow, SAVE_DELAY_MS);
  });
  addEventListener("pagehide", () => {
    if (saveTimer !== undefined) saveNow();
  });
}
