// How the page is built and served while developing; knows nothing of the datasets' preparation or of tests.
import { readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";
import { assemblyPlugin } from "./scripts/support/assemblyPlugin.mjs";

const headers = JSON.parse(readFileSync(new URL("scripts/support/headers.json", import.meta.url), "utf8")) as {
  isolation: Record<string, string>;
  contentSecurityPolicy: string[];
};

/** Puts the Content-Security-Policy into the built page, so that static hosting without headers keeps the promise too.
 *  Not while developing: Vite's hot reload needs inline scripts. */
function contentSecurityPolicyTag(): Plugin {
  return {
    name: "content-security-policy",
    apply: "build",
    transformIndexHtml: () => [
      {
        tag: "meta",
        attrs: { "http-equiv": "Content-Security-Policy", content: headers.contentSecurityPolicy.join("; ") },
        injectTo: "head-prepend",
      },
    ],
  };
}

/** Leaves ops out of pages, and what loads datasets: records name them, but only workers build graphs and read files. In their place are
 *  functions that say so, should a page call one, and empty lists. What layers ask of shapes and sizes stays. */
function noOpsInPages(): Plugin {
  const left =
    /\/src\/engine\/(?:ops\/(?!(?:window|fill|packing|recurrentCells|wgsl)\.ts$)\w+|data\/(?:loadDataset|fetchFile|stages|keepDigits))\.ts$/;
  return {
    name: "no-ops-in-pages",
    apply: "build",
    enforce: "pre",
    load: (id) => {
      if (id.endsWith(".wgsl?raw")) return 'export default "";';
      if (!left.test(id)) return undefined;
      const text = readFileSync(id, "utf8");
      const functions = [...text.matchAll(/^export (?:async )?function (\w+)/gm)].map(
        ([, name]) => `export const ${name} = () => { throw new Error("${name} is for workers: pages do without."); };`,
      );
      const others = [...text.matchAll(/^export (?:const|class) (\w+)/gm)].map(
        ([, name]) => `export const ${name} = [];`,
      );
      return [...functions, ...others].join("\n");
    },
  };
}

/** What records do in graphs alone: layers and containers `build`, losses and metrics `perSample`, tasks `score` and `show`, and
 *  optimizers `update`; and how agents `play`. */
const graphMethods = new Set(["build", "perSample", "score", "show", "update", "play"]);

/** Leaves out of pages how records build graphs, for the same reason: what they say of shapes, fields and words stays. */
function noGraphsInPages(): Plugin {
  return {
    name: "no-graphs-in-pages",
    apply: "build",
    enforce: "post",
    transform: {
      filter: { id: /\/src\/engine\/(?:nn|tasks|optim)\/[\w/]+\.ts$/ },
      handler(code) {
        const left: Span[] = [];
        const visit = (node: unknown): void => {
          if (typeof node !== "object" || node === null) return;
          const { type, properties } = node as { readonly type?: string; readonly properties?: readonly Property[] };
          const isLeft = ({ key, shorthand }: Property): boolean => !shorthand && graphMethods.has(key?.name ?? "");
          if (type === "ObjectExpression") left.push(...(properties ?? []).filter(isLeft).map(({ value }) => value));
          for (const child of Object.values(node)) visit(child);
        };
        visit(this.parse(code));
        const outermost = left.filter(
          ({ start, end }) => !left.some((other) => other.start < start && end < other.end),
        );
        let rest = code;
        for (const { start, end } of outermost.toReversed()) rest = `${rest.slice(0, start)}noGraph${rest.slice(end)}`;
        return `${rest}\nfunction noGraph() { throw new Error("Graphs are for workers: pages build none."); }\n`;
      },
    },
  };
}

interface Span {
  readonly start: number;
  readonly end: number;
}

/** A property of an object in a parsed file. */
interface Property {
  readonly key?: { readonly name?: string };
  readonly shorthand?: boolean;
  readonly value: Span;
}

/** Leaves kernels' texts out of what a worker loads first: ops get the texts' names in their place, and `src/shaders/texts.ts`, which
 *  comes with the GPU's backend, has them all. Comments and indentation are for those who read the source. */
function shadersLater(): Plugin {
  const folder = fileURLToPath(new URL("src/shaders/", import.meta.url));
  const nameOf = (path: string): string => relative(folder, path).split(sep).join("/");
  const leanText = (path: string): string =>
    readFileSync(path, "utf8")
      .split("\n")
      .map((line) => line.replace(/\/\/.*$/, "").trim())
      .filter((line) => line !== "")
      .join("\n")
      .concat("\n");
  return {
    name: "shaders-later",
    apply: "build",
    enforce: "pre",
    load: (id) => {
      if (id.endsWith(".wgsl?raw")) return `export default ${JSON.stringify(nameOf(id.slice(0, -"?raw".length)))};`;
      if (nameOf(id) !== "texts.ts") return undefined;
      const names = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".wgsl"));
      const texts = Object.fromEntries(names.map((name) => [nameOf(join(folder, name)), leanText(join(folder, name))]));
      return `export const shaderTexts = ${JSON.stringify(texts)};`;
    },
  };
}

export default defineConfig({
  base: "./",
  plugins: [react(), assemblyPlugin(), noOpsInPages(), noGraphsInPages(), contentSecurityPolicyTag()],
  server: {
    headers: headers.isolation,
    watch: { ignored: ["**/.cache/**", "**/dist/**", "**/tests/output/**"] },
  },
  preview: { headers: headers.isolation },
  build: {
    // The first versions with WebGPU, or with the little that the CPU path needs.
    target: ["chrome113", "edge113", "firefox121", "safari17"],
    // scripts/size.ts measures, with a budget.
    chunkSizeWarningLimit: 10_000,
    // Advice on profiling the build is nothing to whoever starts the page; and what a worker fetches later, pages may have at once.
    rolldownOptions: { checks: { bundlerTimings: false, ineffectiveDynamicImport: false } },
  },
  worker: {
    format: "es",
    plugins: () => [assemblyPlugin(), shadersLater()],
    // A folder of its own, so that the size check tells the worker from the page.
    rolldownOptions: {
      checks: { bundlerTimings: false, ineffectiveDynamicImport: false },
      output: {
        // One script for all that a worker starts with, as for pages: many small ones are more requests, and compress badly.
        codeSplitting: { groups: [{ name: "start", tags: ["$initial" as const] }] },
        entryFileNames: "worker/[name]-[hash].js",
        chunkFileNames: "worker/chunk-[name]-[hash].js",
      },
    },
  },
});
