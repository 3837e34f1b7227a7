// How threads meet: a job number that helpers wait for, and a barrier. Both spin for a while before they sleep, because
// launches follow one another within microseconds. Only the shared variant ever runs this.

/** Turns spent looking before sleeping: some tens of microseconds. */
const SPIN: i32 = 20000;

/** Words at fixed addresses, below everything that is allocated. */
export namespace Barrier {
  export const JOB: usize = 2048;
  export const PLAN: usize = 2112;
  export const COUNT: usize = 2116;
  export const ARRIVED: usize = 2176;
  export const ROUND: usize = 2240;
  export const NEXT: usize = 2304;

  /** Takes the next `size` pieces of the launch under way. @returns the first of them */
  export function take(size: i32): i32 {
    return atomic.add<i32>(NEXT, size);
  }

  /** Returns when all `threads` have come here. Nothing of the next launch has been taken then. */
  export function meet(threads: i32): void {
    const round = atomic.load<i32>(ROUND);
    if (atomic.add<i32>(ARRIVED, 1) == threads - 1) {
      atomic.store<i32>(ARRIVED, 0);
      atomic.store<i32>(NEXT, 0);
      atomic.store<i32>(ROUND, round + 1);
      wake(ROUND);
    } else {
      waitWhile(ROUND, round);
    }
  }
}

/** Hands a plan to the helpers. */
export function publish(plan: usize, count: i32): void {
  store<u32>(Barrier.PLAN, <u32>plan);
  store<i32>(Barrier.COUNT, count);
  atomic.add<i32>(Barrier.JOB, 1);
  wake(Barrier.JOB);
}

/** Returns the number of the next job, once there is one. */
export function waitForWork(seen: i32): i32 {
  waitWhile(Barrier.JOB, seen);
  return atomic.load<i32>(Barrier.JOB);
}

function waitWhile(address: usize, value: i32): void {
  for (let turn = 0; turn < SPIN; turn++) {
    if (atomic.load<i32>(address) != value) return;
  }
  while (atomic.load<i32>(address) == value) {
    atomic.wait<i32>(address, value, -1);
  }
}

function wake(address: usize): void {
  atomic.notify(address, -1);
}
