// Shaders put together from parts: bindings, constants, and the way from a line of the whole back to its part.
import { describe, expect, it } from "vitest";
import { assembleShader, type InputSource, locate, TABLE_CELLS } from "../../src/engine/backend/webgpu/shader";
import { foldWorkgroups, MAX_WORKGROUPS } from "../../src/engine/backend/webgpu/executable";
import { byteLengthOf } from "../../src/engine/backend/webgpu/tensor";
import type { WgslProgram } from "../../src/engine/graph/kernel";
import type { TensorType } from "../../src/engine/graph/node";
import { f32Literal, stridedIndex } from "../../src/engine/ops/wgsl";

const f32: TensorType = { shape: [4], dtype: "f32" };
const plain = (type: TensorType): InputSource => ({ type, sharedWith: undefined, tableCell: undefined });

const program = (changes: Partial<WgslProgram> = {}): WgslProgram => ({
  inputs: [{ name: "x" }],
  outputs: [{ name: "y" }],
  constants: {},
  parts: [{ file: "main.wgsl", text: "fn main() {}" }],
  workgroups: 1,
  ...changes,
});

describe("assembleShader", () => {
  it("numbers the inputs before the outputs, with the element of each type", () => {
    const inputs = [plain(f32), plain({ shape: [4], dtype: "u32" }), plain({ shape: [4], dtype: "u8" })];
    const { code, inputBindings, outputBindings, usesTable } = assembleShader(
      program({ inputs: [{ name: "a" }, { name: "b" }, { name: "c" }] }),
      inputs,
      [f32],
    );
    expect(code).toContain("@group(0) @binding(0) var<storage, read> a: array<f32>;");
    expect(code).toContain("@group(0) @binding(1) var<storage, read> b: array<u32>;");
    expect(code).toContain("@group(0) @binding(2) var<storage, read> c: array<u32>;");
    expect(code).toContain("@group(0) @binding(3) var<storage, read_write> y: array<f32>;");
    expect([inputBindings, outputBindings, usesTable]).toEqual([[0, 1, 2], [3], false]);
  });

  it("leaves out an input that shares its memory with an output", () => {
    const source = assembleShader(program(), [{ ...plain(f32), sharedWith: 0 }], [f32]);
    expect(source.code).not.toContain(" x:");
    expect([source.inputBindings, source.outputBindings]).toEqual([[undefined], [0]]);
  });

  it("reads step scalars from the table, as the type they have", () => {
    const inputs = [
      { name: "rate", scalar: true },
      { name: "step", scalar: true },
    ];
    const sources: InputSource[] = [
      { type: { shape: [], dtype: "f32" }, sharedWith: undefined, tableCell: 6 },
      { type: { shape: [], dtype: "u32" }, sharedWith: undefined, tableCell: 1 },
    ];
    const { code, usesTable, inputBindings } = assembleShader(program({ inputs }), sources, [f32]);
    expect(code).toContain(`@group(1) @binding(0) var<uniform> step_row: array<vec4<u32>, ${TABLE_CELLS / 4}>;`);
    expect(code).toContain("fn rate() -> f32 { return bitcast<f32>(step_row[1][2]); }");
    expect(code).toContain("fn step() -> u32 { return step_row[0][1]; }");
    expect([usesTable, inputBindings]).toEqual([true, [undefined, undefined]]);
  });

  it("gives one-element inputs the same function over a buffer", () => {
    const { code } = assembleShader(
      program({ inputs: [{ name: "x", scalar: true }] }),
      [plain({ shape: [], dtype: "f32" })],
      [f32],
    );
    expect(code).toContain("var<storage, read> x_cell: array<f32>;");
    expect(code).toContain("fn x() -> f32 { return x_cell[0]; }");
  });

  it("writes constants as u32, or as the text given", () => {
    const { code } = assembleShader(program({ constants: { SIZE: 12, SCALE: "f32(0.5)" } }), [plain(f32)], [f32]);
    expect(code).toContain("const SIZE: u32 = 12u;");
    expect(code).toContain("const SCALE = f32(0.5);");
  });

  it("gives the same text for the same program, and an element type where asked", () => {
    const wide = program({ inputs: [{ name: "x", element: "vec4<f32>" }] });
    const make = (): string => assembleShader(wide, [plain(f32)], [f32]).code;
    expect(make()).toBe(make());
    expect(make()).toContain("x: array<vec4<f32>>;");
  });
});

describe("locate", () => {
  const parts = [
    { file: "a.wgsl", text: "1\n2\n" },
    { file: "empty.wgsl", text: "" },
    { file: "b.wgsl", text: "3\n4\n5\n" },
  ];

  it.each([
    [1, "a.wgsl:1"],
    [2, "a.wgsl:2"],
    [3, "b.wgsl:1"],
    [5, "b.wgsl:3"],
    [6, "(end):6"],
  ])("finds line %i in %s", (line, place) => {
    expect(locate(parts, line)).toBe(place);
  });

  it("agrees with the text that was put together", () => {
    const source = assembleShader(
      program({
        constants: { A: 1, B: 2 },
        parts: [
          { file: "lib.wgsl", text: "fn lib() {}\n// second" },
          { file: "main.wgsl", text: "// first\nfn main() {}" },
        ],
      }),
      [plain(f32)],
      [f32],
    );
    const lines = source.code.split("\n");
    expect(locate(source.parts, lines.indexOf("// second") + 1)).toBe("lib.wgsl:2");
    expect(locate(source.parts, lines.indexOf("fn main() {}") + 1)).toBe("main.wgsl:2");
    expect(locate(source.parts, lines.indexOf("const B: u32 = 2u;") + 1)).toBe("(constants):2");
  });
});

describe("foldWorkgroups", () => {
  it.each([1, 2, 65_535, 65_536, 100_000, 131_070, 131_071, 1_000_003, 2 ** 31 / 64])(
    "%i fit two dimensions with few to spare",
    (count) => {
      const { x, y } = foldWorkgroups(count);
      expect(Number.isInteger(x) && Number.isInteger(y)).toBe(true);
      expect(x).toBeLessThanOrEqual(MAX_WORKGROUPS);
      expect(y).toBeLessThanOrEqual(MAX_WORKGROUPS);
      expect(x * y).toBeGreaterThanOrEqual(count);
      expect(x * y - count).toBeLessThan(y);
    },
  );
});

it("tensors take whole words", () => {
  expect(byteLengthOf(f32)).toBe(16);
  expect(byteLengthOf({ shape: [], dtype: "u32" })).toBe(4);
  expect([1, 4, 5].map((length) => byteLengthOf({ shape: [length], dtype: "u8" }))).toEqual([4, 4, 8]);
});

describe("WGSL by hand", () => {
  it.each([
    [1, "f32(1)"],
    [0.1, "f32(0.10000000149011612)"],
    [-2.5, "f32(-2.5)"],
    [NaN, "f32(0)"],
    [1e300, "f32(3.4028234e+38)"],
    [-Infinity, "f32(-3.4028234e+38)"],
  ])("writes %d as the finite literal %s", (value, text) => {
    expect(f32Literal(value)).toBe(text);
  });

  it.each([
    [[4], [1], "(i)"],
    [[2, 3], [3, 1], "((i) % 3u) + (i / 3u) * 3u"],
    [[2, 3], [0, 1], "((i) % 3u)"],
    [[2, 3], [0, 0], "0u"],
    [[5, 1, 4], [4, 7, 0], "(i / 4u) * 4u"],
  ])("finds an element of %j with strides %j by %s", (shape, strides, text) => {
    expect(stridedIndex("i", shape, strides)).toBe(text);
  });
});
