/** Counts what anything in this page or worker asks of a GPU, by listening in; changes nothing that it asks. For
 *  measuring: other libraries can be counted, too. */

/** Calls to a GPU since the counting began. */
export interface GpuCalls {
  readonly dispatches: number;
  readonly submits: number;
}

/** Starts counting, for good. @returns what has been asked since; where there is no WebGPU, nothing ever is */
export function countGpuCalls(): () => GpuCalls {
  let dispatches = 0;
  let submits = 0;
  if (typeof GPUComputePassEncoder !== "undefined") {
    const { prototype: pass } = GPUComputePassEncoder;
    const { prototype: queue } = GPUQueue;
    const { dispatchWorkgroups, dispatchWorkgroupsIndirect } = pass;
    const { submit } = queue;
    pass.dispatchWorkgroups = function counted(...args) {
      dispatches++;
      return dispatchWorkgroups.apply(this, args);
    };
    pass.dispatchWorkgroupsIndirect = function counted(...args) {
      dispatches++;
      return dispatchWorkgroupsIndirect.apply(this, args);
    };
    queue.submit = function counted(...args) {
      submits++;
      return submit.apply(this, args);
    };
  }
  return () => ({ dispatches, submits });
}
