/** Portable steps as nodes of ONNX, opset 17. Images stay channels last outside and become channels first only where a node wants
 *  it, so that what flattens them finds its rows where they were. */
import { type Shape, sizeOf } from "../../shape";
import { filled, gatesReordered, reshaped, transposed } from "../arrange";
import type { NamedArray } from "../safetensors";
import { type OpName, type Program, type Squash, type Step } from "../portable/program";
import type { OnnxGraph } from "./graph";

/** A value by its name in either layout, as far as it has been made; only images have two. */
interface Value {
  readonly shape: Shape;
  last: string | undefined;
  first: string | undefined;
}

const TO_FIRST = [0, 3, 1, 2];
const TO_LAST = [0, 2, 3, 1];

type Of<K extends OpName> = Extract<Step, { op: K }>;
type Translation<K extends OpName> = (step: Of<K>, x: Value, make: Translator, all: readonly Value[]) => Made;
/** The name of a result, and in which layout it is. */
type Made = string | { readonly first: string };

const squashes: Readonly<Record<Squash, string>> = { tanh: "Tanh", relu: "Relu", sigmoid: "Sigmoid", linear: "Affine" };
const cells = { simple: "RNN", lstm: "LSTM", gru: "GRU" } as const;
/** Places of ONNX's gates among Keras's. */
const orders = { simple: [0], lstm: [0, 3, 1, 2], gru: [0, 1, 2] } as const;

/** Translates a program into a graph. */
export class Translator {
  readonly graph: OnnxGraph;
  readonly #weights: Program["weights"];

  constructor(graph: OnnxGraph, weights: Program["weights"]) {
    this.graph = graph;
    this.#weights = weights;
  }

  /** @param input the name of what it reads  @returns that of its result, channels last */
  run({ input, steps, result }: Omit<Program, "weights">, name: string): string {
    const values = new Map<number, Value>([[0, { shape: input.shape, last: name, first: undefined }]]);
    for (const step of steps) {
      const all = step.from.flatMap((number) => values.get(number) ?? []);
      const [x] = all;
      if (!x) continue;
      if (step.op === "training") {
        values.set(step.to, x);
        continue;
      }
      const translate = translations[step.op] as Translation<OpName>;
      const made = translate(step, x, this, all);
      const isFirst = typeof made !== "string";
      values.set(step.to, {
        shape: step.shape,
        last: isFirst ? undefined : made,
        first: isFirst ? made.first : undefined,
      });
    }
    const value = values.get(result);
    return value ? this.last(value) : name;
  }

  array(key: string): NamedArray {
    const array = this.#weights[key];
    if (!array) throw new Error(`ONNX: expected a weight "${key}", got none.`);
    return array;
  }

  /** Puts a weight into the file. @param change its layout */
  held(key: string, change: (array: NamedArray) => NamedArray = (array) => array): string {
    const { shape, data } = change(this.array(key));
    return this.graph.floats(key.replaceAll("/", "."), shape, data);
  }

  /** A number that nodes calculate with. */
  constant(stem: string, value: number): string {
    return this.graph.floats(stem, [], [value]);
  }

  last(value: Value): string {
    return (value.last ??= this.graph.node("Transpose", [value.first ?? ""], "last", { perm: { ints: TO_LAST } }));
  }

  first(value: Value): string {
    return (value.first ??= this.graph.node("Transpose", [value.last ?? ""], "first", { perm: { ints: TO_FIRST } }));
  }

  /** The same in whatever layout the value has already. */
  either(value: Value, make: (name: string) => string): Made {
    return value.last === undefined ? { first: make(this.first(value)) } : make(this.last(value));
  }

  reshape(name: string, shape: Shape, stem: string): string {
    return this.graph.node("Reshape", [name, this.graph.ints(`${stem}.shape`, [-1, ...shape])], stem);
  }

  add(name: string, key: string | null, stem: string, change?: (array: NamedArray) => NamedArray): string {
    return key === null ? name : this.graph.node("Add", [name, this.held(key, change)], stem);
  }
}

function gelu(x: string, { name }: Step, make: Translator): string {
  const inner = make.graph.node("Mul", [x, make.constant(`${name}.root`, Math.SQRT1_2)], name);
  const erf = make.graph.node("Erf", [inner], name);
  const share = make.graph.node("Add", [erf, make.constant(`${name}.one`, 1)], name);
  const half = make.graph.node("Mul", [x, make.constant(`${name}.half`, 0.5)], name);
  return make.graph.node("Mul", [half, share], name);
}

