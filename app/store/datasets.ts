/** The visitor's own datasets, as the page knows them: told to the engine's library before anything asks for one, and read again
 *  whenever one is brought or removed, in this tab or another. */
import { create } from "zustand";
import {
  bringDataset,
  type BroughtFile,
  forgetDataset,
  openOwnDatasets,
  type OwnDataset,
  type OwnDatasets,
  ownDatasetDef,
} from "../../src/engine";
import { readStored, writeStored } from "./storage";

interface DatasetsState {
  readonly own: readonly OwnDataset[];
  /** Files that the visitor dropped or chose, while the dialog for them is open; empty when it waits for some. */
  readonly bringing: readonly BroughtFile[] | null;
  /** Whether the dialog in which points are put is open. */
  readonly isDrawing: boolean;
}

export const useDatasets = create<DatasetsState>()(() => ({ own: [], bringing: null, isDrawing: false }));

/** That there are any, so that nothing is opened where there are none. */
const ANY_KEY = "descent.datasets";

let watched: OwnDatasets | null = null;

/** Made in this tab, and not kept yet. */
let fresh: OwnDataset | null = null;

/** Has a dataset be listed before it is kept; null once it is. */
export const listFresh = (made: OwnDataset | null): void => void (fresh = made);

/** Reads what there is, and goes on doing so. Nothing is told where the browser keeps nothing. */
export async function readDatasets(): Promise<void> {
  // Cleared by the browser or the visitor, it is opened anew: what is there now is to be listed.
  const store = await openOwnDatasets(readAgain);
  const kept = await store.list();
  const own = fresh && !kept.some(({ id }) => id === fresh?.id) ? [fresh, ...kept] : kept;
  for (const { id } of useDatasets.getState().own) forgetDataset(id);
  for (const dataset of own) bringDataset(ownDatasetDef(dataset, openOwnDatasets));
  writeStored(ANY_KEY, "yes");
  useDatasets.setState({ own });
  if (watched === store) return;
  watched = store;
  store.onChange(readAgain);
}

const readAgain = (): void => void readDatasets().catch(() => {});

/** Whether this browser has kept any. */
export const hasDatasets = (): boolean => readStored(ANY_KEY) !== null;

export async function removeDataset(id: string): Promise<void> {
  if (fresh?.id === id) fresh = null;
  await (await openOwnDatasets()).remove(id);
  await readDatasets();
}

/** A file with the folders that it was chosen with. */
export const named = (file: File): BroughtFile => ({ path: file.webkitRelativePath || file.name, file });

/** Opens the dialog, with files or without. */
export const bring = (files: readonly BroughtFile[] = []): void => useDatasets.setState({ bringing: files });
export const endBringing = (): void => useDatasets.setState({ bringing: null });

/** Opens the dialog in which points are put. */
export const drawPoints = (): void => useDatasets.setState({ isDrawing: true });
export const endDrawing = (): void => useDatasets.setState({ isDrawing: false });

export const takeIsDrawing = ({ isDrawing }: DatasetsState): boolean => isDrawing;
export const takeOwn = ({ own }: DatasetsState): readonly OwnDataset[] => own;
export const takeBringing = ({ bringing }: DatasetsState): readonly BroughtFile[] | null => bringing;
