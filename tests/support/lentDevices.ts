// Devices that the tests of a process share, each test as if it were its own: a shader that one of them has had compiled is there
// at once for the others, where software compiles for seconds. What is lost with a device needs one of its own.

/** Devices by what was asked of them, and the pipelines that they keep: Dawn takes an equal one that lives for a new one. */
const shared = new Map<string, Promise<GPUDevice>>();
const pipelines = new Set<GPUComputePipeline>();

/** The GPU, with adapters that lend devices. */
export const lender = (gpu: GPU): GPU => ({
  __brand: "GPU",
  wgslLanguageFeatures: gpu.wgslLanguageFeatures,
  getPreferredCanvasFormat: () => gpu.getPreferredCanvasFormat(),
  async requestAdapter(options) {
    const adapter = await gpu.requestAdapter(options);
    if (!adapter) return null;
    const open = adapter.requestDevice.bind(adapter);
    adapter.requestDevice = async (descriptor = {}) => {
      const { requiredLimits = {}, requiredFeatures = [] } = descriptor;
      const asked = JSON.stringify([requiredLimits, [...requiredFeatures]]);
      const device = shared.get(asked) ?? open(descriptor);
      shared.set(asked, device);
      // What cannot be opened is asked for anew.
      device.catch(() => shared.delete(asked));
      return standIn(await device);
    };
    return adapter;
  },
});

/** A device that is destroyed by itself: its buffers are, and whoever uses it hears that it is lost. */
function standIn(device: GPUDevice): GPUDevice {
  const buffers = new Set<WeakRef<GPUBuffer>>();
  let tellLost: (info: GPUDeviceLostInfo) => void = () => {};
  const own: Pick<GPUDevice, "lost" | "createBuffer" | "createComputePipelineAsync" | "destroy"> = {
    lost: new Promise((resolve) => {
      tellLost = resolve;
    }),
    createBuffer(descriptor) {
      const buffer = device.createBuffer(descriptor);
      buffers.add(new WeakRef(buffer));
      return buffer;
    },
    async createComputePipelineAsync(descriptor) {
      const pipeline = await device.createComputePipelineAsync(descriptor);
      pipelines.add(pipeline);
      return pipeline;
    },
    destroy() {
      for (const buffer of buffers) buffer.deref()?.destroy();
      buffers.clear();
      tellLost({ __brand: "GPUDeviceLostInfo", reason: "destroyed", message: "Device was destroyed." });
    },
  };
  return new Proxy(own as GPUDevice, {
    has: (target, name) => name in target || name in device,
    get(target, name) {
      if (Object.hasOwn(target, name)) return Reflect.get(target, name);
      const value: unknown = Reflect.get(device, name);
      return typeof value === "function" ? value.bind(device) : value;
    },
  });
}