/** `(x - mean) / sqrt(variance + epsilon)`, by moments over axes. */
function standard(x: string, step: Of<"normalize">, make: Translator, axes: readonly number[]): string {
  const { name, epsilon, centers } = step;
  const { graph } = make;
  const over = { axes: { ints: axes }, keepdims: { int: 1 } };
  const centred = centers ? graph.node("Sub", [x, graph.node("ReduceMean", [x], name, over)], name) : x;
  const square = graph.node("Mul", [centred, centred], name);
  const mean = graph.node("ReduceMean", [square], name, over);
  const root = graph.node("Sqrt", [graph.node("Add", [mean, make.constant(`${name}.epsilon`, epsilon)], name)], name);
  return graph.node("Div", [centred, root], name);
}

const conv =
  (groups: (channels: number) => number): Translation<"conv" | "depthwise"> =>
  (step, x, make) => {
    const [channels = 1] = x.shape.slice(-1);
    const [top, bottom, left, right] = step.pads;
    const group = groups(channels);
    const filters = step.shape.at(-1) ?? 1;
    const kernel = make.held(step.kernel, (array) =>
      group === 1
        ? transposed(array, [3, 2, 0, 1])
        : reshaped(transposed(array, [2, 3, 0, 1]), [filters, 1, ...step.window]),
    );
    const inputs = [make.first(x), kernel, ...(step.bias === null ? [] : [make.held(step.bias)])];
    return {
      first: make.graph.node("Conv", inputs, step.name, {
        kernel_shape: { ints: step.window },
        strides: { ints: step.strides },
        dilations: { ints: step.dilation },
        pads: { ints: [top, left, bottom, right] },
        group: { int: group },
      }),
    };
  };

const recurrent: Translation<"recurrent"> = (step, x, make) => {
  const { graph } = make;
  const { cell, units, name, bias } = step;
  const order = orders[cell];
  const width = order.length * units;
  const rows = (key: string): NamedArray => gatesReordered(transposed(make.array(key), [1, 0]), units, order);
  const weight = (key: string, stem: string): string => {
    const { shape, data } = rows(key);
    return graph.floats(`${name}.${stem}`, [1, ...shape], data);
  };
  const biases = bias === null ? filled(2 * width, 0).data : make.array(bias).data;
  const half = (from: number): Float32Array => {
    const own = biases.length > width || from === 0 ? biases.subarray(from, from + width) : new Float32Array(width);
    return gatesReordered({ shape: [width], data: own }, units, order).data;
  };
  const both = Float32Array.from([...half(0), ...half(width)]);
  const states =
    cell === "simple"
      ? [step.activation]
      : cell === "gru"
        ? [step.gate, step.activation]
        : [step.gate, step.activation, step.activation];
  const linear = states.filter((state) => state === "linear");
  const [all = "", end = ""] = graph.nodes(
    cells[cell],
    [
      graph.node("Transpose", [make.last(x)], name, { perm: { ints: [1, 0, 2] } }),
      weight(step.kernel, "W"),
      weight(step.recurrent, "R"),
      graph.floats(`${name}.B`, [1, 2 * width], both),
    ],
    step.sequences ? [name, ""] : ["", name],
    {
      hidden_size: { int: units },
      activations: { texts: states.map((state) => squashes[state]) },
      ...(linear.length > 0 && {
        activation_alpha: { floats: linear.map(() => 1) },
        activation_beta: { floats: linear.map(() => 0) },
      }),
      ...(cell === "gru" && { linear_before_reset: { int: 1 } }),
    },
  );
  if (!step.sequences) return make.reshape(end, [units], name);
  const turned = graph.node("Transpose", [all], name, { perm: { ints: [2, 0, 1, 3] } });
  return make.reshape(turned, step.shape, name);
};

