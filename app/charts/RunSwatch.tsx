/** A piece of a run's line, as charts draw it. */
import type { PinSlot } from "../store/runs";
import { lookOf } from "./runLook";

export function RunSwatch({ slot }: { readonly slot: PinSlot }) {
  return (
    <svg width={22} height={6} viewBox="0 0 22 6" aria-hidden>
      <line x1={1} x2={21} y1={3} y2={3} {...lookOf(slot)} />
    </svg>
  );
}
