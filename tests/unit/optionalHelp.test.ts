// Help that is welcome and not needed, withheld: a device, a database, threads, WebAssembly itself. Training is opened anyway.
import { afterEach, describe, expect, it, vi } from "vitest";
import { startThread } from "../../scripts/support/helperThread";
import { openCpuBackend } from "../../src/engine/backend/cpu/openCpuBackend";
import { LinearMemory } from "../../src/engine/backend/cpu/wasm/linearMemory";
import { describeAdapter } from "../../src/engine/backend/webgpu/adapter";
import { chooseBackend } from "../../src/engine/device/chooseBackend";
import { openDeviceStore } from "../../src/engine/device/deviceStore";
import { testGpu } from "../support/gpu";
import { isLost } from "../support/fakeGpu";
import { english } from "../../src/engine/words/said";

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** An adapter that is there, and who gives it. */
async function foundAdapter(): Promise<{ gpu: GPU; adapter: GPUAdapter }> {
  const gpu = await testGpu();
  const adapter = await gpu.requestAdapter();
  if (!adapter) throw new Error("no adapter");
  vi.spyOn(gpu, "requestAdapter").mockResolvedValue(adapter);
  return { gpu, adapter };
}

describe("a GPU", () => {
  it("whose device never comes gives way to the CPU, and is closed when it comes after all", async () => {
    const { gpu, adapter } = await foundAdapter();
    const device = await adapter.requestDevice();
    let answer: ((late: GPUDevice) => void) | undefined;
    const asked = vi.spyOn(adapter, "requestDevice").mockReturnValue(
      new Promise((resolve) => {
        answer = resolve;
      }),
    );
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const choosing = chooseBackend("webgpu", gpu);
    // What the device is asked with is fetched first, which takes real time.
    while (asked.mock.calls.length === 0) await new Promise((resolve) => setImmediate(resolve));
    await vi.advanceTimersByTimeAsync(8010);
    const { report } = await choosing;
    expect(report.kind).toBe("cpu");
    expect(english(report.reason)).toMatch(
      /gave no device \(GPU device: expected an answer within 8 s, got none\.\), so training runs on/,
    );
    vi.useRealTimers();
    answer?.(device);
    await expect.poll(() => isLost(device)).toBe(true);
  });

  it("whose kernels cannot be fetched gives way to the CPU", async () => {
    const { gpu } = await foundAdapter();
    const fetchMore = () => Promise.reject(new TypeError("Failed to fetch dynamically imported module"));
    const { backend, report } = await chooseBackend("webgpu", gpu, { fetchMore });
    backend.dispose();
    expect(report.kind).toBe("cpu");
    expect(english(report.reason)).toMatch(/gave no device \(TypeError: Failed to fetch.*\), so training runs on/);
  });

  it("that tells of its adapter only when asked, as Chrome did until 126, is used", async () => {
    const { gpu, adapter } = await foundAdapter();
    const old = { vendor: "acme", architecture: "one", device: "", description: "" };
    Object.defineProperty(adapter, "info", { value: undefined });
    Object.defineProperty(adapter, "requestAdapterInfo", { value: async () => old });
    const { backend, report } = await chooseBackend("auto", gpu);
    expect(report).toMatchObject({ kind: "webgpu", adapter: "acme one" });
    backend.dispose();
  });

  it.each([
    [{}, "unknown adapter", false],
    [{ isFallbackAdapter: true }, "unknown adapter", true],
    [{ requestAdapterInfo: async () => ({ architecture: "swiftshader" }) }, "swiftshader", true],
  ])("is described by whatever there is: %o", async (members, description, software) => {
    const { adapter } = await foundAdapter();
    const requestDevice = adapter.requestDevice.bind(adapter);
    expect(await describeAdapter({ requestDevice, ...members })).toEqual({ description, software });
  });
});

