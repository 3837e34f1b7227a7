// Launches made of launches, as text: names that do not clash, libraries and workgroup memory that are shared, operands
// that are computed. What they compute is compared with plain plans elsewhere.
import { describe, expect, it } from "vitest";
import { inSequence, sideBySide, withInlined } from "../../src/engine/compile/combine";
import type { Launch } from "../../src/engine/compile/plan";
import { REPORT_BUG } from "../../src/engine/errors";
import type { ShaderPart, WgslElement, WgslProgram } from "../../src/engine/graph/kernel";
import { input } from "../../src/engine/ops/leaf";

const x = input("x", [8]);
const y = input("y", [8]);

function stepWith(parts: readonly ShaderPart[], changes: Partial<WgslProgram> = {}, element?: WgslElement): Launch {
  return {
    kernel: {
      name: "mine",
      cpu: () => () => {},
      wgsl: () => ({
        inputs: [{ name: "x" }],
        outputs: [{ name: "y" }],
        constants: { SIZE: 8 },
        parts,
        workgroups: 2,
        ...changes,
      }),
      ...(element && { element: () => element }),
    },
    attrs: {},
    inputs: [x],
    outputs: [y],
    label: "",
  };
}

const run = (body: string): ShaderPart => ({
  file: "run.wgsl",
  text: `fn run(workgroup: u32, lane: u32) {\n${body}\n}\n`,
});

function programOf({ kernel, inputs, outputs, attrs }: Launch): WgslProgram {
  return kernel.wgsl({ inputTypes: inputs, outputTypes: outputs, attrs, gemm: () => "tiled" });
}

const textOf = (step: Launch): string =>
  programOf(step)
    .parts.map(({ text }) => text)
    .join("");

describe("names", () => {
  it("of members get prefixes, those of fields and swizzles do not", () => {
    const text = textOf(
      sideBySide([stepWith([run("let v = vec2<f32>(x(SIZE), 0.0);\nset_y(lane, v.x);")]), stepWith([run("")])]),
    );
    expect(text).toContain("let v = vec2<f32>(m0_x(m0_SIZE), 0.0);\nset_m0_y(lane, v.x);");
    expect(text).toContain("fn m0_run(workgroup: u32, lane: u32)");
    expect(text).toContain("fn m1_run(workgroup: u32, lane: u32)");
  });

  it("of operands and constants follow", () => {
    const { inputs, outputs, constants } = programOf(sideBySide([stepWith([run("")]), stepWith([run("")])]));
    expect(inputs.map(({ name }) => name)).toEqual(["m0_x", "m1_x"]);
    expect(outputs.map(({ name }) => name)).toEqual(["m0_y", "m1_y"]);
    expect(constants).toEqual({ m0_SIZE: 8, m1_SIZE: 8 });
  });
});

describe("a launch of independent steps", () => {
  it("gives each its own workgroups", () => {
    const both = sideBySide([stepWith([run("")]), stepWith([run("")], { workgroups: 3 })]);
    expect(programOf(both).workgroups).toBe(5);
    expect(textOf(both)).toContain(
      "if (workgroup < 2u) {\n    m0_run(workgroup - 0u, lane);\n  } else if (workgroup < 5u)",
    );
    expect(textOf(both)).toContain("m1_run(workgroup - 2u, lane)");
  });
});

describe("a launch of workgroups of two sizes", () => {
  const small = stepWith([run("set_y(lane, f32(THREADS));")], { workgroups: 5 });
  const waiting = stepWith([run("workgroupBarrier();")]);
  /** As many threads as it may have. */
  const large: Launch = {
    ...small,
    kernel: {
      ...small.kernel,
      wgsl: ({ mostThreads = 256 }) => {
        return { ...programOf(small), parts: [run("workgroupBarrier();")], workgroups: 3, threads: mostThreads };
      },
    },
  };

  it("has those of the larger, in which several of the smaller run", () => {
    const both = sideBySide([large, small]);
    const { threads, workgroups, constants } = programOf(both);
    expect([threads, workgroups]).toEqual([256, 5]);
    expect(constants).toEqual({ m0_SIZE: 8, m1_SIZE: 8, m1_THREADS: 64 });
    expect(textOf(both)).toContain("m0_run(workgroup - 0u, lane)");
    expect(textOf(both)).toContain("m1_run((workgroup - 3u) * 4u + lane / 64u, lane % 64u)");
    expect(textOf(both)).toContain("set_m1_y(lane, f32(m1_THREADS))");
  });

  it("has the larger ones where all are", () => {
    const { threads, workgroups, constants } = programOf(sideBySide([large, large]));
    expect([threads, workgroups]).toEqual([256, 6]);
    expect(constants).toEqual({ m0_SIZE: 8, m1_SIZE: 8 });
  });

  it("has the smaller ones where threads of those wait for each other, or steps follow each other", () => {
    for (const both of [sideBySide([large, waiting]), inSequence([large, small])]) {
      expect(programOf(both).threads).toBe(64);
    }
  });
});

