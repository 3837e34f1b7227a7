// What the CPU backend runs on is found out when it opens: each variant gets a Node of its own with
// these instructions and no others, which trains.
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, expect, test } from "vitest";
import { root } from "../../scripts/support/paths";

interface Trained {
  readonly adapter: string;
  readonly curve: readonly { readonly loss: number; readonly accuracy: number }[];
  readonly test: { readonly loss: number };
}

/** Flags of V8 that take effect before any WebAssembly is compiled; those it does not know, it ignores. */
const withFlag = (flag: string): readonly string[] => [
  "--import",
  `data:text/javascript,import { setFlagsFromString } from "node:v8"; setFlagsFromString("${flag}");`,
];

const variants: readonly (readonly [adapter: string, nodeArguments: readonly string[]])[] = [
  ["WebAssembly with relaxed SIMD, 1 thread", withFlag("--experimental-wasm-relaxed-simd")],
  ["WebAssembly with SIMD, 1 thread", withFlag("--no-experimental-wasm-relaxed-simd")],
  // Without these instructions V8 has no SIMD; other processors always have some, unless WebAssembly is off.
  ["CPU (JavaScript)", process.arch === "x64" ? ["--no-enable-sse4-1"] : ["--jitless"]],
];

const folder = mkdtempSync(join(tmpdir(), "descent-"));
afterAll(() => rmSync(folder, { recursive: true }));

async function train(nodeArguments: readonly string[]): Promise<Trained> {
  const json = join(folder, "trained.json");
  const options = ["--preset", "points-circle", "--steps", "8", "--json", json];
  await promisify(execFile)(process.execPath, [...nodeArguments, "scripts/run.mjs", "scripts/train.ts", ...options], {
    cwd: root,
  });
  return JSON.parse(readFileSync(json, "utf8")) as Trained;
}

test("opens the best that this machine runs, and learns the same on each", async () => {
  const trained: Trained[] = [];
  for (const [, nodeArguments] of variants) trained.push(await train(nodeArguments));
  expect(trained.map(({ adapter }) => adapter)).toEqual(variants.map(([adapter]) => adapter));
  const [relaxed, simd, javaScript] = trained.map(({ curve, test: { loss } }) => [
    ...curve.map((step) => step.loss),
    loss,
  ]);
  expect(javaScript).toHaveLength(9);
  for (const [i, loss] of javaScript!.entries()) {
    expect(simd![i]).toBeCloseTo(loss, 5);
    expect(relaxed![i]).toBeCloseTo(loss, 5);
  }
});
