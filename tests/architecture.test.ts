// The rules of ARCHITECTURE.md, so that nobody has to remember them; and for each rule, that it can fail.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { root } from "../scripts/support/paths";
import { layers } from "../src/engine/nn/layers";
import { layerFor } from "../src/engine/nn/layers/roles";
import {
  checkArrows,
  checkCycles,
  checkFrameworkFree,
  checkGpuNames,
  checkLength,
  checkOpening,
  checkPageArrows,
  checkShadersUsed,
  checkTestSwitches,
  checkTypeEscapes,
  type ParsedFile,
  parseFile,
  type SourceFile,
} from "./support/architecture";
import { checkComponentStyles } from "./support/componentStyles";
import { registries } from "./support/records";
import { checkComplete, checkNames, type Registry } from "./support/registries";
import { checkEarlyText, checkVisibleText } from "./support/visibleText";

function readFolder(folder: string, endings: RegExp): SourceFile[] {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && endings.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => ({ path: path.slice(root.length + 1).replaceAll("\\", "/"), text: readFileSync(path, "utf8") }));
}

const exists = (path: string) => /\.\w+$/.test(path) && existsSync(join(root, path));
const parsed = ["app", "bench", "src", "scripts", "tests"]
  .flatMap((folder) => readFolder(folder, /\.(tsx?|mjs)$/))
  .map((file) => parseFile(file, exists));
const shaders = readFolder("src/shaders", /\.wgsl$/);
const pageStyles = parsed.find(({ path }) => path === "app/styles/mantine.ts");
const imports = parsed.flatMap((file) => file.imports);

/** A small file, as if it stood at `path` beside those that `others` names. */
const fixture = (path: string, text: string, others: readonly string[] = []): ParsedFile =>
  parseFile({ path, text }, (asked) => others.includes(asked));

describe("the house", () => {
  it("has been read", () => {
    expect(parsed.length).toBeGreaterThan(50);
    expect(shaders.length).toBeGreaterThan(5);
    expect(imports.length).toBeGreaterThan(200);
  });

  it.each<[string, () => string[]]>([
    ["imports follow the arrows", () => checkArrows(imports)],
    ["the page's folders follow theirs", () => checkPageArrows(imports)],
    ["no import cycle exists", () => checkCycles(imports)],
    ["the engine knows no page", () => parsed.flatMap(checkFrameworkFree)],
    ["only backend/webgpu names a GPU type", () => parsed.flatMap(checkGpuNames)],
    [
      "every shader is used",
      () =>
        checkShadersUsed(
          shaders.map(({ path }) => path),
          imports,
        ),
    ],
    ["no file is two ideas", () => [...parsed, ...shaders].flatMap(checkLength)],
    ["nothing goes around the types", () => parsed.flatMap(checkTypeEscapes)],
    ["no test is switched off", () => parsed.flatMap(checkTestSwitches)],
    ["every file says what it is", () => parsed.flatMap(checkOpening)],
    ["what visitors read is in the catalogue", () => parsed.flatMap(checkVisibleText)],
    ["no text is written before the language is known", () => parsed.flatMap(checkEarlyText)],
    ["components have their styles", () => parsed.flatMap((file) => checkComponentStyles(file, pageStyles))],
  ])("%s", (_rule, check) => {
    expect(check()).toEqual([]);
  });
});

describe("ARCHITECTURE.md", () => {
  const text = readFileSync(join(root, "ARCHITECTURE.md"), "utf8");
  const lines = text.split("\n");
  const places = ["", "src/", "src/engine/"];
  const paths = [...text.matchAll(/`([\w./]+)`/g)].flatMap(([, path = ""]) =>
    /^[\w/]+(\.(ts|tsx|wgsl)|\/)$/.test(path) && !/(^|\/)x\./.test(path) ? [path] : [],
  );

  it("is one page", () => {
    expect(lines.length).toBeLessThanOrEqual(140);
    expect(lines.filter((line) => line.length > 132)).toEqual([]);
  });

  it("names files that exist", () => {
    expect(paths.length).toBeGreaterThan(25);
    const unknown = paths.filter((path) => path !== "index.ts");
    expect(unknown.filter((path) => !places.some((place) => existsSync(join(root, place, path))))).toEqual([]);
  });

  it("lists every room", () => {
    const rooms = readdirSync(join(root, "src/engine"), { withFileTypes: true }).filter((each) => each.isDirectory());
    expect(
      rooms.map(({ name }) => `${name}/`).filter((room) => !text.includes(`  ${room}`) && !text.includes(` ${room}`)),
    ).toEqual([]);
  });
});

