// The kernels of the CPU backend, in WebAssembly. A plan is a list of launches in linear memory; this runs it, alone or
// with helpers that share the memory. Which thread does a piece of work never changes its result.
import { arrange } from "./arrange";
import { attention, attentionGrad } from "./attention";
import { averagePool, averagePoolGrad } from "./averagePool";
import { gradientSums, moments, momentsGrad, momentSums } from "./batchNorm";
import { Kernel, LAUNCH_BYTES } from "./codes";
import { copyRows } from "./copy";
import { depthwise, depthwiseGradInput, depthwiseGradKernel } from "./depthwise";
import { countRows, sumRuns } from "./gather";
import { multiply, multiplyBlocks, packA, packB } from "./gemm";
import { maxPool, maxPoolGrad, maxPoolWithArg } from "./pool";
import { runProgram } from "./pointwise";
import { dropout, random } from "./random";
import { recurrent, recurrentGrad } from "./recurrent";
import { argMax, combineParts, reduce } from "./reduce";
import { normalizeRows, normalizeRowsGrad } from "./rowNorm";
import { batchRows, oneHot, range, writeRow } from "./rows";
import { resample, resampleGrad } from "./resample";
import { softmaxRows } from "./softmax";
import { Barrier, publish, waitForWork } from "./threads";
import { upSample } from "./upSample";

// What is exported stays a function of its own.
export { multiplyByFours } from "./gemm";

/** Runs a launch that has no kernel here: the host's own implementation. Only the first thread calls it. */
declare function host(step: i32): void;

/** Runs launches to the end, on `threads` threads of which this is the first; the others must be in `help`. */
export function run(plan: usize, count: i32, threads: i32): void {
  if (threads > 1) publish(plan, count);
  runShare(plan, count, 0, threads);
}

/** The life of a helping thread: takes its share of whatever is published, for ever. */
export function help(thread: i32, threads: i32): void {
  let seen = 0;
  for (;;) {
    seen = waitForWork(seen);
    runShare(load<u32>(Barrier.PLAN), load<i32>(Barrier.COUNT), thread, threads);
  }
}

/** This thread's part of every launch. Launches of one piece are the first thread's; threads only meet around launches
 *  that are shared. */
function runShare(plan: usize, count: i32, thread: i32, threads: i32): void {
  let shared = false;
  for (let i = 0; i < count; i++) {
    const launch = plan + <usize>i * LAUNCH_BYTES;
    const kernel = load<i32>(launch);
    const record = load<u32>(launch, 4);
    const units = load<i32>(launch, 8);
    const wasShared = shared;
    shared = units > 1 && threads > 1;
    if (shared || wasShared) Barrier.meet(threads);
    if (shared) takeShare(kernel, record, units, thread, threads);
    else if (thread == 0) execute(kernel, record, 0, units, 0);
  }
  if (threads > 1) Barrier.meet(threads);
}

/** Takes pieces until none are left, a few at a time, so that a thread that is held up holds up no other for long. */
function takeShare(kernel: i32, record: usize, units: i32, thread: i32, threads: i32): void {
  const size = max(1, units / (threads * 8));
  for (let begin = Barrier.take(size); begin < units; begin = Barrier.take(size)) {
    execute(kernel, record, begin, min(begin + size, units), thread);
  }
}

function execute(kernel: i32, record: usize, begin: i32, end: i32, thread: i32): void {
  switch (kernel) {
    case Kernel.host:
      host(<i32>record);
      break;
    case Kernel.packB:
      packB(record, begin, end);
      break;
    case Kernel.multiply:
      multiply(record, begin, end, thread);
      break;
    case Kernel.program:
      runProgram(record, begin, end, thread);
      break;
    case Kernel.reduce:
      reduce(record, begin, end);
      break;
    case Kernel.arrange:
      arrange(record, begin, end);
      break;
    case Kernel.batchRows:
      batchRows(record, begin, end);
      break;
    case Kernel.maxPool:
      maxPool(record, begin, end);
      break;
    case Kernel.maxPoolGrad:
      maxPoolGrad(record, begin, end);
      break;
    case Kernel.maxPoolWithArg:
      maxPoolWithArg(record, begin, end);
      break;
    case Kernel.softmaxRows:
      softmaxRows(record, begin, end);
      break;
    case Kernel.dropout:
      dropout(record, begin, end);
      break;
    case Kernel.argMax:
      argMax(record, begin, end);
      break;
    case Kernel.averagePool:
      averagePool(record, begin, end);
      break;
    case Kernel.averagePoolGrad:
      averagePoolGrad(record, begin, end);
      break;
    case Kernel.copyRows:
      copyRows(record, begin, end);
      break;
    case Kernel.countRows:
      countRows(record);
      break;
    case Kernel.sumRuns:
      sumRuns(record, begin, end);
      break;
    case Kernel.oneHot:
      oneHot(record, begin, end);
      break;
    case Kernel.depthwise:
      depthwise(record, begin, end);
      break;
    case Kernel.depthwiseGradInput:
      depthwiseGradInput(record, begin, end);
      break;
    case Kernel.depthwiseGradKernel:
      depthwiseGradKernel(record, begin, end);
      break;
    case Kernel.random:
      random(record, begin, end);
      break;
    case Kernel.range:
      range(record);
      break;
    case Kernel.writeRow:
      writeRow(record);
      break;
    case Kernel.upSample:
      upSample(record, begin, end);
      break;
    case Kernel.resample:
      resample(record, begin, end);
      break;
    case Kernel.resampleGrad:
      resampleGrad(record, begin, end);
      break;
    case Kernel.momentSums:
      momentSums(record, begin, end);
      break;
    case Kernel.moments:
      moments(record, begin, end);
      break;
    case Kernel.gradientSums:
      gradientSums(record, begin, end);
      break;
    case Kernel.momentsGrad:
      momentsGrad(record, begin, end);
      break;
    case Kernel.packA:
      packA(record, begin, end);
      break;
    case Kernel.multiplyBlocks:
      multiplyBlocks(record, begin, end, thread);
      break;
    case Kernel.recurrent:
      recurrent(record, begin, end, thread);
      break;
    case Kernel.recurrentGrad:
      recurrentGrad(record, begin, end, thread);
      break;
    case Kernel.normalizeRows:
      normalizeRows(record, begin, end);
      break;
    case Kernel.normalizeRowsGrad:
      normalizeRowsGrad(record, begin, end);
      break;
    case Kernel.attention:
      attention(record, begin, end, thread);
      break;
    case Kernel.attentionGrad:
      attentionGrad(record, begin, end, thread);
      break;
    case Kernel.combineParts:
      combineParts(record, begin, end);
      break;
  }
}
