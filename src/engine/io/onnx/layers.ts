/** The layers of an ONNX graph in Keras's words, as PyTorch exports them: channels first there, last here. What cannot be said so is
 *  refused by the op and its name. Source: onnx.ai, "ONNX Operators". */
import { ArgumentError } from "../../errors";
import { reshaped, transposed } from "../arrange";
import type { Node } from "../keras/tree";
import { type Field, fieldsOf } from "../protobuf";
import type { NamedArray } from "../safetensors";
import { MAX_NODES, messagesOf, textOf } from "./read";

/** Layers, and the arrays of each in Keras's order. */
export interface OnnxLayers {
  readonly layers: readonly Node[];
  readonly arrays: ReadonlyMap<string, readonly NamedArray[]>;
}

const refuse = (expected: string, got: string): never => {
  throw new ArgumentError(`ONNX file: expected ${expected}, got ${got}.`);
};

/** Ops that are an activation. */
const ACTIVATIONS: Readonly<Record<string, string>> = {
  Relu: "relu",
  Sigmoid: "sigmoid",
  Tanh: "tanh",
  Elu: "elu",
  Gelu: "gelu",
  Softplus: "softplus",
  Softmax: "softmax",
};
/** The ops of `x (1 + erf(x / sqrt 2)) / 2`, by which GELU goes before opset 20. */
const SPELT_OUT = ["Div", "Erf", "Add", "Mul", "Mul"];
const PASSED = new Set(["Identity", "Dropout", "Cast"]);
const FLAT = new Set(["Flatten", "Reshape", "Squeeze"]);
const KNOWN = "Conv, Gemm, MatMul, BatchNormalization, pooling, Flatten, Add, Concat and activations";

/** An op with its attributes as numbers. */
interface Op {
  readonly type: string;
  readonly name: string;
  readonly inputs: readonly string[];
  readonly output: string;
  readonly ints: (name: string) => readonly number[] | undefined;
  readonly real: (name: string) => number | undefined;
}

function opOf(bytes: Uint8Array, at: number): Op {
  const fields = fieldsOf(bytes);
  const texts = (number: number): readonly string[] =>
    messagesOf(fields, number).map((each) => new TextDecoder().decode(each.subarray(0, 500)));
  const attributes = new Map(
    messagesOf(fields, 5).map((each) => {
      const own = fieldsOf(each);
      return [textOf(own, 1), own] as const;
    }),
  );
  const signed = (value: number): number => Number(BigInt.asIntN(64, BigInt(value)));
  const [type = ""] = texts(4);
  return {
    type,
    name: `${type} ${at + 1}`,
    inputs: texts(1),
    output: texts(2)[0] ?? "",
    ints: (name) => {
      const found = attributes
        .get(name)
        ?.flatMap(({ number, value, bytes: packed }: Field) =>
          number === 3 || number === 8 ? (packed ? fieldsOf(packed, true).map((part) => part.value) : [value]) : [],
        );
      return found && found.length > 0 ? found.map(signed) : undefined;
    },
    real: (name) => {
      const raw = attributes.get(name)?.find(({ number }) => number === 2)?.bytes;
      return raw?.length === 4 ? new DataView(raw.buffer, raw.byteOffset, 4).getFloat32(0, true) : undefined;
    },
  };
}

/** What a value is: by which layer it is made, how many channels it has, and whether images were laid flat, channels first. */
interface Value {
  readonly layer: string;
  readonly channels: number;
  readonly isImage: boolean;
  /** Channels of images that were laid flat, whose columns are therefore in another order here. */
  readonly laidFlat?: number;
}

class LayerReader {
  readonly layers: Node[] = [];
  readonly arrays = new Map<string, readonly NamedArray[]>();
  readonly values = new Map<string, Value>();

  constructor(readonly held: Readonly<Record<string, NamedArray>>) {}

  add(
    name: string,
    type: string,
    config: Node["config"],
    from: readonly string[],
    ...own: readonly NamedArray[]
  ): string {
    const reads = from.length === 0 ? [] : [from.map((layer) => [layer, 0, 0, {}])];
    this.layers.push({ class_name: type, name, config: { ...config, name }, inbound_nodes: reads });
    this.arrays.set(name, own);
    return name;
  }

  weight(op: Op, place: number): NamedArray {
    const array = this.held[op.inputs[place] ?? ""];
    return array ?? refuse(`weights of "${op.name}" in the file`, "none");
  }

