// `npm run check`: everything that must hold before a commit, quickest first; stops at the first that does not.
import { join } from "node:path";
import { run } from "./support/commands";
import { root } from "./support/paths";

const bin = (name: string) => join(root, "node_modules", ".bin", name);
const script = (name: string) => [join(root, "scripts", "run.mjs"), join(root, "scripts", name)];

const steps: readonly (readonly [name: string, program: string, args: readonly string[]])[] = [
  ["format", bin("oxfmt"), ["--check"]],
  ["lint", bin("oxlint"), ["--deny-warnings"]],
  ["types", bin("tsc"), ["--noEmit"]],
  ["unused code", bin("knip"), []],
  ["build", process.execPath, script("build.ts")],
  ["size", process.execPath, script("size.ts")],
  ["tests", process.execPath, script("test.ts")],
];

for (const [name, program, args] of steps) {
  console.log(`\n— ${name}`);
  const exitCode = await run(program, args);
  if (exitCode !== 0) {
    console.error(`\ncheck: ${name} failed`);
    process.exit(exitCode);
  }
}
console.log("\ncheck: everything holds");