const attention: Translation<"attention"> = (step, x, make) => {
  const { graph } = make;
  const { heads, size, name, kernels, biases } = step;
  const [steps = 1, channels = 1] = x.shape;
  const width = heads * size;
  const part = (k: 0 | 1 | 2): string => {
    const kernel = make.held(kernels[k], (array) => reshaped(array, [channels, width]));
    const product = graph.node("MatMul", [make.last(x), kernel], name);
    const sum = make.add(product, biases?.[k] ?? null, name, (array) => reshaped(array, [width]));
    // Keys stand upright, so that queries meet them in a product.
    const perm = k === 1 ? [0, 2, 3, 1] : [0, 2, 1, 3];
    return graph.node("Transpose", [make.reshape(sum, [steps, heads, size], name)], name, { perm: { ints: perm } });
  };
  const [query, key, value] = [part(0), part(1), part(2)];
  const scaled = graph.node("Mul", [query, make.constant(`${name}.scale`, 1 / Math.sqrt(size))], name);
  const looks = graph.node("MatMul", [scaled, key], name);
  const later = Array.from({ length: steps * steps }, (_, i) => (i % steps > Math.floor(i / steps) ? -1e9 : 0));
  const masked = step.causal
    ? graph.node("Add", [looks, graph.floats(`${name}.mask`, [steps, steps], later)], name)
    : looks;
  const read = graph.node("MatMul", [graph.node("Softmax", [masked], name, { axis: { int: -1 } }), value], name);
  const back = graph.node("Transpose", [read], name, { perm: { ints: [0, 2, 1, 3] } });
  const kernel = make.held(kernels[3], (array) => reshaped(array, [width, channels]));
  const output = graph.node("MatMul", [make.reshape(back, [steps, width], name), kernel], name);
  return make.add(output, biases?.[3] ?? null, name);
};

const plain = { relu: "Relu", sigmoid: "Sigmoid", tanh: "Tanh", softplus: "Softplus" } as const;
const sums = { add: "Sum", average: "Mean", maximum: "Max", multiply: "Mul" } as const;