describe("one more", () => {
  it.each(registries)("of the $kind is a file and a line", (registry) => {
    expect(checkComplete(parsed, registry)).toEqual([]);
    expect(checkNames(parsed, registry)).toEqual([]);
  });

  it("of the layers for a purpose is one that exists", () => {
    expect(Object.keys(layers)).toEqual(expect.arrayContaining(Object.values(layerFor)));
  });

  const things: Registry = {
    kind: "things",
    names: ["Round"],
    index: "app/things/index.ts",
    exports: /^export const \w+ = \{ type/m,
  };
  const index = fixture(things.index, `import { round } from "./round";`, ["app/things/round.ts"]);
  const round = fixture("app/things/round.ts", `export const round = { type: "Round" };`);

  it("may be missing from its registry", () => {
    expect(checkComplete([index, round], things)).toEqual([]);
    expect(
      checkComplete([index, fixture("app/things/flat.ts", `export const flat = { type: "Flat" };`)], things),
    ).toEqual(["app/things/flat.ts: expected a line in app/things/index.ts, the registry of things, got none"]);
  });

  it("may be named by others", () => {
    const others = [
      fixture("app/a.ts", `if (thing.type === "Round") turn();`),
      fixture("app/b.ts", `import { round } from "./things/round";`, [round.path]),
      fixture("src/engine/model/presets/a.ts", `const x = "Round";`),
    ];
    expect(checkNames([index, round, ...others], things)).toEqual([
      `app/a.ts: names "Round", one of the things; ask its record instead`,
      "app/b.ts: imports app/things/round.ts; only the registry of things may",
    ]);
  });
});

describe("arrows", () => {
  it.each([
    ["src/engine/ops/relu.ts", "../graph/node", "src/engine/graph/node.ts"],
    ["src/engine/ops/relu.ts", "../../shaders/relu.wgsl?raw", "src/shaders/relu.wgsl"],
    ["src/engine/train/loop.ts", "../backend/cpu", "src/engine/backend/cpu/index.ts"],
    ["app/App.tsx", "../src/engine", "src/engine/index.ts"],
    ["tests/unit/x.test.ts", "../../src/engine/shape", "src/engine/shape.ts"],
  ])("%s may import %s", (from, specifier, to) => {
    expect(checkArrows(fixture(from, `import { x } from "${specifier}";`, [to]).imports)).toEqual([]);
  });

  it.each([
    ["src/engine/graph/node.ts", "../ops/relu", "src/engine/ops/relu.ts", "no arrow leads from graph to ops"],
    ["src/engine/shape.ts", "./graph/node", "src/engine/graph/node.ts", "no arrow leads from base to graph"],
    ["src/engine/nn/dense.ts", "../optim/adam", "src/engine/optim/adam.ts", "no arrow leads from nn to optim"],
    [
      "src/engine/compile/plan.ts",
      "../backend/cpu",
      "src/engine/backend/cpu.ts",
      "no arrow leads from compile to backend",
    ],
    ["src/engine/nn/dense.ts", "../../shaders/a.wgsl?raw", "src/shaders/a.wgsl", "no arrow leads from nn to shaders"],
    ["src/engine/train/loop.ts", "../index", "src/engine/index.ts", "no arrow leads from train to index"],
    ["bench/a.ts", "../app/format", "app/format.ts", "measure with bench, which knows none of them"],
    ["bench/a.ts", "../src/engine/shape", "src/engine/shape.ts", "outside the engine import only src/engine"],
    ["src/engine/train/loop.ts", "../../../app/store", "app/store.ts", "which is outside the engine"],
    ["src/engine/attic/x.ts", "../shape", "src/engine/shape.ts", 'no arrows are drawn for "attic"'],
    ["app/App.tsx", "../src/engine/shape", "src/engine/shape.ts", "outside the engine import only src/engine"],
    ["scripts/train.ts", "../src/engine/train/loop", "src/engine/train/loop.ts", "import only src/engine"],
  ])("%s may not import %s", (from, specifier, to, message) => {
    const [first, ...more] = checkArrows(fixture(from, `import type { X } from "${specifier}";`, [to]).imports);
    expect(first).toContain(message);
    expect(more).toEqual([]);
  });

  it("see every way to import", () => {
    const text = `export * from "../ops/a"; export { b } from "../ops/b"; const c = await import("../ops/c");
      import "../ops/d"; import { e, type F } from "../ops/e";`;
    const file = fixture(
      "src/engine/graph/x.ts",
      text,
      [..."abcde"].map((name) => `src/engine/ops/${name}.ts`),
    );
    expect(checkArrows(file.imports)).toHaveLength(5);
  });
});

describe("the page's arrows", () => {
  const found = (from: string, specifier: string, to: string) =>
    checkPageArrows(fixture(from, `import type { X } from "${specifier}";`, [to]).imports);

  it.each([
    ["app/App.tsx", "./layout/Header", "app/layout/Header.tsx"],
    ["app/layout/Parts.tsx", "../charts/ChartsPanel", "app/charts/ChartsPanel.tsx"],
    ["app/charts/axes.ts", "./ticks", "app/charts/ticks.ts"],
    ["app/charts/axes.ts", "../../src/engine", "src/engine/index.ts"],
  ])("lead from %s to %s", (from, specifier, to) => {
    expect(found(from, specifier, to)).toEqual([]);
  });

  it.each([
    ["app/charts/axes.ts", "../layout/Parts", "app/layout/Parts.tsx", "no arrow leads from app/charts to app/layout"],
    ["app/store/run.ts", "../train/session", "app/train/session.ts", "no arrow leads from app/store to app/train"],
    ["app/train/a.ts", "../shortcuts", "app/shortcuts.ts", "no arrow leads from app/train to app/"],
    ["app/bench/a.ts", "../store/run", "app/store/run.ts", "no arrow leads from app/bench to app/store"],
    ["app/attic/a.ts", "../common/format", "app/common/format.ts", 'no arrows are drawn for "app/attic"'],
  ])("do not lead from %s to %s", (from, specifier, to, message) => {
    expect(found(from, specifier, to)).toEqual([
      `${from}: ${message.startsWith("no arrows") ? message : `imports ${to}, but ${message}`}`,
    ]);
  });
});

describe("cycles", () => {
  const others = ["app/a.ts", "app/b.ts", "app/c.ts"];
  const importsOf = (...texts: string[]) => texts.flatMap((text, i) => fixture(others[i] ?? "", text, others).imports);

  it("are named in full", () => {
    const found = checkCycles(importsOf(`import "./b";`, `import { c } from "./c";`, `export * from "./a";`));
    expect(found).toEqual(["import cycle: app/a.ts -> app/b.ts -> app/c.ts -> app/a.ts"]);
  });

  it.each([`import type { A } from "./a";`, `import { type A } from "./a";`])("arise from types too: %s", (back) => {
    const found = checkCycles(importsOf(`import { b } from "./b";`, back));
    expect(found).toEqual(["import cycle: app/a.ts -> app/b.ts -> app/a.ts"]);
  });

  it("do not arise from two ways to the same file", () => {
    expect(checkCycles(importsOf(`import "./b"; import "./c";`, `import "./c";`, ""))).toEqual([]);
  });
});

describe("the engine's independence", () => {
  it.each([
    [`import { useState } from "react";`, "imports react"],
    [`import { create } from "zustand/vanilla";`, "imports zustand/vanilla"],
    [`import { readFile } from "node:fs/promises";`, "imports node:fs/promises"],
    [`export const a = document.title;`, ":1: uses document"],
    [`export const a = () => window;`, "uses window"],
    [`export const a = { window };`, "uses window"],
    [`let canvas: HTMLCanvasElement | undefined;`, "uses HTMLCanvasElement"],
    [`requestAnimationFrame(() => {});`, "uses requestAnimationFrame"],
  ])("is broken by %s", (text, message) => {
    const [first, ...more] = checkFrameworkFree(fixture("src/engine/x.ts", text));
    expect(first).toContain(message);
    expect(more).toEqual([]);
  });

  it.each([
    `export function pool(window: number) { return { window, size: window }; }`,
    `const { window } = { window: 2 }; export const area = window * window;`,
    `import { window } from "./window"; export const a = window;`,
    `// document the window\nexport const a = spec.document;`,
    `export const a = { document: 1 }; export interface B { window: number }`,
    `import { parse } from "valibot";`,
  ])("is not broken by %s", (text) => {
    expect(checkFrameworkFree(fixture("src/engine/x.ts", text))).toEqual([]);
  });

  it("is asked of the engine alone", () => {
    expect(checkFrameworkFree(fixture("app/x.ts", "document.title"))).toEqual([]);
  });
});

describe("GPU names", () => {
  const text = `export let device: GPUDevice;\nexport const usage = GPUBufferUsage.STORAGE;`;

  it("are found everywhere but in backend/webgpu and tests", () => {
    expect(checkGpuNames(fixture("src/engine/train/x.ts", text))).toEqual([
      "src/engine/train/x.ts:1: names GPUDevice; only src/engine/backend/webgpu may",
      "src/engine/train/x.ts:2: names GPUBufferUsage; only src/engine/backend/webgpu may",
    ]);
    expect(checkGpuNames(fixture("app/x.tsx", text))).toHaveLength(2);
    expect(checkGpuNames(fixture("src/engine/backend/webgpu/x.ts", text))).toEqual([]);
    expect(checkGpuNames(fixture("tests/x.ts", text))).toEqual([]);
  });
});

describe("shaders", () => {
  it("that nobody imports are named", () => {
    const paths = ["src/shaders/a.wgsl", "src/shaders/lib/b.wgsl"];
    const file = fixture("src/engine/ops/a.ts", `import a from "../../shaders/a.wgsl?raw";`, paths);
    expect(checkShadersUsed(paths, file.imports)).toEqual(["src/shaders/lib/b.wgsl: no file imports it"]);
  });
});

describe("lengths", () => {
  it.each([
    ["a.ts", 400],
    ["a.tsx", 400],
    ["a.wgsl", 200],
  ])("%s may have %d lines", (path, limit) => {
    expect(checkLength({ path, text: "x\n".repeat(limit) })).toEqual([]);
    expect(checkLength({ path, text: "x\n".repeat(limit + 1) })).toEqual([
      `${path}: ${limit + 1} lines, at most ${limit}; split it`,
    ]);
  });
});

describe("ways around the types", () => {
  it.each([
    ["let a: any;", "src/x.ts:1: any"],
    ["let a: Map<string, any[]>;", "src/x.ts:1: any"],
    ["\nconst a = b as unknown as string;", "src/x.ts:2: a cast of a cast"],
    ["const a = <string>(<unknown>b);", "a cast of a cast"],
    ["// @ts-ignore\nfoo();", "src/x.ts:1: @ts-ignore"],
    ["/* @ts-expect-error */ foo();", "@ts-expect-error"],
  ])("are found: %s", (text, message) => {
    expect(checkTypeEscapes(fixture("src/x.ts", text)).join("\n")).toContain(message);
  });

  it.each([`// any one\nconst any = "as unknown as";`, "const a = b as string;", "const a = [1] as const;"])(
    "are not: %s",
    (text) => {
      expect(checkTypeEscapes(fixture("src/x.ts", text))).toEqual([]);
    },
  );
});

describe("switched-off tests", () => {
  it.each(["it.only('a', f)", "describe.skip('a', f)", "test.skipIf(x)('a', f)", "it.each.only([])", "it.todo('a')"])(
    "are found: %s",
    (text) => {
      expect(checkTestSwitches(fixture("tests/x.test.ts", text))).toHaveLength(1);
    },
  );

  it("are not mistaken", () => {
    const text = `it.each([1])("a", f); page.skip(); // it.only`;
    expect(checkTestSwitches(fixture("tests/x.test.ts", text))).toEqual([]);
  });
});

describe("openings", () => {
  it("are asked for", () => {
    expect(checkOpening(fixture("src/x.ts", `import "a"; // what it is`))).toHaveLength(1);
    expect(checkOpening(fixture("src/x.ts", "// What it is.\n"))).toEqual([]);
    expect(checkOpening(fixture("src/x.ts", "/** What it is. */\n"))).toEqual([]);
  });
});