  /** Reads the first of some ops. @returns how many more belong to it */
  read([op, ...others]: readonly Op[]): number {
    if (!op) return 0;
    const x = this.values.get(op.inputs[0] ?? "");
    if (!x) return refuse("ops that read what others give", `"${op.name}" of "${(op.inputs[0] ?? "").slice(0, 60)}"`);
    const last = others.at(-1);
    const root = this.held[op.inputs[1] ?? ""]?.data[0] ?? 0;
    if (last && [op, ...others].every(({ type }, i) => type === SPELT_OUT[i]) && Math.abs(root - Math.SQRT2) < 1e-6) {
      this.values.set(last.output, this.#made({ ...op, type: "Gelu" }, x));
      return others.length;
    }
    this.values.set(op.output, this.#made(op, x));
    return 0;
  }

  #made(op: Op, x: Value): Value {
    const { type, name } = op;
    const activation = Object.hasOwn(ACTIVATIONS, type) ? ACTIVATIONS[type] : undefined;
    if (PASSED.has(type)) return x;
    if (type === "Elu" && (op.real("alpha") ?? 1) !== 1)
      return refuse(`"${name}" with alpha 1`, String(op.real("alpha")));
    if (activation !== undefined) return { ...x, layer: this.add(name, "Activation", { activation }, [x.layer]) };
    if (type === "LeakyRelu") {
      const slope = op.real("alpha") ?? 0.01;
      return { ...x, layer: this.add(name, "LeakyReLU", { negative_slope: slope }, [x.layer]) };
    }
    if (FLAT.has(type)) {
      if (!x.isImage) return x;
      const layer = this.add(name, "Flatten", {}, [x.layer]);
      return { layer, channels: 0, isImage: false, laidFlat: x.channels };
    }
    if (type === "Gemm" || type === "MatMul") return this.#dense(op, x);
    if (type === "Add" || type === "Concat") return this.#joined(op, x);
    if (!x.isImage) return refuse(KNOWN, `${type.slice(0, 60)}, which is not read of numbers`);
    if (type === "Conv") return this.#conv(op, x);
    if (type === "BatchNormalization") {
      const own = [1, 2, 3, 4].map((place) => this.weight(op, place));
      const config = { epsilon: op.real("epsilon") ?? 1e-5, momentum: op.real("momentum") ?? 0.9 };
      return { ...x, layer: this.add(name, type, config, [x.layer], ...own) };
    }
    const mean = type === "ReduceMean" && op.ints("keepdims")?.[0] !== 0;
    if (type === "GlobalAveragePool" || mean) {
      const layer = this.add(name, "GlobalAveragePooling2D", {}, [x.layer]);
      return { layer, channels: x.channels, isImage: false };
    }
    if (type === "MaxPool" || type === "AveragePool") {
      const isPlain = [...(op.ints("pads") ?? []), ...(op.ints("ceil_mode") ?? [])].every((value) => value === 0);
      if (!isPlain) return refuse(`"${name}" without a border`, "pads or ceil_mode");
      const window = op.ints("kernel_shape") ?? [];
      const config = { pool_size: window, strides: op.ints("strides") ?? [1, 1], padding: "valid" };
      return { ...x, layer: this.add(name, `${type === "MaxPool" ? "Max" : "Average"}Pooling2D`, config, [x.layer]) };
    }
    return refuse(KNOWN, type.slice(0, 60));
  }

  #dense(op: Op, x: Value): Value {
    if (x.isImage) return refuse(`"${op.name}" of numbers`, "images that were not laid flat");
    const given = this.weight(op, 1);
    const kernel = op.ints("transB")?.[0] === 1 ? transposed(given, [1, 0]) : given;
    const [rows = 0, units = 0] = kernel.shape;
    const bias = this.held[op.inputs[2] ?? ""];
    const { laidFlat: channels = 1 } = x;
    // Rows in the order of channels first, which are channels last here.
    const own =
      channels > 1
        ? reshaped(transposed(reshaped(kernel, [channels, rows / channels, units]), [1, 0, 2]), [rows, units])
        : kernel;
    const config = { units, use_bias: bias !== undefined };
    const layer = this.add(op.name, "Dense", config, [x.layer], ...(bias ? [own, bias] : [own]));
    return { layer, channels: units, isImage: false };
  }

