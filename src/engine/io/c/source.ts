/** A portable program as a C99 header: its weights as constants, the few functions that it calls, and `NAME_run`, which
 *  allocates nothing. With float weights, or with those of 8 bits. */
import { type Shape, sizeOf } from "../../shape";
import type { Program, Step } from "../portable/program";
import type { NamedArray } from "../safetensors";
import { isView, placed } from "./memory";
import operations from "./ops.c?raw";
import { arrayText, literal, matricesOf, rounded } from "./weights";

/** Functions of `ops.c`, by name. */
const texts = new Map(
  operations
    .split(/^\/\* (\w+) \*\/\n/m)
    .flatMap((text, i, all) => (i % 2 === 1 ? [[text, all[i + 1] ?? ""] as const] : [])),
);
/** Functions that others call. */
const calls: Readonly<Record<string, readonly string[]>> = {
  recurrent: ["dense", "activation"],
  attention: ["dense", "softmax"],
};

type Of<K extends Step["op"]> = Extract<Step, { op: K }>;

/** What a step's call is written with. */
interface Given {
  readonly x: string;
  readonly all: readonly string[];
  readonly shape: Shape;
  readonly shapes: readonly Shape[];
  readonly y: string;
  readonly scratch: string;
  readonly make: Source;
}

type Write<K extends Step["op"]> = (step: Of<K>, given: Given) => string;

const last = (shape: Shape): number => shape.at(-1) ?? 1;
const placesOf = (shape: Shape): number => sizeOf(shape) / last(shape);
const image = ([height = 1, width = 1, channels = 1]: Shape): string => `${height}, ${width}, ${channels}`;
const ints = (values: readonly number[]): string => `(const int[]){${values.join(", ")}}`;
const hows = { add: 0, multiply: 1, average: 2, maximum: 3 } as const;
const cells = { simple: 0, lstm: 1, gru: 2 } as const;
const gates = { simple: 1, lstm: 4, gru: 3 } as const;

const windows =
  (name: "conv" | "depthwise"): Write<"conv" | "depthwise"> =>
  ({ kernel, bias, window, strides, dilation, pads, shape: to }, { x, shape, y, make }) => {
    const at = ints([...window, ...strides, ...dilation, pads[0], pads[2]]);
    return make.call(
      name,
      `${x}, ${image(shape)}, ${make.matrix(kernel)}, ${make.vector(bias)}, ${at}, ${image(to)}, ${y}`,
    );
  };

