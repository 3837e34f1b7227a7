/** Reads validations out to those who hear the page: of those that come faster than anybody could listen, some. */
import type { CurveInfo, ValidationMetrics } from "../../src/engine";
import { announce } from "../store/ui";
import { describeEpoch } from "./statusText";

const INTERVAL_MS = 2000;
let announcedAt = -Infinity;

export function announceEpoch({ epoch, values }: ValidationMetrics, curves: readonly CurveInfo[]): void {
  const now = performance.now();
  if (document.hidden || now < announcedAt + INTERVAL_MS) return;
  announcedAt = now;
  announce(describeEpoch(epoch, values, curves));
}
