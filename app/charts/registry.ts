/** The charts, in the order to show them: one line each. */
import { accuracyChart } from "./accuracy";
import type { ChartDef } from "./chart";
import { lossChart } from "./loss";

const registry = {
  loss: lossChart,
  accuracy: accuracyChart,
} satisfies Record<string, ChartDef>;

export const charts: readonly ChartDef[] = Object.values(registry);
