// Gives a Node process WebGPU (Dawn); the only place that knows which Vulkan driver that needs. Refuses to fall back.
import { spawn } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { create, globals } from "webgpu";
import { unpackChromium } from "./chromium";

/** The environment that Dawn needs from the moment its process starts: the dynamic linker reads it only then. Empty
 *  where the machine's own driver does: off Linux, on a Linux with a GPU, and where VK_ICD_FILENAMES or
 *  VK_DRIVER_FILES already names a driver. DESCENT_VULKAN=swiftshader or =system decides it by hand. */
export async function dawnEnvironment(): Promise<Record<string, string>> {
  if (usesOwnDriver()) return {};
  const { folder, vulkanIcd } = await unpackChromium();
  const libraries = [folder, process.env["LD_LIBRARY_PATH"]].filter((path) => path !== undefined && path !== "");
  return { VK_ICD_FILENAMES: vulkanIcd, LD_LIBRARY_PATH: libraries.join(":") };
}

function usesOwnDriver(): boolean {
  if (process.platform !== "linux") return true;
  if (process.env["VK_ICD_FILENAMES"] !== undefined || process.env["VK_DRIVER_FILES"] !== undefined) return true;
  const chosen = process.env["DESCENT_VULKAN"];
  if (chosen !== undefined) return chosen === "system";
  const files = (folder: string) => (existsSync(folder) ? readdirSync(folder) : []);
  const hasDevice = files("/dev/dri").some((name) => name.startsWith("renderD")) || existsSync("/dev/nvidia0");
  const hasDriver = ["/usr/share/vulkan/icd.d", "/etc/vulkan/icd.d"].some((folder) => files(folder).length > 0);
  return hasDevice && hasDriver;
}

/** WebGPU for a script. Where the environment lacks what Dawn needs, starts the same script again with it, passes its
 *  exit code on and never returns: call it before doing any work. */
export async function openScriptGpu(): Promise<GPU> {
  const environment = await dawnEnvironment();
  if (Object.keys(environment).length > 0) {
    const child = spawn(process.execPath, ["--enable-source-maps", ...process.argv.slice(1)], {
      env: { ...process.env, ...environment },
      stdio: "inherit",
    });
    // Ctrl-C reaches both processes; this one waits for the other, which may be saving its work.
    process.on("SIGINT", () => {});
    const exitCode = await new Promise<number>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (code) => resolve(code ?? 1));
    });
    process.exit(exitCode);
  }
  return openGpu();
}

let gpu: GPU | undefined;

/** WebGPU for a process that was started with `dawnEnvironment`; the same object on every call, because Dawn stops
 *  working when its GPU object is collected. Also sets the globals (GPUBufferUsage and the like). */
export function openGpu(): GPU {
  if (gpu === undefined) {
    Object.assign(globalThis, globals);
    gpu = create([]);
  }
  return gpu;
}
