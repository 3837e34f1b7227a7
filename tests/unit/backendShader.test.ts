// Shaders put together from parts: bindings, constants, and the way from a line of the whole back to its part.
import { describe, expect, it } from "vitest";
import { assembleShader, locate, type Operand, TABLE_CELLS } from "../../src/engine/backend/webgpu/shader";
import { foldWorkgroups, MAX_WORKGROUPS } from "../../src/engine/backend/webgpu/executable";
import { byteLengthOf } from "../../src/engine/backend/webgpu/tensor";
import type { WgslProgram } from "../../src/engine/graph/kernel";
import type { TensorType } from "../../src/engine/graph/type";
import { f32Literal, stridedIndex } from "../../src/engine/ops/wgsl";

const f32: TensorType = { shape: [4], dtype: "f32" };
const u32: TensorType = { shape: [4], dtype: "u32" };
/** A tensor in a buffer of its own, or at an offset of a shared one. */
const at = (buffer: string, type = f32, offset = 0): Operand<string> => ({
  type,
  place: { buffer, offset, size: byteLengthOf(type) },
});
const out = at("out");

const program = (changes: Partial<WgslProgram> = {}): WgslProgram => ({
  inputs: [{ name: "x" }],
  outputs: [{ name: "y" }],
  constants: {},
  parts: [{ file: "run.wgsl", text: "fn run(workgroup: u32, lane: u32) {}" }],
  workgroups: 1,
  ...changes,
});

