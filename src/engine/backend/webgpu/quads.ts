/** Asks a device whether its threads can hear their neighbours, by trying: WGSL leaves open which threads form a quad. */
import probeText from "../../../shaders/quad_probe.wgsl?raw";
import { shaderText } from "../../ops/wgsl";
import type { StagingPool } from "./staging";

const THREADS = 64;

/** Whether the device has subgroups in which each quad is four neighbouring local indices, in order. */
export async function hasNeighbourQuads(device: GPUDevice, staging: StagingPool): Promise<boolean> {
  if (!device.features.has("subgroups")) return false;
  const size = THREADS * 4 * Uint32Array.BYTES_PER_ELEMENT;
  const heard = device.createBuffer({
    label: "quad probe",
    size,
    usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC,
  });
  try {
    const module = device.createShaderModule({ label: "quad probe", code: shaderText(probeText) });
    const pipeline = await device.createComputePipelineAsync({
      layout: "auto",
      compute: { module, entryPoint: "main" },
    });
    const layout = pipeline.getBindGroupLayout(0);
    const bindGroup = device.createBindGroup({ layout, entries: [{ binding: 0, resource: { buffer: heard } }] });
    const encoder = device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    pass.setPipeline(pipeline);
    pass.setBindGroup(0, bindGroup);
    pass.dispatchWorkgroups(1);
    pass.end();
    device.queue.submit([encoder.finish()]);
    const lanes = new Uint32Array(await staging.read(heard, 0, size));
    // Entry 4 t + j is what thread t heard from the quad's thread j.
    return lanes.every((lane, i) => lane === Math.floor(i / 16) * 4 + (i % 4));
  } catch {
    // A device that cannot say has none to count on; if it is lost, whatever comes next will say so.
    return false;
  } finally {
    heard.destroy();
  }
}
