/** How long a kernel may take on the slowest of machines, for those who wait for a sign of life. */
import { costOf } from "../../compile/explain";
import type { Launch } from "../../compile/plan";

/** Operations in a second at the least: on an old phone, and where JavaScript is interpreted. */
const SLOWEST_FLOPS = { JavaScript: 2e7, WebAssembly: 5e8 } as const;

/** Milliseconds that a launch may take in either language. */
export const longestMs = (launch: Launch, language: keyof typeof SLOWEST_FLOPS): number =>
  (costOf(launch).flops / SLOWEST_FLOPS[language]) * 1000;