describe("a database", () => {
  it.each([
    ["is missing", () => undefined],
    [
      "may not be named",
      () => {
        throw new DOMException("The operation is insecure.", "SecurityError");
      },
    ],
    [
      "refuses to open",
      () => ({
        open() {
          throw new DOMException("No room.", "UnknownError");
        },
      }),
    ],
  ])("that %s leaves what is learned to this visit", async (_, get) => {
    Object.defineProperty(globalThis, "indexedDB", { configurable: true, get });
    try {
      const store = openDeviceStore("test");
      expect(await store.get("key")).toBeUndefined();
      await store.set("key", [1]);
      expect(await store.get("key")).toEqual([1]);
    } finally {
      Reflect.deleteProperty(globalThis, "indexedDB");
    }
  });

  it("that never answers is asked once, for two seconds", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const open = vi.fn(() => ({}));
    vi.stubGlobal("indexedDB", { open });
    const store = openDeviceStore("test");
    const answers = Promise.all([store.get("one"), store.get("two"), store.set("three", 3)]);
    await vi.advanceTimersByTimeAsync(2010);
    expect(await answers).toEqual([undefined, undefined, undefined]);
    expect(await store.get("four")).toBeUndefined();
    expect(open).toHaveBeenCalledOnce();
  });
});

describe("the CPU", () => {
  const opened = async (options: Parameters<typeof openCpuBackend>[0] = {}, open = openCpuBackend) => {
    const hindrances: string[] = [];
    const backend = await open({
      ...options,
      onHindrance: (hindrance) => hindrances.push(english(hindrance)),
    });
    backend.dispose();
    return { adapter: backend.adapter, hindrances };
  };

  it("uses JavaScript where the page's policy forbids WebAssembly, and says so", async () => {
    // As in a page that has compiled nothing yet.
    vi.resetModules();
    const { openCpuBackend: afresh } = await import("../../src/engine/backend/cpu/openCpuBackend");
    vi.spyOn(WebAssembly, "compile").mockRejectedValue(new WebAssembly.CompileError("blocked by policy"));
    const { adapter, hindrances } = await opened({}, afresh);
    expect(adapter).toBe("CPU (JavaScript)");
    expect(hindrances).toEqual([
      "This page may not compile WebAssembly (blocked by policy), so JavaScript computes, which is slower.",
    ]);
    // Browsers quote the policy, however long it is.
    vi.spyOn(WebAssembly, "compile").mockRejectedValue(new WebAssembly.CompileError(`blocked by ${"x".repeat(300)}`));
    expect((await opened({}, afresh)).hindrances[0]).toMatch(/\(blocked by x+…\), so JavaScript/);
  });

  it.each([1, 2])("takes a smaller memory where 2 GiB are refused, with %i threads", async (threads) => {
    const { Memory } = WebAssembly;
    vi.spyOn(WebAssembly, "Memory").mockImplementation(function refuse(descriptor) {
      if ((descriptor.maximum ?? Infinity) > 8192) throw new RangeError("could not allocate memory");
      return new Memory(descriptor);
    });
    const { adapter, hindrances } = await opened({ threads, startHelper: startThread });
    expect(adapter).toMatch(new RegExp(`^WebAssembly .*, ${threads} thread`));
    expect(hindrances).toEqual([]);
    expect(new LinearMemory(false).maxBytes).toBeLessThan(8192 * 65_536);
  });

  it("uses JavaScript where no memory is to be had, and says so", async () => {
    vi.spyOn(WebAssembly, "Memory").mockImplementation(function refuse() {
      throw new RangeError("could not allocate memory");
    });
    const { adapter, hindrances } = await opened({ threads: 2, startHelper: startThread });
    expect(adapter).toBe("CPU (JavaScript)");
    expect(hindrances).toEqual([
      "This machine gave WebAssembly no memory (could not allocate memory), so JavaScript computes, which is slower.",
    ]);
  });

  it("uses one thread where a helper fails, and ends those that did start", async () => {
    const stop = vi.fn();
    const { adapter } = await opened({
      threads: 3,
      startHelper: async ({ thread }) => {
        if (thread === 2) throw new Error("no more threads");
        return stop;
      },
    });
    expect(adapter).toMatch(/1 thread$/);
    expect(stop).toHaveBeenCalledOnce();
  });

  it("uses one thread where a helper never says that it listens", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const [hear, terminate] = [vi.fn(), vi.fn()];
    class SilentWorker extends EventTarget {
      postMessage = hear;
      terminate = terminate;
    }
    vi.stubGlobal("Worker", SilentWorker);
    const opening = opened({ threads: 2 });
    // Fetching and compiling the kernels take time of their own.
    await vi.waitFor(() => expect(hear).toHaveBeenCalledOnce());
    await vi.advanceTimersByTimeAsync(8010);
    const { adapter, hindrances } = await opening;
    expect(adapter).toMatch(/1 thread$/);
    expect(hindrances[0]).toContain("Helping thread: expected an answer within 8 s, got none.");
    expect(terminate).toHaveBeenCalledOnce();
  });
});
