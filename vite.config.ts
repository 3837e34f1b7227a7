// How the page is built and served while developing; knows nothing of the datasets' preparation or of tests.
import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";
import { contentSecurityPolicy, isolationHeaders } from "./scripts/support/headers";

/** Puts the Content-Security-Policy into the built page, so that static hosting without headers keeps the promise too.
 *  Not while developing: Vite's hot reload needs inline scripts. */
function contentSecurityPolicyTag(): Plugin {
  return {
    name: "content-security-policy",
    apply: "build",
    transformIndexHtml: () => [
      {
        tag: "meta",
        attrs: { "http-equiv": "Content-Security-Policy", content: contentSecurityPolicy },
        injectTo: "head-prepend",
      },
    ],
  };
}

export default defineConfig({
  base: "./",
  plugins: [react(), contentSecurityPolicyTag()],
  server: { headers: isolationHeaders },
  preview: { headers: isolationHeaders },
  build: {
    target: ["chrome113", "edge113", "firefox120", "safari17"],
    // Where its own budget is measured by scripts/size.ts.
    chunkSizeWarningLimit: 2000,
  },
  worker: {
    format: "es",
    // A folder of its own, so that the size check tells the worker from the page.
    rolldownOptions: {
      output: { entryFileNames: "worker/[name]-[hash].js", chunkFileNames: "worker/chunk-[name]-[hash].js" },
    },
  },
});