  #conv(op: Op, x: Value): Value {
    const kernel = this.weight(op, 1);
    const bias = this.held[op.inputs[2] ?? ""];
    const [filters = 0, , ...window] = kernel.shape;
    const [strides, dilation] = [op.ints("strides") ?? [1, 1], op.ints("dilations") ?? [1, 1]];
    const [top = 0, left = 0, bottom = 0, right = 0] = op.ints("pads") ?? [];
    const group = op.ints("group")?.[0] ?? 1;
    if (window.length !== 2) return refuse(`"${op.name}" of images`, `${window.length} axes`);
    const spread = window.map((size, i) => (size - 1) * (dilation[i] ?? 1));
    const isSame =
      strides.every((stride) => stride === 1) &&
      top === bottom &&
      left === right &&
      2 * top === spread[0] &&
      2 * left === spread[1];
    const isBare = top + left + bottom + right === 0;
    const border = {
      padding: [
        [top, bottom],
        [left, right],
      ],
    };
    const from = isSame || isBare ? x.layer : this.add(`${op.name} border`, "ZeroPadding2D", border, [x.layer]);
    const config = {
      kernel_size: window,
      strides,
      dilation_rate: dilation,
      padding: isSame && !isBare ? "same" : "valid",
      use_bias: bias !== undefined,
    };
    const others = bias ? [bias] : [];
    if (group === 1) {
      const own = transposed(kernel, [2, 3, 1, 0]);
      const layer = this.add(op.name, "Conv2D", { ...config, filters }, [from], own, ...others);
      return { layer, channels: filters, isImage: true };
    }
    if (group !== x.channels || kernel.shape[1] !== 1)
      return refuse(`"${op.name}" of one group, or of one for each channel`, String(group));
    const own = reshaped(transposed(kernel, [2, 3, 0, 1]), [...window, group, filters / group]);
    const layer = this.add(
      op.name,
      "DepthwiseConv2D",
      { ...config, depth_multiplier: filters / group },
      [from],
      own,
      ...others,
    );
    return { layer, channels: filters, isImage: true };
  }

  #joined(op: Op, x: Value): Value {
    const [, second = ""] = op.inputs;
    const bias = this.held[second];
    const before = this.layers.at(-1);
    // A product and a sum are one layer.
    if (
      op.type === "Add" &&
      bias &&
      before?.name === x.layer &&
      before.class_name === "Dense" &&
      before.config["use_bias"] === false
    ) {
      this.layers[this.layers.length - 1] = { ...before, config: { ...before.config, use_bias: true } };
      this.arrays.set(x.layer, [...(this.arrays.get(x.layer) ?? []), bias]);
      return x;
    }
    const all = op.inputs.map(
      (input) => this.values.get(input) ?? refuse(`"${op.name}" of what layers give`, input.slice(0, 60)),
    );
    if (all.some(({ laidFlat }) => laidFlat !== undefined))
      return refuse(`"${op.name}" before images are laid flat`, "after");
    if (op.type === "Concat" && op.ints("axis")?.[0] !== 1) return refuse(`"${op.name}" of channels`, "another axis");
    const layer = this.add(
      op.name,
      op.type === "Add" ? "Add" : "Concatenate",
      {},
      all.map((each) => each.layer),
    );
    const channels = op.type === "Add" ? x.channels : all.reduce((sum, each) => sum + each.channels, 0);
    return { layer, channels, isImage: x.isImage };
  }
}

/** @param held the floats of the file, by name  @throws ArgumentError naming the first op that is none of these layers */
export function onnxLayers(bytes: Uint8Array, held: Readonly<Record<string, NamedArray>>): OnnxLayers {
  const [graphBytes = new Uint8Array()] = messagesOf(fieldsOf(bytes), 7);
  const graph = fieldsOf(graphBytes);
  const nodes = messagesOf(graph, 1);
  if (nodes.length > MAX_NODES) refuse(`at most ${MAX_NODES} nodes`, String(nodes.length));
  const inputs = messagesOf(graph, 11).map(fieldsOf as (own: Uint8Array) => readonly Field[]);
  const [input, second] = inputs.filter((own) => !Object.hasOwn(held, textOf(own, 1)));
  if (!input || second) return refuse("a graph of one input", second ? "several" : "none");
  const dims = dimsOf(input);
  const reader = new LayerReader(held);
  const layer = reader.add("input", "InputLayer", {}, []);
  reader.values.set(textOf(input, 1), { layer, channels: dims[1] ?? 0, isImage: dims.length === 4 });
  const ops = nodes.map(opOf);
  for (let at = 0; at < ops.length; at++) at += reader.read(ops.slice(at, at + SPELT_OUT.length));
  return { layers: reader.layers, arrays: reader.arrays };
}

/** Sizes of an input's axes; 0 for those that are free. */
function dimsOf(input: readonly Field[]): readonly number[] {
  const inner = (fields: readonly Field[], number: number): readonly Field[] =>
    fieldsOf(messagesOf(fields, number)[0] ?? new Uint8Array());
  const shape = inner(inner(inner(input, 2), 1), 2);
  return messagesOf(shape, 1).map((dim) => fieldsOf(dim).find(({ number }) => number === 1)?.value ?? 0);
}