describe("a launch of steps in order", () => {
  it("is one workgroup, which waits between them", () => {
    const both = inSequence([stepWith([run("")]), stepWith([run("")], { workgroups: 3 })]);
    expect(programOf(both).workgroups).toBe(1);
    const text = textOf(both);
    expect(text.indexOf("m0_run(w, lane);")).toBeLessThan(text.indexOf("storageBarrier();"));
    expect(text.indexOf("storageBarrier();")).toBeLessThan(text.indexOf("m1_run(w, lane);"));
  });
});

describe("what members have in common", () => {
  it("is there once: libraries and workgroup variables", () => {
    const library = { file: "lib.wgsl", text: "fn twice(v: f32) -> f32 { return 2.0 * v; }\n", shared: true };
    const shared = { file: "memory.wgsl", text: "var<workgroup> sums: array<f32, 64>;\n" };
    const text = textOf(sideBySide([stepWith([library, shared, run("")]), stepWith([library, shared, run("")])]));
    expect(text.split("fn twice")).toHaveLength(2);
    expect(text.split("var<workgroup> sums")).toHaveLength(2);
  });

  const memory = (type: string): ShaderPart => ({ file: "m", text: `var<workgroup> sums: ${type};\n` });

  it("is as long as the longest needs", () => {
    const members = ["array<f32, 64>", "array<f32, 96>", "array<f32, 32>"].map((type) =>
      stepWith([memory(type), run("")]),
    );
    const text = textOf(sideBySide(members));
    expect(text.match(/var<workgroup> .*/g)).toEqual(["var<workgroup> sums: array<f32, 96>;"]);
  });

  it("must be of one type", () => {
    const members = ["array<f32, 64>", "array<vec4<f32>, 64>"].map((type) => stepWith([memory(type), run("")]));
    expect(() => programOf(sideBySide(members))).toThrow(
      "combine: expected workgroup variables sums to be of one type in a launch, got f32 and vec4<f32>. One of the shaders",
    );
  });
});

describe("an operand that is computed", () => {
  const doubled: WgslElement = {
    inputs: [{ name: "in0" }],
    constants: { FACTOR: 2 },
    parts: [{ file: "element.wgsl", text: "fn element(i: u32) -> f32 { return in0(i) * f32(FACTOR); }\n" }],
  };

  it("is a function of the operand's name over what it is computed from", () => {
    const reader = stepWith([run("set_y(lane, x(lane));")]);
    const producer = { ...stepWith([], {}, doubled), inputs: [y], outputs: [x] };
    const inlined = withInlined(reader, 0, producer);
    expect(inlined.inputs).toEqual([y]);
    expect(programOf(inlined).inputs.map(({ name }) => name)).toEqual(["x_in0"]);
    expect(programOf(inlined).constants).toEqual({ x_FACTOR: 2, SIZE: 8 });
    expect(textOf(inlined)).toContain("fn x_element(i: u32) -> f32 { return x_in0(i) * f32(x_FACTOR); }");
    expect(textOf(inlined)).toContain("fn x(i: u32) -> f32 { return x_element(i); }");
  });

  it("comes in fours where the reader wants fours, and as bits where it wants bits", () => {
    const producer = { ...stepWith([], {}, doubled), inputs: [y], outputs: [x] };
    const fours = stepWith([run("")], { inputs: [{ name: "x", vector: true }] });
    expect(textOf(withInlined(fours, 0, producer))).toContain(
      "fn x_four(i: u32) -> vec4<f32> { return vec4<f32>(x(i + 0u), x(i + 1u), x(i + 2u), x(i + 3u)); }",
    );
    const bits = stepWith([run("")], { inputs: [{ name: "x", element: "u32" }] });
    expect(textOf(withInlined(bits, 0, producer))).toContain(
      "fn x(i: u32) -> u32 { return bitcast<u32>(x_element(i)); }",
    );
  });

  it("is a bug where its producer has no shader for an element, or its reader no such input", () => {
    const reader = stepWith([run("set_y(lane, x(lane));")]);
    const [able, unable] = [doubled, undefined].map((element) => ({
      ...stepWith([], {}, element),
      inputs: [y],
      outputs: [x],
    }));
    expect(() => programOf(withInlined(reader, 0, unable!))).toThrow(
      `inline: expected mine to be computed as input 0 of mine, got a kernel of mine without \`element\`. ${REPORT_BUG}`,
    );
    const blind = stepWith([run("")], { inputs: [] });
    expect(() => programOf(withInlined(blind, 0, able!))).toThrow("got a shader of mine without that input.");
  });
});
