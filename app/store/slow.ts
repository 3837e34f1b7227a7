/** The phase that slow motion is at. Nothing here is undone or remembered. */
import { useState } from "react";
import { create } from "zustand";
import type { Phase } from "./phases";

/** Null where there is no slow motion. */
export const useSlow = create<{ readonly phase: Phase | null }>()(() => ({ phase: null }));

export const takePhase = ({ phase }: { readonly phase: Phase | null }): Phase | null => phase;

/** What a network gives, held as it was while slow motion shows others learn before it. */
export function useInPhase<T>(network: string, value: T): T {
  const [kept, setKept] = useState(value);
  const isHeld = useSlow(({ phase }) => phase?.waiting.includes(network) ?? false);
  if (!isHeld && !Object.is(kept, value)) setKept(value);
  return isHeld ? kept : value;
}
