// Starts the Chromium that tests and the benchmark drive, quiet and, if wanted, with WebGPU; the one place for its flags.
import { type Browser, chromium, type LaunchOptions } from "playwright-core";
import { type BrowserProgram, browserProgram } from "./chromium";

/** `swiftshader`: a software adapter, so that kernels run. `best`: the GPU of a browser that the machine has or that the
 *  user names, where the npm package's Chromium has none but `swiftshader`. `none`: what a visitor without a GPU meets,
 *  where `navigator.gpu` is there and `requestAdapter()` gives null. */
export type BrowserWebGpu = "swiftshader" | "best" | "none";

const quietFlags = [
  "--no-sandbox",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--disable-quic",
  "--no-first-run",
  // A camera that shows a clock, and is not asked for: no machine of tests has one.
  "--use-fake-device-for-media-stream",
  "--use-fake-ui-for-media-stream",
];

const softwareFlag = "--use-webgpu-adapter=swiftshader";

function webGpuFlags(webgpu: BrowserWebGpu, program: BrowserProgram): string[] {
  if (webgpu === "none") return [];
  const hasOwnGpu = "channel" in program || process.env["DESCENT_CHROME"] !== undefined;
  return ["--enable-unsafe-webgpu", ...(webgpu === "best" && hasOwnGpu ? [] : [softwareFlag])];
}

/** Starts a headless browser. The caller closes it. */
export async function launchChromium(
  webgpu: BrowserWebGpu,
  options: Pick<LaunchOptions, "handleSIGINT" | "handleSIGTERM"> = {},
): Promise<Browser> {
  return chromium.launch({ ...(await launchOptions(webgpu)), ...options });
}

async function launchOptions(webgpu: BrowserWebGpu): Promise<LaunchOptions> {
  const program = await browserProgram();
  const args = [...quietFlags, ...webGpuFlags(webgpu, program)];
  if ("channel" in program) return { channel: program.channel, args };
  const inherited = Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined);
  // Dawn's own driver is for Node alone: the browser brings its own.
  const env = { ...Object.fromEntries(inherited.filter(([name]) => !name.startsWith("VK_"))), ...program.env };
  return { executablePath: program.executablePath, args, env };
}
