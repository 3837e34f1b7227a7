// `npm run size`: what a first visit downloads in JavaScript, gzipped, against its budgets: the page, the worker, and what the
// worker fetches besides where there is a GPU.
// Refuses to count what is loaded only on demand: what `import()` names.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { distDir } from "./support/buildPage";
import { measureFirstLoad } from "./support/firstLoad";

const budgetsKb = { page: 350, worker: 150, gpu: 50 };

if (!existsSync(join(distDir, "index.html"))) {
  console.error("Size: expected dist/index.html, got none. Run npm run build first.");
  process.exit(1);
}
const measured = measureFirstLoad(distDir);
for (const part of ["page", "worker", "gpu"] as const) {
  const kb = measured[part].gzipBytes / 1000;
  const verdict = kb <= budgetsKb[part] ? "within" : "OVER";
  console.log(`${part.padEnd(6)} ${kb.toFixed(1).padStart(7)} kB gzipped, ${verdict} ${budgetsKb[part]} kB`);
  for (const { name, gzipBytes } of measured[part].files) {
    console.log(`       ${(gzipBytes / 1000).toFixed(1).padStart(7)} kB ${name}`);
  }
  if (kb > budgetsKb[part]) process.exitCode = 1;
}
