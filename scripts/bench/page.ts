// The page that measurements run in: what the script asks for, as calls on the window.
import { measureWorkload, workerSeat } from "../../bench/conduct";
import type { Contender, Finding } from "../../bench/protocol";
import type { WorkloadId } from "../../bench/workloads";

/** What the script asks for. */
export interface Order {
  readonly workload: WorkloadId;
  readonly contenders: readonly Contender[];
  readonly samples: number;
  readonly threads: number;
  /** Strings of one character a byte. */
  readonly pixels: string;
  readonly labels: string;
}

declare global {
  interface Window {
    measure: (order: Order) => Promise<Finding[]>;
    /** Given by the script. */
    reportProgress?: (text: string) => void;
  }
}

const bytesOf = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0));

window.measure = ({ pixels, labels, ...order }) =>
  measureWorkload({
    ...order,
    digits: { pixels: bytesOf(pixels), labels: bytesOf(labels) },
    openSeat: (name) => workerSeat(new Worker(new URL("./worker.ts", import.meta.url), { type: "module", name })),
    report: (text) => window.reportProgress?.(text),
  });
