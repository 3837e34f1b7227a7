// A Vite plugin: `import kernels from "./index.ts?assembly=simd"` gives the AssemblyScript module compiled to WebAssembly,
// as base64 text. `simd` is plain SIMD, `relaxed` uses relaxed SIMD too; `..Shared` runs on several threads. Compiled once for each state of the sources, into
// .cache; nothing binary is ever committed. A module `x.ts` that is not there is the text that `x.mjs` exports.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const cache = join(dirname(dirname(dirname(fileURLToPath(import.meta.url)))), ".cache", "assembly");

const simd = ["--noAssert", "--runtime", "stub", "--importMemory", "-O3", "--disableWarning"];
simd.push("--enable", "simd", "--enable", "threads");
const relaxed = [...simd, "--enable", "relaxed-simd"];
// The memory of threads has a fixed maximum; `linearMemory.ts` makes it with the same.
const shared = ["--sharedMemory", "--maximumMemory", "32768"];
/** @type {Record<string, string[]>} */
const variants = { simd, relaxed, simdShared: [...simd, ...shared], relaxedShared: [...relaxed, ...shared] };

/** @returns {import("vite").Plugin} */
export function assemblyPlugin() {
  return {
    name: "assembly",
    enforce: "pre",
    async load(id) {
      const [file, query] = id.split("?");
      const variant = query?.match(/^assembly=(\w+)$/)?.[1];
      if (file === undefined || variant === undefined) return null;
      const flags = variants[variant];
      if (flags === undefined) {
        throw new Error(`${id}: expected one of ${Object.keys(variants).join(", ")}, got "${variant}".`);
      }
      for (const name of readdirSync(dirname(file))) this.addWatchFile(join(dirname(file), name));
      return `export default ${JSON.stringify((await compile(file, flags)).toString("base64"))};`;
    },
  };
}

/** @param {string} file @param {string[]} flags */
async function compile(file, flags) {
  const folder = dirname(file);
  const hash = createHash("sha256").update(flags.join(" "));
  for (const name of readdirSync(folder).toSorted()) hash.update(name).update(readFileSync(join(folder, name)));
  const cached = join(cache, `${hash.digest("hex").slice(0, 24)}.wasm`);
  if (existsSync(cached)) return readFileSync(cached);
  const { default: asc } = await import("assemblyscript/asc");
  const { error, binary, stderr } = await compileWith(asc, file, flags);
  if (error !== null || binary === null) {
    throw new Error(`${file}: expected AssemblyScript that compiles, got ${stderr || String(error)}`);
  }
  mkdirSync(cache, { recursive: true });
  // Several processes may compile at once; each writes a file of its own, and the last to rename wins.
  const partial = `${cached}.${process.pid}`;
  writeFileSync(partial, binary);
  renameSync(partial, cached);
  return Buffer.from(binary);
}

/** @param {typeof import("assemblyscript/asc").default} asc @param {string} file @param {string[]} flags */
async function compileWith(asc, file, flags) {
  /** @type {Uint8Array | null} */
  let binary = null;
  /** @type {Map<string, string>} */
  const written = new Map();
  for (const name of readdirSync(dirname(file)).filter((each) => each.endsWith(".mjs"))) {
    const writer = await import(pathToFileURL(join(dirname(file), name)).href);
    written.set(name.replace(/mjs$/, "ts"), writer.default);
  }
  const { error, stderr } = await asc.main([file.slice(file.lastIndexOf("/") + 1), "--outFile", "out.wasm", ...flags], {
    readFile: (name) => {
      const path = join(dirname(file), name);
      return written.get(name) ?? (existsSync(path) ? readFileSync(path, "utf8") : null);
    },
    writeFile: (name, contents) => {
      if (name === "out.wasm" && typeof contents !== "string") binary = contents;
    },
    listFiles: () => [],
  });
  return { error, binary, stderr: stderr.toString() };
}