describe("assembleShader", () => {
  it("numbers the outputs before the inputs and defines an accessor for each, of the type it has", () => {
    const inputs = [at("a"), at("b", u32), at("c", { shape: [4], dtype: "u8" })];
    const { code, bindings, usesTable } = assembleShader(
      program({ inputs: [{ name: "a" }, { name: "b" }, { name: "c" }] }),
      inputs,
      [out],
    );
    expect(code).toContain("@group(0) @binding(0) var<storage, read_write> buffer0: array<f32, 4>;");
    expect(code).toContain("@group(0) @binding(1) var<storage, read> buffer1: array<f32, 4>;");
    expect(code).toContain("@group(0) @binding(2) var<storage, read> buffer2: array<u32, 4>;");
    expect(code).toContain("fn set_y(i: u32, value: f32) { buffer0[i] = value; }");
    expect(code).toContain("fn a(i: u32) -> f32 { return buffer1[i]; }");
    expect(code).toContain("fn b(i: u32) -> u32 { return buffer2[i]; }");
    expect(code).toContain("fn c(i: u32) -> u32 { return (buffer3[(i) / 4u] >> (8u * ((i) % 4u))) & 255u; }");
    expect(bindings.map(({ buffer, access }) => `${buffer} ${access}`)).toEqual([
      "out read_write",
      "a read",
      "b read",
      "c read",
    ]);
    expect(usesTable).toBe(false);
  });

  it("reads what shares its memory with an output through the output's binding", () => {
    const { code, bindings } = assembleShader(program(), [at("out")], [out]);
    expect(bindings).toHaveLength(1);
    expect(code).toContain("fn x(i: u32) -> f32 { return buffer0[i]; }");
  });

  it("binds a buffer once for all that lies in it, each at its own offset", () => {
    const two = program({ inputs: [{ name: "a" }, { name: "b" }], outputs: [{ name: "y" }, { name: "z" }] });
    const { code, bindings } = assembleShader(
      two,
      [at("arena", f32, 512), at("arena", f32, 256)],
      [at("pack", f32, 0), at("pack", f32, 256)],
    );
    expect(bindings).toEqual([
      { access: "read_write", buffer: "pack", offset: 0, size: 272 },
      { access: "read", buffer: "arena", offset: 256, size: 272 },
    ]);
    expect(code).toContain("fn a(i: u32) -> f32 { return buffer1[i + 64u]; }");
    expect(code).toContain("fn b(i: u32) -> f32 { return buffer1[i]; }");
    expect(code).toContain("fn set_z(i: u32, value: f32) { buffer0[i + 64u] = value; }");
  });

  it("binds a buffer in pieces where one binding would be too long", () => {
    const two = program({ inputs: [{ name: "a" }, { name: "b" }] });
    const { bindings } = assembleShader(two, [at("arena"), at("arena", f32, 1024)], [out], 1024);
    expect(bindings.map(({ offset, size }) => [offset, size])).toEqual([
      [0, 16],
      [0, 16],
      [1024, 16],
    ]);
  });

  it("sees a buffer of floats and whole numbers as words, so that every float keeps its bits", () => {
    const two = program({ outputs: [{ name: "y" }, { name: "z" }] });
    const { code } = assembleShader(two, [at("in")], [at("arena"), at("arena", u32, 256)]);
    expect(code).toContain("buffer0: array<u32, 68>;");
    expect(code).toContain("fn set_y(i: u32, value: f32) { buffer0[i] = bitcast<u32>(value); }");
    expect(code).toContain("fn set_z(i: u32, value: u32) { buffer0[i + 64u] = value; }");
  });

  it("reads step scalars from the table, as the type they have", () => {
    const inputs = [{ name: "rate" }, { name: "step" }];
    const { code, usesTable, bindings } = assembleShader(
      program({ inputs }),
      [
        { type: { shape: [], dtype: "f32" }, place: { tableCell: 6 } },
        { type: { shape: [], dtype: "u32" }, place: { tableCell: 1 } },
      ],
      [out],
    );
    expect(code).toContain(`@group(1) @binding(0) var<uniform> step_row: array<vec4<u32>, ${TABLE_CELLS / 4}>;`);
    expect(code).toContain("fn rate(i: u32) -> f32 { return bitcast<f32>(step_row[1][2]); }");
    expect(code).toContain("fn step(i: u32) -> u32 { return step_row[0][1]; }");
    expect([usesTable, bindings.length]).toEqual([true, 1]);
  });

  it("reads four at a time where asked, from whatever memory", () => {
    const wide = program({ inputs: [{ name: "x", vector: true }] });
    const from = (x: Operand<string>): string => assembleShader(wide, [x], [out]).code;
    expect(from(at("in"))).toContain("buffer1: array<vec4<f32>, 1>;");
    expect(from(at("in"))).toContain("fn x_four(i: u32) -> vec4<f32> { return buffer1[(i) / 4u]; }");
    expect(from(at("in"))).toContain("fn x(i: u32) -> f32 { return buffer1[(i) / 4u][(i) % 4u]; }");
    expect(from(at("out"))).toContain(
      "x_four(i: u32) -> vec4<f32> { return vec4<f32>(buffer0[i], buffer0[i + 1u], buffer0[i + 2u], buffer0[i + 3u]); }",
    );
  });

  it("binds a buffer once for those who read fours of it and those who do not", () => {
    const two = program({ inputs: [{ name: "a", vector: true }, { name: "b" }] });
    const from = (b: TensorType): string => assembleShader(two, [at("arena"), at("arena", b, 256)], [out]).code;
    const whole = from(f32);
    expect(whole).toContain("buffer1: array<vec4<f32>, 17>;");
    expect(whole).toContain("fn a_four(i: u32) -> vec4<f32> { return buffer1[(i) / 4u]; }");
    expect(whole).toContain("fn b(i: u32) -> f32 { return buffer1[(i + 64u) / 4u][(i + 64u) % 4u]; }");
    expect(whole).not.toContain("buffer2");
    // Where the last four is not whole, or some are no floats, fours are put together.
    expect(from({ shape: [3], dtype: "f32" })).toContain("a_four(i: u32) -> vec4<f32> { return vec4<f32>(buffer1[i],");
    expect(from(u32)).toContain("a_four(i: u32) -> vec4<f32> { return vec4<f32>(bitcast<f32>(buffer1[i]),");
  });

  it("writes constants as u32, or as the text given", () => {
    const { code } = assembleShader(program({ constants: { SIZE: 12, SCALE: "f32(0.5)" } }), [at("in")], [out]);
    expect(code).toContain("const SIZE: u32 = 12u;");
    expect(code).toContain("const SCALE = f32(0.5);");
  });

  it("gives the same text for the same program", () => {
    const make = (): string => assembleShader(program(), [at("in")], [out]).code;
    expect(make()).toBe(make());
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
          { file: "run.wgsl", text: "// first\nfn run() {}" },
        ],
      }),
      [at("in")],
      [out],
    );
    const lines = source.code.split("\n");
    expect(locate(source.parts, lines.indexOf("// second") + 1)).toBe("lib.wgsl:2");
    expect(locate(source.parts, lines.indexOf("fn run() {}") + 1)).toBe("run.wgsl:2");
    expect(locate(source.parts, lines.indexOf("const B: u32 = 2u;") + 1)).toBe("(constants):3");
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