const translations: { readonly [K in OpName]: Translation<K> } = {
  dense: ({ kernel, bias, name, shape }, x, make) => {
    const inputs = [make.last(x), make.held(kernel)];
    if (shape.length > 1) return make.add(make.graph.node("MatMul", inputs, name), bias, name);
    return make.graph.node("Gemm", bias === null ? inputs : [...inputs, make.held(bias)], name);
  },
  conv: (step, x, make, all) => conv(() => 1)(step, x, make, all),
  depthwise: (step, x, make, all) => {
    const channels = x.shape.at(-1) ?? 1;
    // One channel is a plain convolution, whose kernel lies otherwise.
    return channels === 1 ? conv(() => 1)(step, x, make, all) : conv((count) => count)(step, x, make, all);
  },
  convTranspose: ({ kernel, bias, name, shape, strides, window, cut }, x, make) => {
    // Cut off in front as told, and behind what is too much; what is missing there is added.
    const behind = [0, 1].map((axis) => {
      const [input = 1, stride = 1, size = 1] = [x.shape[axis], strides[axis], window[axis]];
      return (input - 1) * stride + size - (cut[axis] ?? 0) - (shape[axis] ?? 1);
    });
    const weights = [
      make.held(kernel, (array) => transposed(array, [3, 2, 0, 1])),
      ...(bias === null ? [] : [make.held(bias)]),
    ];
    return {
      first: make.graph.node("ConvTranspose", [make.first(x), ...weights], name, {
        kernel_shape: { ints: window },
        strides: { ints: strides },
        pads: { ints: [...cut, ...behind.map((count) => Math.max(count, 0))] },
        output_padding: { ints: behind.map((count) => Math.max(-count, 0)) },
      }),
    };
  },
  pool: ({ how, window, strides, pads: [top, bottom, left, right], name }, x, make) => ({
    first: make.graph.node(how === "max" ? "MaxPool" : "AveragePool", [make.first(x)], name, {
      kernel_shape: { ints: window },
      strides: { ints: strides },
      pads: { ints: [top, left, bottom, right] },
      ...(how === "average" && { count_include_pad: { int: 0 } }),
    }),
  }),
  global: ({ how, name }, x, make) => {
    const isImage = x.shape.length === 3;
    return make.graph.node(how === "max" ? "ReduceMax" : "ReduceMean", [isImage ? make.first(x) : make.last(x)], name, {
      axes: { ints: isImage ? [2, 3] : [1] },
      keepdims: { int: 0 },
    });
  },
  activation: (step, x, make) => {
    const { how, alpha, name } = step;
    if (how === "softmax") return make.graph.node("Softmax", [make.last(x)], name, { axis: { int: -1 } });
    if (how === "gelu") return make.either(x, (own) => gelu(own, step, make));
    if (how === "leaky_relu" || how === "elu") {
      const op = how === "elu" ? "Elu" : "LeakyRelu";
      return make.either(x, (own) => make.graph.node(op, [own], name, { alpha: { float: alpha } }));
    }
    return make.either(x, (own) => make.graph.node(plain[how], [own], name));
  },
  prelu: ({ alpha, name }, x, make) => make.graph.node("PRelu", [make.last(x), make.held(alpha)], name),
  batchNorm: ({ name, epsilon, ...step }, x, make) => {
    const channels = x.shape.at(-1) ?? 1;
    const [mean, variance] = [make.array(step.mean).data, make.array(step.variance).data];
    const gamma = step.gamma === null ? filled(channels, 1).data : make.array(step.gamma).data;
    const beta = step.beta === null ? filled(channels, 0).data : make.array(step.beta).data;
    const held = (stem: string, data: Float32Array): string => make.graph.floats(`${name}.${stem}`, [channels], data);
    const [isImage, isSeries] = [x.shape.length === 3, x.shape.length === 2];
    // Channels stand second.
    const turned = (value: string): string =>
      isSeries ? make.graph.node("Transpose", [value], name, { perm: { ints: [0, 2, 1] } }) : value;
    const weights = [held("gamma", gamma), held("beta", beta), held("mean", mean), held("variance", variance)];
    const read = isImage ? make.first(x) : turned(make.last(x));
    const made = make.graph.node("BatchNormalization", [read, ...weights], name, { epsilon: { float: epsilon } });
    return isImage ? { first: made } : turned(made);
  },
  normalize: (step, x, make) => {
    const { groups, name, gamma, beta, shape } = step;
    const channels = shape.at(-1) ?? 1;
    const grouped =
      groups === 0
        ? make.last(x)
        : make.reshape(make.last(x), [sizeOf(shape) / channels, groups, channels / groups], name);
    const normal = standard(grouped, step, make, groups === 0 ? [-1] : [1, 3]);
    const back = groups === 0 ? normal : make.reshape(normal, shape, name);
    const scaled = gamma === null ? back : make.graph.node("Mul", [back, make.held(gamma)], name);
    return make.add(scaled, beta, name);
  },
  offset: ({ offset, name }, x, make) => make.add(make.last(x), offset, name),
  training: (_, x, make) => make.last(x),
  reshape: ({ shape, name }, x, make) => make.reshape(make.last(x), shape, name),
  transpose: ({ axes, name }, x, make) =>
    make.graph.node("Transpose", [make.last(x)], name, { perm: { ints: [0, ...axes.map((axis) => axis + 1)] } }),
  pad: ({ edges: [top, bottom, left, right], name }, x, make) =>
    make.graph.node(
      "Pad",
      [make.last(x), make.graph.ints(`${name}.pads`, [0, top, left, 0, 0, bottom, right, 0])],
      name,
    ),
  crop: ({ edges: [top, , left], shape: [height = 1, width = 1], name }, x, make) => {
    const starts = make.graph.ints(`${name}.starts`, [top, left]);
    const ends = make.graph.ints(`${name}.ends`, [top + height, left + width]);
    return make.graph.node("Slice", [make.last(x), starts, ends, make.graph.ints(`${name}.axes`, [1, 2])], name);
  },
  upsample: ({ factors, isBilinear, name }, x, make) => {
    const scales = make.graph.floats(`${name}.scales`, [4], [1, 1, ...factors]);
    return {
      first: make.graph.node("Resize", [make.first(x), "", scales], name, {
        mode: { text: isBilinear ? "linear" : "nearest" },
        coordinate_transformation_mode: { text: isBilinear ? "half_pixel" : "asymmetric" },
        ...(!isBilinear && { nearest_mode: { text: "floor" } }),
      }),
    };
  },
  repeat: ({ shape, name }, x, make) => {
    const one = make.reshape(make.last(x), [1, shape[1] ?? 1], name);
    return make.graph.node("Expand", [one, make.graph.ints(`${name}.times`, [1, ...shape])], name);
  },
  recurrent,
  embedding: ({ table, name }, x, make) => make.graph.node("Gather", [make.held(table), make.last(x)], name),
  attention,
  combine: ({ how, name }, _, make, all) => {
    const names = all.map((value) => make.last(value));
    if (how === "concat") return make.graph.node("Concat", names, name, { axis: { int: -1 } });
    // Products are of two at a time.
    if (how === "multiply") return names.reduce((a, b) => make.graph.node("Mul", [a, b], name));
    return make.graph.node(sums[how], names, name);
  },
  flip: ({ name }, x, make) => {
    const held = (stem: string, value: number | bigint): string => make.graph.ints(`${name}.${stem}`, [value]);
    const inputs = [held("starts", -1), held("ends", -(2n ** 62n)), held("axes", 1), held("steps", -1)];
    return make.graph.node("Slice", [make.last(x), ...inputs], name);
  },
  each: ({ body, name, shape }, x, make) => {
    const entries = make.reshape(make.last(x), x.shape.slice(1), name);
    return make.reshape(make.run(body, entries), shape, name);
  },
};
