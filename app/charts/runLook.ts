/** What the lines of other runs look like, in charts and beside their names. */
import type { PinSlot } from "../store/runs";

/** How the line of another run is drawn: each in a colour and in dashes of its own. */
export const lookOf = (slot: PinSlot) => ({
  stroke: `var(--run-${slot})`,
  strokeWidth: slot === "baseline" ? 2.5 : 1.75,
  strokeDasharray: slot === "baseline" ? "1.5 4" : (DASHES[slot] ?? ""),
  strokeLinecap: "round" as const,
});

const DASHES = ["10 4", "7 3 2 3", "3 4", "12 3 2 3 2 3"];
