// The kernels of the CPU backend, in WebAssembly. A plan is a list of records in linear memory; this runs it.
import { multiply, packB } from "./gemm";
import { arrange } from "./arrange";
import { maxPool, maxPoolGrad } from "./pool";
import { runProgram } from "./pointwise";
import { reduce } from "./reduce";
import { batchRows } from "./rows";

/** Runs a step that has no kernel here: the host's own implementation. */
declare function host(step: i32): void;

/** Runs steps, each a kernel's number, the address of its record, and how many units of work it has. */
export function run(plan: usize, count: i32): void {
  for (let step = 0; step < count; step++) {
    const at = plan + <usize>step * 12;
    execute(load<i32>(at), load<u32>(at, 4), 0, load<i32>(at, 8), 0);
  }
}

function execute(kernel: i32, record: usize, begin: i32, end: i32, thread: i32): void {
  switch (kernel) {
    case 0: host(<i32>record); break;
    case 1: packB(record, begin, end); break;
    case 2: multiply(record, begin, end); break;
    case 3: runProgram(record, begin, end, thread); break;
    case 4: reduce(record, begin, end); break;
    case 5: arrange(record, begin, end); break;
    case 6: batchRows(record, begin, end); break;
    case 7: maxPool(record, begin, end); break;
    case 8: maxPoolGrad(record, begin, end); break;
  }
}
