/** The draft: the model being edited, kept so that it survives a reload. Each tab keeps its own, and the one edited last is
 *  also what the next visit finds. What comes back is checked like anything else from outside; a draft that does not pass
 *  is set aside, never thrown away. */
import type { ModelDescription, Said } from "../../src/engine";
import { DescentError, readDescription, saidBy } from "../../src/engine";
import { readStored, removeStored, writeStored } from "./storage";

const DRAFT_KEY = "descent.draft";
const BROKEN_KEY = "descent.draft.broken";

/** A draft, nothing, or what is wrong with what was found. */
export interface DraftResult {
  readonly description: ModelDescription | null;
  readonly problem: Said | null;
}

/** Reads a draft from its JSON text. */
export function readDraft(json: string | null): DraftResult {
  if (json === null) return { description: null, problem: null };
  try {
    return { description: readDescription(json), problem: null };
  } catch (error) {
    if (!(error instanceof DescentError)) throw error;
    return { description: null, problem: saidBy(error) };
  }
}

const readOwn = (): string | null => readStored(DRAFT_KEY, "tab");

/** This tab's draft, or in a new tab that of the last visit. A broken one is moved out of the way. */
export function loadDraft(): DraftResult {
  const json = readOwn() ?? readStored(DRAFT_KEY);
  const result = readDraft(json);
  if (result.problem !== null) setAsideDraft();
  // From here on it is this tab's, whatever another one does to its own.
  else if (json !== null) writeStored(DRAFT_KEY, json, "tab");
  return result;
}

/** Moves the stored draft out of the way, where it can still be found. */
export function setAsideDraft(): void {
  const json = readOwn() ?? readStored(DRAFT_KEY);
  if (json === null) return;
  writeStored(BROKEN_KEY, json);
  removeStored(DRAFT_KEY, "tab");
  // Another tab may have put a good one there since.
  if (readStored(DRAFT_KEY) === json) removeStored(DRAFT_KEY);
}

/** Keeps a description as the draft, for this tab and the next visit. */
export function saveDraft(description: ModelDescription): void {
  const json = JSON.stringify(description);
  writeStored(DRAFT_KEY, json, "tab");
  writeStored(DRAFT_KEY, json);
}

/** Keeps a description for this tab alone, unless it has a draft. */
export function keepForTab(description: ModelDescription): void {
  if (readOwn() === null) writeStored(DRAFT_KEY, JSON.stringify(description), "tab");
}

/** Whether the next visit would find the draft of another tab. */
export function isOtherDraftKept(): boolean {
  const kept = readStored(DRAFT_KEY);
  return kept !== null && kept !== readOwn();
}
