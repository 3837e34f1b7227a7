// That the machinery under the tests is real: a shader runs in Node, and the browser has or lacks WebGPU as asked.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { serveFolder } from "../../scripts/support/staticServer";
import { launchChromium } from "../../scripts/support/launchChromium";
import { openPage } from "../support/browser";
import { testGpu } from "../support/gpu";

describe("WebGPU in Node", () => {
  it("runs a compute shader", async () => {
    const gpu = await testGpu();
    const adapter = await gpu.requestAdapter();
    const device = await adapter?.requestDevice();
    if (device === undefined) throw new Error("no device");
    const code = `
      @group(0) @binding(0) var<storage, read_write> data: array<f32>;
      @compute @workgroup_size(4) fn main(@builtin(global_invocation_id) id: vec3u) { data[id.x] = data[id.x] * 3.0 + 1.0; }`;
    const pipeline = await device.createComputePipelineAsync({
      layout: "auto",
      compute: { module: device.createShaderModule({ code }) },
    });
    const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
    const buffer = device.createBuffer({ size: 16, usage });
    const staging = device.createBuffer({ size: 16, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST });
    device.queue.writeBuffer(buffer, 0, new Float32Array([0, 1, 2, -1]));
    const encoder = device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    pass.setPipeline(pipeline);
    pass.setBindGroup(
      0,
      device.createBindGroup({
        layout: pipeline.getBindGroupLayout(0),
        entries: [{ binding: 0, resource: { buffer } }],
      }),
    );
    pass.dispatchWorkgroups(1);
    pass.end();
    encoder.copyBufferToBuffer(buffer, 0, staging, 0, 16);
    device.queue.submit([encoder.finish()]);
    await staging.mapAsync(GPUMapMode.READ);
    expect([...new Float32Array(staging.getMappedRange())]).toEqual([1, 4, 7, -2]);
    device.destroy();
  });
});

describe("Chromium", () => {
  const folder = mkdtempSync(join(tmpdir(), "descent-"));
  beforeAll(() => writeFileSync(join(folder, "index.html"), "<!doctype html><title>Hello</title>"));
  afterAll(() => rmSync(folder, { recursive: true }));

  const adapterOn = async (webgpu: "swiftshader" | "none") => {
    const browser = await launchChromium(webgpu);
    const server = await serveFolder(folder, 0);
    try {
      const { page } = await openPage(browser, server.url);
      return await page.evaluate(async () => {
        const adapter = await navigator.gpu.requestAdapter();
        const device = await adapter?.requestDevice();
        return {
          isolated: crossOriginIsolated,
          architecture: adapter?.info.architecture,
          isFallback: adapter?.info.isFallbackAdapter,
          hasDevice: device !== undefined,
        };
      });
    } finally {
      await server.close();
      await browser.close();
    }
  };

  it("offers a software adapter when asked to", async () => {
    expect(await adapterOn("swiftshader")).toEqual({
      isolated: true,
      architecture: "swiftshader",
      isFallback: true,
      hasDevice: true,
    });
  });

  it("has no adapter otherwise", async () => {
    expect(await adapterOn("none")).toEqual({ isolated: true, hasDevice: false });
  });
});
