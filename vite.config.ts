// How the page is built and served while developing; knows nothing of the datasets' preparation or of tests.
import { readFileSync } from "node:fs";
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

/** Leaves ops out of pages: layers name those that they are made of, but only workers build graphs and run kernels. In their place are
 *  functions that say so, should a page call one, and empty lists. What layers ask of shapes and sizes stays. */
function noOpsInPages(): Plugin {
  const left = /\/src\/engine\/ops\/(?!(?:window|fill|packing|recurrentCells|wgsl)\.ts$)\w+\.ts$/;
  return {
    name: "no-ops-in-pages",
    apply: "build",
    enforce: "pre",
    load: (id) => {
      if (id.endsWith(".wgsl?raw")) return 'export default "";';
      if (!left.test(id)) return undefined;
      const text = readFileSync(id, "utf8");
      const functions = [...text.matchAll(/^export (?:async )?function (\w+)/gm)].map(
        ([, name]) =>
          `export const ${name} = () => { throw new Error("${name} is for workers: pages have no ops."); };`,
      );
      const others = [...text.matchAll(/^export (?:const|class) (\w+)/gm)].map(
        ([, name]) => `export const ${name} = [];`,
      );
      return [...functions, ...others].join("\n");
    },
  };
}

/** Leaves comments and indentation out of the kernels' texts: they are for those who read the source. */
function leanShaders(): Plugin {
  return {
    name: "lean-shaders",
    apply: "build",
    enforce: "pre",
    load: (id) => {
      if (!id.endsWith(".wgsl?raw")) return undefined;
      const lines = readFileSync(id.slice(0, -"?raw".length), "utf8").split("\n");
      const lean = lines.map((line) => line.replace(/\/\/.*$/, "").trim()).filter((line) => line !== "");
      return `export default ${JSON.stringify(`${lean.join("\n")}\n`)};`;
    },
  };
}

export default defineConfig({
  base: "./",
  plugins: [react(), assemblyPlugin(), noOpsInPages(), contentSecurityPolicyTag()],
  server: {
    headers: headers.isolation,
    watch: { ignored: ["**/.cache/**", "**/dist/**", "**/tests/output/**"] },
  },
  preview: { headers: headers.isolation },
  build: {
    // The first versions with WebGPU, or with the little that the CPU path needs.
    target: ["chrome113", "edge113", "firefox120", "safari17"],
    // scripts/size.ts measures, with a budget.
    chunkSizeWarningLimit: 2000,
    // Advice on profiling the build is nothing to whoever starts the page.
    rolldownOptions: { checks: { bundlerTimings: false } },
  },
  worker: {
    format: "es",
    plugins: () => [assemblyPlugin(), leanShaders()],
    // A folder of its own, so that the size check tells the worker from the page.
    rolldownOptions: {
      checks: { bundlerTimings: false },
      output: { entryFileNames: "worker/[name]-[hash].js", chunkFileNames: "worker/chunk-[name]-[hash].js" },
    },
  },
});
