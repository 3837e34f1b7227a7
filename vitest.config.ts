// Which tests run where: everything but the page in Node, the page in a real browser; `npm test` gives both what they need.
import { defineConfig } from "vitest/config";
import { assemblyPlugin } from "./scripts/support/assemblyPlugin.mjs";

/** Whole trainings, surveys and matrices, which take minutes: `npm run test:full` alone has them. */
const later = process.env["DESCENT_TESTS"] === "full" ? [] : ["tests/**/*.full.test.ts"];

export default defineConfig({
  plugins: [assemblyPlugin()],
  test: {
    // Processes rather than threads: Dawn is one native library a process.
    pool: "forks",
    // One more than the processors of the smallest machine: tests wait for a GPU, a thread or a page a sixth of their time.
    maxWorkers: 3,
    // One after another in the same processes: starting a file anew reads half of the engine again. Each test lets go of what it
    // opens.
    isolate: false,
    allowOnly: false,
    passWithNoTests: false,
    restoreMocks: true,
    projects: [
      {
        extends: true,
        test: {
          name: "node",
          environment: "node",
          setupFiles: ["tests/support/laterWords.ts"],
          // Its four megabytes need no rewriting.
          server: { deps: { external: [/h5wasm/] } },
          include: ["tests/**/*.test.ts"],
          exclude: ["tests/e2e/**", ...later],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: "e2e",
          environment: "node",
          include: ["tests/e2e/**/*.test.ts"],
          exclude: later,
          globalSetup: ["tests/support/pageSetup.ts"],
          setupFiles: ["tests/support/pageReady.ts"],
          testTimeout: 180_000,
          hookTimeout: 180_000,
          // What a page shows a moment later is waited for, on a busy machine too.
          expect: { poll: { timeout: 15_000 } },
          // After the others, of which each takes a processor for itself.
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
