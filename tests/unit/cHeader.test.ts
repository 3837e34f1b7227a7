// C headers: compiled with `cc`, which must be there, they give what the engine gives, with floats and with weights of 8 bits.
import { spawnSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { literal, restored, rounded } from "../../src/engine/io/c/weights";
import { formats } from "../../src/engine/io/formats";
import { caseOf, dataOf, exportCases } from "../support/exported";
import { everyDay } from "../support/full";
import { modelOf } from "../support/models";

/** What has the most steps of its own. */
const SOME = ["recurrent", "tokens and attention", "containers", "transposed"];
const cases = everyDay(SOME, Object.keys(exportCases));

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "descent-c-"));
});
afterAll(() => rm(folder, { recursive: true }));

/** Runs a program to its end. @returns what it printed  @throws Error with what it complained of */
function run(command: string, args: readonly string[]): string {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd: folder, encoding: "utf8" });
  if (error || status !== 0) throw new Error(`${command}: ${error?.message ?? `${stdout}${stderr}`.slice(0, 4000)}`);
  return stdout;
}

describe("a C header", () => {
  it.each(cases)("gives the same for %s", async (name) => {
    const made = await exportCases[name]?.();
    if (!made) throw new Error(`expected a model of ${name}, got none`);
    const { model, samples, count, outputs } = made;
    expect(formats.c.refusals(model)).toEqual([]);
    const files = await formats.c.write(model, [{ network: "model", count, inputs: samples, outputs }]);
    for (const [path, bytes] of Object.entries(files)) await writeFile(join(folder, path), bytes);
    const program = `check-${name.replaceAll(" ", "-")}`;
    run("cc", ["-std=c99", "-Wall", "-Wextra", "-Werror", "-pedantic", "check.c", "-o", program, "-lm"]);
    const [, whole, small] = /samples (\S+); with weights of 8 bits (\S+),/.exec(run(`./${program}`, [])) ?? [];
    expect(Number(whole)).toBeLessThan(2e-6);
    expect(Number(small)).toBeLessThan(2e-6);
  });
});

it("a C header says what comes out, whatever classes are called: nothing ends its comment or begins another", async () => {
  const data = dataOf([2]);
  const names = ['*/ int; /* /*/ """ \\', "caf\u00e9 \u{1F600}", "*"];
  const columns = { ...data.columns, label: { ...data.columns["label"], names } } as typeof data.columns;
  const { model } = await caseOf(modelOf([["Dense", { units: 3, activation: "softmax" }]]), { ...data, columns });
  const header = (await formats.c.write(model, []))["net_model.h"] ?? new Uint8Array();
  await writeFile(join(folder, "odd.c"), header);
  run("cc", ["-std=c99", "-Wall", "-Wextra", "-Werror", "-pedantic", "-fsyntax-only", "odd.c"]);
  const [comment = ""] = new TextDecoder().decode(header).split("#ifndef");
  expect(JSON.parse(`[${/in this order:\s+(".*")\./s.exec(comment)?.[1]}]`)).toEqual(names);
  expect(comment).toMatch(/^[\n\x20-\x7e]*$/);
});

describe("weights in C", () => {
  it("are read back to the bit", () => {
    for (const value of [0, -0, 1, 0.1, 1 / 3, 16_777_216, 1e-38, -1.5e-45, 3.4028234663852886e38]) {
      expect(Math.fround(Number.parseFloat(literal(value)))).toBe(Math.fround(value));
    }
    expect([literal(NaN), literal(-Infinity), literal(2)]).toEqual(["NAN", "-INFINITY", "2.0f"]);
  });

  it("of 8 bits are off by half a step of their column at most", () => {
    const data = Float32Array.from({ length: 60 }, (_, i) => Math.sin(i * 1.3) * (i % 3 === 0 ? 10 : 0.1));
    const small = rounded(data, 3);
    restored(small).forEach((value, i) => {
      expect(Math.abs(value - (data[i] ?? NaN))).toBeLessThanOrEqual((small.scales[i % 3] ?? NaN) * 0.5001);
    });
    expect(Math.max(...small.values)).toBeLessThanOrEqual(127);
    expect([...rounded(new Float32Array(4), 2).values]).toEqual([0, 0, 0, 0]);
  });
});
