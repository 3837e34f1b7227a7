// Counts what any library asks of a GPU, by listening in; changes nothing that it asks.

/** Starts counting dispatches in this worker. @returns how many there have been since */
export function countDispatches(): () => number {
  const { prototype } = GPUComputePassEncoder;
  const { dispatchWorkgroups, dispatchWorkgroupsIndirect } = prototype;
  let count = 0;
  prototype.dispatchWorkgroups = function counted(...args) {
    count++;
    return dispatchWorkgroups.apply(this, args);
  };
  prototype.dispatchWorkgroupsIndirect = function counted(...args) {
    count++;
    return dispatchWorkgroupsIndirect.apply(this, args);
  };
  return () => count;
}
