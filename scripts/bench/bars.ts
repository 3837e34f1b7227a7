// How fast this project means to be, as data: each bar is a ratio of two speeds in GFLOP/s.
import type { BackendId, Contender, Finding } from "../../bench/protocol";
import { findMeasurement, gflops, show } from "../../bench/report";
import type { WorkloadId } from "../../bench/workloads";

/** `of` is to be at least `least` times as fast as `than`. */
interface Bar {
  readonly of: Run;
  readonly than: Run;
  readonly least: number;
  /** What is hoped for beyond that. */
  readonly aim?: number;
}

type Run = readonly [workload: WorkloadId, library: Contender["library"], backend: BackendId];

const own = (workload: WorkloadId, backend: "cpu" | "webgpu"): Run => [workload, "descent", backend];

export const bars: readonly Bar[] = [
  { of: own("mlp-b128", "webgpu"), than: ["mlp-b128", "jax-js", "webgpu"], least: 1.75, aim: 2.5 },
  { of: own("mlp-b128", "webgpu"), than: ["mlp-b128", "tfjs", "webgpu"], least: 10 },
  { of: own("cnn-b32", "webgpu"), than: ["cnn-b32", "jax-js", "webgpu"], least: 3, aim: 5 },
  { of: own("cnn-b32", "webgpu"), than: ["cnn-b32", "tfjs", "webgpu"], least: 15 },
  { of: own("matmul-1024", "webgpu"), than: ["matmul-1024", "jax-js", "webgpu"], least: 1 },
  // The peak of vectors, as shaders are mostly written. The peak of scalars is three times as high on SwiftShader, and out of a
  // product's reach: a load there costs as much as fifty multiply-adds.
  { of: own("matmul-1024", "webgpu"), than: own("peak", "webgpu"), least: 0.4 },
  { of: own("mlp-b128", "cpu"), than: ["mlp-b128", "jax-js", "wasm"], least: 2, aim: 3 },
  { of: own("cnn-b32", "cpu"), than: ["cnn-b32", "jax-js", "wasm"], least: 40, aim: 60 },
  { of: own("cnn-b32", "cpu"), than: ["cnn-b32", "tfjs", "cpu"], least: 300 },
  { of: own("lstm-b128", "cpu"), than: ["lstm-b128", "jax-js", "wasm"], least: 5 },
  { of: own("lstm-b128", "cpu"), than: ["lstm-b128", "tfjs", "cpu"], least: 5 },
  { of: own("gpt-b16", "cpu"), than: ["gpt-b16", "jax-js", "wasm"], least: 5 },
  { of: own("gpt-b16", "cpu"), than: ["gpt-b16", "tfjs", "cpu"], least: 5 },
  { of: own("matmul-1024", "cpu"), than: ["matmul-1024", "jax-js", "wasm"], least: 1.3, aim: 1.7 },
  { of: own("cnn-b128", "cpu"), than: own("matmul-1024", "cpu"), least: 0.5 },
];

/** One line for each bar that these findings tell something about, reached or not. */
export function describeBars(findings: readonly Finding[]): string[] {
  const speed = ([workload, library, backend]: Run) => {
    const found = findMeasurement(findings, workload, { library, backend });
    return found && gflops(found);
  };
  return bars.flatMap((bar) => {
    const [reached, other] = [speed(bar.of), speed(bar.than)];
    return reached === undefined || other === undefined ? [] : [describeBar(bar, reached / other)];
  });
}

function describeBar({ of, than, least, aim }: Bar, ratio: number): string {
  const [workload, , backend] = of;
  const [otherWorkload, otherLibrary, otherBackend] = than;
  const other = otherLibrary === "descent" ? otherWorkload : `${otherLibrary} ${otherBackend}`;
  const verdict = ratio >= least ? "reached    " : "not reached";
  const hoped = aim === undefined ? "" : `, aim ${aim}x${ratio >= aim ? " reached" : ""}`;
  return `${verdict}  ${workload} on ${backend}: ${show(ratio)}x ${other}; at least ${least}x${hoped}`;
}
