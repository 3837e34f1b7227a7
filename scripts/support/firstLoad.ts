// Finds which scripts of a built page load at once, and weighs them; reads Vite's output, runs none of it.
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { gzipSync } from "node:zlib";

/** Scripts and their weight as a server would send them. */
interface Weighed {
  readonly files: readonly { readonly name: string; readonly gzipBytes: number }[];
  readonly gzipBytes: number;
}

/** @param dist a built page: index.html, and in `worker/` the worker that trains and its helpers. Others there (a visitor's own data,
 *  runs as files, UMAP, films) are started by views and dialogs that are loaded later themselves
 *  @returns what page and worker load at once, and what the worker fetches besides when it finds a GPU
 *  @throws Error when no script is found for one of them: then the reading of Vite's output is wrong */
export function measureFirstLoad(dist: string): { page: Weighed; worker: Weighed; gpu: Weighed } {
  const html = readFileSync(join(dist, "index.html"), "utf8");
  const tags = html.match(/<(?:script|link)\b[^>]*>/g) ?? [];
  const scripts = tags
    .filter((tag) => tag.startsWith("<script") || /rel="?modulepreload/.test(tag))
    .flatMap((tag) => /(?:src|href)="([^"]+\.js)"/.exec(tag)?.[1] ?? []);
  if (scripts.length === 0) throw new Error(`Size: expected a script in ${dist}/index.html, got none.`);
  const names = readdirSync(join(dist), { recursive: true, encoding: "utf8" }).map((name) => name.split(sep).join("/"));
  const workers = names.filter((name) => /^worker\/(?:worker|helperWorker)-[^/]+\.js$/.test(name));
  if (workers.length === 0) throw new Error(`Size: expected a worker in ${dist}/worker, got none.`);
  const ofGpu = names.filter((name) => /^worker\/chunk-(webgpuBackend|gpuCare)-[^/]+\.js$/.test(name));
  if (ofGpu.length === 0) throw new Error(`Size: expected a chunk for GPUs in ${dist}/worker, got none.`);
  const there = withStaticImports(dist, workers);
  return { page: weigh(dist, scripts), worker: weigh(dist, workers), gpu: weigh(dist, ofGpu, there) };
}

function weigh(dist: string, entries: readonly string[], there: ReadonlySet<string> = new Set()): Weighed {
  const paths = [...withStaticImports(dist, entries)].filter((path) => !there.has(path));
  const files = paths.map((path) => ({
    name: relative(dist, path),
    gzipBytes: gzipSync(readFileSync(path), { level: 9 }).length,
  }));
  return { files, gzipBytes: files.reduce((sum, file) => sum + file.gzipBytes, 0) };
}

/** Follows `import ... from "./x.js"`, `export ... from "./x.js"` and `import "./x.js"`, but not `import("./x.js")`. */
function withStaticImports(dist: string, entries: readonly string[]): Set<string> {
  const found = new Set<string>();
  const waiting = entries.map((entry) => join(dist, entry));
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (found.has(path)) continue;
    found.add(path);
    const code = readFileSync(path, "utf8");
    for (const [, specifier] of code.matchAll(/(?:\bfrom|\bimport)\s*["'](\.{1,2}\/[^"']+\.js)["']/g)) {
      if (specifier !== undefined) waiting.push(join(dirname(path), specifier));
    }
  }
  return found;
}