const writes: { readonly [K in Exclude<Step["op"], "reshape" | "training">]: Write<K> } = {
  dense: ({ kernel, bias, shape: to }, { x, shape, y, make }) =>
    make.call(
      "dense",
      `${x}, ${placesOf(shape)}, ${last(shape)}, ${make.matrix(kernel)}, ${make.vector(bias)}, ${last(to)}, ${y}`,
    ),
  conv: windows("conv") as Write<"conv">,
  depthwise: windows("depthwise") as Write<"depthwise">,
  convTranspose: ({ kernel, bias, window, strides, cut, shape: to }, { x, shape, y, make }) =>
    make.call(
      "convTranspose",
      `${x}, ${image(shape)}, ${make.matrix(kernel)}, ${make.vector(bias)}, ${ints([...window, ...strides, ...cut])}, ${image(to)}, ${y}`,
    ),
  pool: ({ how, window, strides, pads, shape: to }, { x, shape, y, make }) => {
    const at = ints([...window, ...strides, 1, 1, pads[0], pads[2]]);
    return make.call("pool", `${x}, ${image(shape)}, ${Number(how === "max")}, ${at}, ${to[0]}, ${to[1]}, ${y}`);
  },
  global: ({ how }, { x, shape, y, make }) =>
    make.call("global", `${x}, ${placesOf(shape)}, ${last(shape)}, ${Number(how === "max")}, ${y}`),
  activation: ({ how, alpha }, { x, shape, y, make }) =>
    how === "softmax"
      ? make.call("softmax", `${x}, ${placesOf(shape)}, ${last(shape)}, ${y}`)
      : make.call("activation", `${x}, ${sizeOf(shape)}, ${make.squash(how)}, ${literal(alpha)}, ${y}`),
  prelu: ({ alpha }, { x, shape, y, make }) =>
    make.call("prelu", `${x}, ${sizeOf(shape)}, ${make.vector(alpha)}, ${sizeOf(make.array(alpha).shape)}, ${y}`),
  batchNorm: ({ gamma, beta, mean, variance, epsilon }, { x, shape, y, make }) => {
    const vectors = [gamma, beta, mean, variance].map((key) => make.vector(key)).join(", ");
    return make.call("batchNorm", `${x}, ${sizeOf(shape)}, ${last(shape)}, ${vectors}, ${literal(epsilon)}, ${y}`);
  },
  normalize: ({ groups, centers, epsilon, gamma, beta }, { x, shape, y, make }) =>
    make.call(
      "normalize",
      `${x}, ${placesOf(shape)}, ${last(shape)}, ${groups}, ${Number(centers)}, ${literal(epsilon)}, ` +
        `${make.vector(gamma)}, ${make.vector(beta)}, ${y}`,
    ),
  offset: ({ offset }, { x, shape, y, make }) =>
    make.call("offset", `${x}, ${placesOf(shape)}, ${last(shape)}, ${make.matrix(offset)}, ${y}`),
  transpose: ({ axes }, { x, shape, y, make }) =>
    make.call("transpose", `${x}, ${axes.length}, ${ints(shape)}, ${ints(axes)}, ${sizeOf(shape)}, ${y}`),
  pad: ({ edges, shape: to }, { x, shape, y, make }) =>
    make.call("shift", `${x}, ${image(shape)}, ${edges[0]}, ${edges[2]}, ${to[0]}, ${to[1]}, ${y}`),
  crop: ({ edges, shape: to }, { x, shape, y, make }) =>
    make.call("shift", `${x}, ${image(shape)}, ${-edges[0]}, ${-edges[2]}, ${to[0]}, ${to[1]}, ${y}`),
  upsample: ({ factors, isBilinear }, { x, shape, y, make }) =>
    make.call("upsample", `${x}, ${image(shape)}, ${factors.join(", ")}, ${Number(isBilinear)}, ${y}`),
  repeat: ({ times }, { x, shape, y, make }) => make.call("repeat", `${x}, ${sizeOf(shape)}, ${times}, ${y}`),
  recurrent: (step, { x, shape, y, scratch, make }) => {
    const { cell, units, activation, gate, sequences, kernel, recurrent, bias } = step;
    const width = units * gates[cell];
    const own = make.vector(bias);
    const hasTwo = bias !== null && sizeOf(make.array(bias).shape) > width;
    return make.call(
      "recurrent",
      `${x}, ${shape[0]}, ${shape[1]}, ${units}, ${cells[cell]}, ${make.matrix(kernel)}, ${make.matrix(recurrent)}, ${own}, ` +
        `${hasTwo ? `${own} + ${width}` : "NULL"}, ${make.squash(activation)}, ${make.squash(gate)}, ${Number(sequences)}, ${scratch}, ${y}`,
    );
  },
  embedding: ({ table, shape: to }, { x, y, make }) =>
    make.call("embedding", `${x}, ${placesOf(to)}, ${last(to)}, ${make.matrix(table)}, ${y}`),
  attention: ({ heads, size, causal, kernels, biases }, { x, shape, y, scratch, make }) => {
    const matrices = kernels.map((key) => make.matrix(key)).join(", ");
    const vectors = (biases ?? [null, null, null, null]).map((key) => make.vector(key)).join(", ");
    return make.call(
      "attention",
      `${x}, ${shape[0]}, ${shape[1]}, ${heads}, ${size}, ${Number(causal)}, (const ${make.prefix}_weights *const[]){${matrices}}, ` +
        `(const float *const[]){${vectors}}, ${scratch}, ${y}`,
    );
  },
  combine: ({ how, shape: to }, { all, shapes, y, make }) => {
    const from = `(const float *const[]){${all.join(", ")}}`;
    return how === "concat"
      ? make.call("concat", `${from}, ${ints(shapes.map(last))}, ${all.length}, ${placesOf(to)}, ${y}`)
      : make.call("combine", `${from}, ${all.length}, ${hows[how]}, ${sizeOf(to)}, ${y}`);
  },
  flip: (_, { x, shape, y, make }) => make.call("flip", `${x}, ${shape[0]}, ${sizeOf(shape) / (shape[0] ?? 1)}, ${y}`),
  each: ({ body, shape: to }, { x, shape, y, make }) => {
    const [times = 1] = shape;
    const name = make.inner(body);
    const [read, made] = [sizeOf(shape) / times, sizeOf(to) / times];
    return `for (int t = 0; t < ${times}; t++) ${name}(${x} + t * ${read}, ${y} + t * ${made});`;
  },
};

