// Runs a TypeScript script in plain Node: `node scripts/run.mjs scripts/train.ts --epochs 1`. Bundles with Vite, so that
// scripts import the engine and its `?raw` shaders exactly as the page does; refuses to be a watcher or a cache.
//
// A bundle rather than Vite's module runner, because the runner turns every imported binding into a property read, which
// makes the CPU kernels slower than they are in the page. Packages stay outside the bundle but for one.
import { mkdirSync, readdirSync, rmSync, statSync } from "node:fs";
import { dirname, join, parse, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "vite";
import { assemblyPlugin } from "./support/assemblyPlugin.mjs";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const [script, ...args] = process.argv.slice(2);
if (script === undefined) {
  console.error("run: expected a script, got none. Name one, for example: node scripts/run.mjs scripts/train.ts");
  process.exit(2);
}

// One folder a process, inside the repository so that packages resolve, and removed at the end. A killed process leaves
// its folder behind, so those of another day go too.
const runs = join(root, ".cache", "run");
const outDir = join(runs, `${parse(script).name}-${process.pid}`);
mkdirSync(outDir, { recursive: true });
for (const name of readdirSync(runs)) {
  const folder = join(runs, name);
  const ageMs = Date.now() - (statSync(folder, { throwIfNoEntry: false })?.mtimeMs ?? 0);
  if (ageMs > 86_400_000) rmSync(folder, { recursive: true, force: true });
}
process.once("exit", () => rmSync(outDir, { recursive: true, force: true }));

await build({
  root,
  configFile: false,
  publicDir: false,
  plugins: [assemblyPlugin()],
  logLevel: "error",
  // TensorFlow.js names its own files without their endings, which Node does not find.
  ssr: { noExternal: [/^@tensorflow\//] },
  build: {
    ssr: resolve(script),
    outDir,
    target: "node20",
    minify: false,
    sourcemap: "inline",
    // Scripts have at once what a worker fetches later.
    rolldownOptions: {
      checks: { ineffectiveDynamicImport: false },
      output: { entryFileNames: "script.mjs", chunkFileNames: "[name]-[hash].mjs" },
    },
  },
});

// The script sees the arguments it would see if Node ran it directly.
process.setSourceMapsEnabled(true);
process.argv = [process.argv[0] ?? "node", join(outDir, "script.mjs"), ...args];
await import(pathToFileURL(join(outDir, "script.mjs")).href);
