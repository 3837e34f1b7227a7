// The page that measurements run in: a worker for each contender, and what the first of them found for those that follow.
import * as Comlink from "comlink";
import type { Answer, Digits, Measurer, Order, Preparation, Reference } from "./protocol";

declare global {
  interface Window {
    /** Called by the script, once. `pixels` and `labels` as strings of one character a byte. */
    setDigits: (pixels: string, labels: string) => void;
    /** Gets a contender ready, and keeps it. */
    prepare: (order: Order) => Promise<Answer<Preparation>>;
    /** A sample of the contender that was prepared as number `index` since the last `finish`, in milliseconds a step. */
    sample: (index: number) => Promise<Answer<number>>;
    /** Ends all contenders of a workload. */
    finish: () => void;
    /** Given by the script. */
    reportProgress?: (text: string) => void;
  }
}

/** A contender and what breaks it, which no call to it would say. */
interface Seat {
  readonly worker: Worker;
  readonly measurer: Comlink.Remote<Measurer>;
  readonly broken: Promise<never>;
}

const seats: Seat[] = [];
let reference: Reference | undefined;
let digits: Digits | undefined;

const bytesOf = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0));

window.setDigits = (pixels, labels) => {
  digits = { pixels: bytesOf(pixels), labels: bytesOf(labels) };
};

window.prepare = (order) =>
  answer(async () => {
    const seat = openSeat(order.library);
    seats.push(seat);
    if (digits === undefined) throw new Error("page: expected digits before an order, got none.");
    const job = { ...order, digits, ...(reference && { reference }) };
    const report = Comlink.proxy((text: string) => window.reportProgress?.(text));
    const made = await Promise.race([seat.measurer.prepare(job, report), seat.broken]);
    reference ??= made.reference;
    return made.preparation;
  });

window.sample = (index) =>
  answer(async () => {
    const seat = seats[index];
    if (seat === undefined) throw new Error(`page: expected a contender ${index}, got ${seats.length} in all.`);
    return await Promise.race([seat.measurer.sample(), seat.broken]);
  });

window.finish = () => {
  for (const { worker } of seats) worker.terminate();
  seats.length = 0;
  reference = undefined;
};

function openSeat(name: string): Seat {
  const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module", name });
  const broken = new Promise<never>((_, reject) => {
    worker.addEventListener("error", (event) => reject(new Error(event.message || "its script could not be loaded")));
    worker.addEventListener("messageerror", () => reject(new Error("a message could not be read")));
  });
  broken.catch(() => {});
  return { worker, measurer: Comlink.wrap<Measurer>(worker), broken };
}

async function answer<T>(work: () => Promise<T>): Promise<Answer<T>> {
  try {
    return { kind: "done", value: await work() };
  } catch (error) {
    // Errors lose their class on the way out of a worker, but not their name.
    const { name, message } = error instanceof Error ? error : new Error(String(error));
    return { kind: name === "UnsupportedError" ? "unsupported" : "failed", message };
  }
}