/** Numbers that a step needs while it works. */
function scratchOf(step: Step, shapeOf: (value: number) => Shape): number {
  if (step.op === "recurrent") return 2 * step.units * (1 + gates[step.cell]);
  if (step.op !== "attention") return 0;
  const [steps = 1] = shapeOf(step.from[0] ?? 0);
  return steps * (4 * step.heads * step.size + 1);
}

/** How weights are kept. */
export type WeightKind = "float" | "int8";

/** A header that is being written. */
class Source {
  readonly prefix: string;
  readonly definitions: string[] = [];
  readonly functions: string[] = [];
  readonly used = new Set<string>();
  /** Of working memory, in numbers. */
  memory = 0;
  bytes = 0;
  readonly #weights: Program["weights"];
  readonly #columns: ReadonlyMap<string, number>;
  readonly #kind: WeightKind;
  readonly #names = new Map<string, string>();

  constructor(prefix: string, program: Program, kind: WeightKind) {
    this.prefix = prefix;
    this.#weights = program.weights;
    this.#columns = matricesOf(program);
    this.#kind = kind;
  }

  array(key: string): NamedArray {
    const array = this.#weights[key];
    if (!array) throw new Error(`C: expected a weight "${key}", got none.`);
    return array;
  }

  call(name: string, given: string): string {
    for (const other of [...(calls[name] ?? []), name]) this.used.add(other);
    return `${this.prefix}_${name}(${given});`;
  }

  squash(how: string): string {
    this.used.add("activation");
    return `${this.prefix}_${how}`;
  }

