/** English: where the time of a training step goes. */
import { formats } from "./formats";

const { count, list, plural } = formats;

/** Values are written already. */
type Texts<K extends string> = Readonly<Record<K, string>>;

/** The profile. */
export const profile = {
  reading: "Reading the plan of a training step…",
  noPlan: "The plan of a training step appears here.",
  order: "Order of launches",
  inOrder: "In order",
  byTime: "By time",
  note: "“grad” marks the way back, where gradients are computed. A row opens to all that its launch does.",
  tunedQuicker: ({ products, time }: { readonly products: number; readonly time: string }) =>
    `Tuned ${plural(products, { one: "matrix product", other: "matrix products" })} in ${time}; the quickest kernels are in use.`,
  tunedSame: ({ products, time }: { readonly products: number; readonly time: string }) =>
    `Tuned ${plural(products, { one: "matrix product", other: "matrix products" })} in ${time}; no kernel was quicker than the usual ones.`,
  start: "Profile a step",
  again: "Profile again",
  title: "Profile",
  progress: ({ done, all }: { readonly done: number; readonly all: number }) => `${count(done)} of ${count(all)}`,
  waiting: "waiting",
  cost: ({ launches, operations, bytes }: { readonly launches: number } & Texts<"operations" | "bytes">) =>
    `${count(launches)} launches, ${operations}, ${bytes} moved`,
  costOnly: ({ cost }: Texts<"cost">) => `A training step: ${cost}.`,
  /** Bold is the time. */
  timed: ({ time, cost, clock }: Texts<"time" | "cost" | "clock">) =>
    `**${time}** a training step: ${cost}. Each launch timed by itself, many times over, by ${clock}.`,
  timedAt: ({ time, speed, cost, clock }: Texts<"time" | "speed" | "cost" | "clock">) =>
    `**${time}** a training step, ${speed}/s: ${cost}. Each launch timed by itself, many times over, by ${clock}.`,
  gpuClock: "the GPU's own clock",
  browserClock: "the browser's clock",
  launches: "Launches",
  launchesOfStep: "Launches of a training step",
  layer: "Layer",
  operations: "Operations",
  ms: "ms",
  msHelp: "Milliseconds",
  share: "Share",
  shareHelp: "Of the time of all launches",
  gflops: "GFLOP/s",
  gflopsHelp: "Billion operations a second",
  mb: "MB",
  mbHelp: "Megabytes read and written",
  launch: ({ operations, flops }: { readonly operations: readonly string[] } & Texts<"flops">) =>
    `${list(operations)}; ${flops}`,
  kernel: ({ launch, kernel }: Texts<"launch" | "kernel">) => `${launch}; kernel ${kernel}`,
  workgroups: ({ launch, workgroups }: Texts<"launch"> & { readonly workgroups: number }) =>
    `${launch}, ${count(workgroups)} workgroups`,
  text: "The plan as text",
  copy: "Copy",
};
