/** How long the self-test still takes, in words. Cases differ, so it is a rough guess, and it says so. */
import { formatRoughDuration } from "../format";
import type { SuiteState } from "./suite";

/** Before this, what little has run says nothing of the rest. */
const SETTLED_MS = 5000;
const SETTLED_CASES = 20;

/** `, about 3 min left`, as if every case took as long as those so far; nothing where that cannot be told yet. */
export function describeTimeLeft({
  results: { length: done },
  total,
  elapsedMs,
}: Pick<SuiteState, "results" | "total" | "elapsedMs">): string {
  if (elapsedMs < SETTLED_MS || done < SETTLED_CASES) return "";
  return `, about ${formatRoughDuration((elapsedMs / done) * (total - done))} left`;
}
