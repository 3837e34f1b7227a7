/** How long the self-test still takes, in words. */
import { formatRoughDuration } from "../common/format";
import type { SuiteState } from "./suite";

/** Before this, what little has run says nothing of the rest. */
const SETTLED_MS = 5000;

/** `3 min`, or null where that cannot be told yet. */
export function describeTimeLeft({
  elapsedMs,
  remainingMs,
}: Pick<SuiteState, "elapsedMs" | "remainingMs">): string | null {
  if (elapsedMs < SETTLED_MS || remainingMs === null) return null;
  return formatRoughDuration(remainingMs);
}
