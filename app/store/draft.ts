/** The draft: the model being edited, kept in local storage so that it survives a reload. What comes back from there is
 *  checked like anything else from outside; a draft that does not pass is set aside, never thrown away. */
import type { ModelDescription } from "../../src/engine";
import { DescentError, readDescription } from "../../src/engine";
import { readStored, removeStored, writeStored } from "./storage";

const DRAFT_KEY = "descent.draft";
const BROKEN_KEY = "descent.draft.broken";

/** A draft, nothing, or what is wrong with what was found. */
export interface DraftResult {
  readonly description: ModelDescription | null;
  readonly problem: string | null;
}

/** Reads a draft from its JSON text. */
export function readDraft(json: string | null): DraftResult {
  if (json === null) return { description: null, problem: null };
  try {
    return { description: readDescription(json), problem: null };
  } catch (error) {
    if (!(error instanceof DescentError)) throw error;
    return { description: null, problem: error.message };
  }
}

/** The draft of the last visit. A broken one is moved out of the way. */
export function loadDraft(): DraftResult {
  const json = readStored(DRAFT_KEY);
  const result = readDraft(json);
  if (result.problem !== null) setAsideDraft();
  return result;
}

/** Moves the stored draft out of the way, where it can still be found. */
export function setAsideDraft(): void {
  const json = readStored(DRAFT_KEY);
  if (json === null) return;
  writeStored(BROKEN_KEY, json);
  removeStored(DRAFT_KEY);
}

/** Keeps a description as the draft. */
export function saveDraft(description: ModelDescription): void {
  writeStored(DRAFT_KEY, JSON.stringify(description));
}