  /** Numbers as they are. */
  vector(key: string | null): string {
    if (key === null) return "NULL";
    return this.#named(key, (name) => {
      const { data } = this.array(key);
      this.bytes += data.byteLength;
      this.definitions.push(`/* ${comment(key)} */\n${arrayText("float", name, Array.from(data, literal))}`);
      return name;
    });
  }

  /** Numbers that are multiplied with. */
  matrix(key: string): string {
    return this.#named(key, (name) => {
      const { data, shape } = this.array(key);
      const about = `/* ${comment(key)} [${shape.join(", ")}] */`;
      if (this.#kind === "float") {
        this.bytes += data.byteLength;
        this.definitions.push(
          `${about}\n${arrayText("float", `${name}_values`, Array.from(data, literal))}\n` +
            `static const ${this.prefix}_weights ${name} = {${name}_values};`,
        );
      } else {
        const { values, scales } = rounded(data, this.#columns.get(key) ?? 1);
        this.bytes += values.byteLength + scales.byteLength;
        this.definitions.push(
          `${about}\n${arrayText("int8_t", `${name}_values`, Array.from(values, String))}\n` +
            `${arrayText("float", `${name}_scales`, Array.from(scales, literal))}\n` +
            `static const ${this.prefix}_weights ${name} = {${name}_values, ${name}_scales};`,
        );
      }
      return `&${name}`;
    });
  }

  #named(key: string, define: (name: string) => string): string {
    const known = this.#names.get(key);
    if (known !== undefined) return known;
    const made = define(`${this.prefix}_w${this.#names.size}`);
    this.#names.set(key, made);
    return made;
  }

  inner(program: Program): string {
    const name = `${this.prefix}_each${this.functions.length}`;
    this.function(name, program);
    return name;
  }

  /** Writes the function that a program is. */
  function(name: string, program: Omit<Program, "weights">): void {
    const shapes = new Map<number, Shape>([
      [0, program.input.shape],
      ...program.steps.map(({ to, shape }) => [to, shape] as const),
    ]);
    const shapeOf = (value: number): Shape => shapes.get(value) ?? [];
    const { results, scratch, viewOf, length } = placed(program, (step) => scratchOf(step, shapeOf));
    this.memory += length;
    const at = (place: number | undefined): string => `memory + ${place ?? 0}`;
    const nameOf = (value: number): string => (viewOf(value) === 0 ? "input" : at(results.get(viewOf(value))));
    const lines = program.steps
      .filter((step) => !isView(step))
      .map((step) => {
        const all = step.from.map(nameOf);
        const given: Given = {
          x: all[0] ?? "input",
          all,
          shape: shapeOf(step.from[0] ?? 0),
          shapes: step.from.map(shapeOf),
          y: at(results.get(step.to)),
          scratch: at(scratch.get(step.to)),
          make: this,
        };
        const write = writes[step.op as keyof typeof writes] as Write<Step["op"]>;
        return `  ${write(step, given)} /* ${comment(step.name)} */`;
      });
    this.functions.push(
      `static inline void ${name}(const float *input, float *output) {\n` +
        `${length > 0 ? `  static float memory[${length}];\n` : ""}${lines.join("\n")}\n` +
        `  memcpy(output, ${nameOf(program.result)}, sizeof(float) * ${sizeOf(shapeOf(program.result))});\n}`,
    );
  }
}

/** Text in ASCII that neither ends a comment nor begins another; names in quotes stay what JSON reads. */
const comment = (text: string): string =>
  text.replace(/\*(?=\/)|(?<=\/)\*|[^\x20-\x7e]/g, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`);

/** The header of a program. @param prefix of all its names  @param about lines that say what it is */
export function headerOf(prefix: string, program: Program, kind: WeightKind, about: readonly string[]): string {
  const source = new Source(prefix, program, kind);
  source.function(`${prefix}_run`, program);
  const guard = `${prefix.toUpperCase()}_H`;
  const { input, output } = program;
  const functions = [...texts]
    .filter(([name]) => source.used.has(name))
    .map(([, text]) => text.replaceAll("PREFIX", prefix));
  const isFloat = kind === "float";
  const lines = [
    ...about.map(comment),
    `[${input.shape.join(", ")}] -> [${output.shape.join(", ")}], channels last${input.dtype === "u32" ? "; the input is indices, as floats" : ""}.`,
    `Weights: ${source.bytes} bytes of constants. Working memory: ${4 * source.memory} bytes, static, so one call at a time.`,
    isFloat
      ? "C99, needs math.h and string.h alone."
      : "C99, needs math.h and string.h alone. Weights are whole numbers of 8 bits with a factor for each output channel; sums are floats.",
  ];
  return `/* ${lines.join("\n   ")} */
#ifndef ${guard}
#define ${guard}

#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define ${prefix.toUpperCase()}_INPUTS ${sizeOf(input.shape)}
#define ${prefix.toUpperCase()}_OUTPUTS ${sizeOf(output.shape)}

/* What sums are kept in: -D${prefix}_SUM=double where there is time. */
#ifndef ${prefix}_SUM
#define ${prefix}_SUM float
#endif

${
  isFloat
    ? `typedef struct { const float *values; } ${prefix}_weights;\n#define ${prefix}_SCALE(w, column) 1.0f`
    : `typedef struct { const int8_t *values; const float *scales; } ${prefix}_weights;\n#define ${prefix}_SCALE(w, column) ((w)->scales[column])`
}

${[...source.definitions, ...functions, ...source.functions].join("\n\n")}

#endif
`;
}
