/** Portable steps as PyTorch: what a module has in `__init__`, what it does in `forward`, and its state dict. Values are channels last
 *  outside, as the data are; images become channels first where a module wants it. */
import { type Shape, sizeOf } from "../../shape";
import { gatesReordered, reshaped, transposed } from "../arrange";
import type { OpName, Program, Squash, Step } from "../portable/program";
import type { NamedArray } from "../safetensors";

type Of<K extends OpName> = Extract<Step, { op: K }>;

/** A value in `forward`: a Python name in either layout, as far as it has been made. */
interface Value {
  readonly shape: Shape;
  last: string | undefined;
  first: string | undefined;
}

/** The expression of a result, and whether it is channels first. */
type Made = string | { readonly first: string };

type Translation<K extends OpName> = (step: Of<K>, x: Value, make: Module, all: readonly Value[]) => Made;

const tuple = (values: readonly number[]): string =>
  values.length === 1 ? `(${values[0]},)` : `(${values.join(", ")})`;
/** Names that Python has no use for itself. */
const identifier = (name: string): string => {
  const word = name.replace(/\W/g, "_");
  return /^[A-Za-z]/.test(word) && !["forward", "training", "lambda", "class", "def"].includes(word)
    ? word
    : `m_${word}`;
};

/** A module that is being written. */
export class Module {
  readonly init: string[] = [];
  readonly body: string[] = [];
  readonly state: Record<string, NamedArray> = {};
  readonly #weights: Program["weights"];
  readonly #taken = new Set<string>();
  #next = 0;

  constructor(weights: Program["weights"]) {
    this.#weights = weights;
  }

  /** Adds a module. @param name its attribute  @param state by the name below its own  @returns how `forward` calls it */
  module(name: string, made: string, state: Readonly<Record<string, NamedArray | null>> = {}): string {
    const attribute = this.#attribute(name);
    this.init.push(`self.${attribute} = ${made}`);
    for (const [key, array] of Object.entries(state)) if (array) this.state[`${attribute}.${key}`] = array;
    return `self.${attribute}`;
  }

  /** Adds a parameter. @returns how `forward` reads it */
  parameter(name: string, array: NamedArray): string {
    const attribute = this.#attribute(name);
    this.init.push(`self.${attribute} = nn.Parameter(torch.zeros(${tuple(array.shape)}))`);
    this.state[attribute] = array;
    return `self.${attribute}`;
  }

  #attribute(name: string): string {
    const stem = identifier(name);
    let attribute = stem;
    for (let i = 1; this.#taken.has(attribute); i++) attribute = `${stem}_${i}`;
    this.#taken.add(attribute);
    return attribute;
  }

  array(key: string): NamedArray {
    const array = this.#weights[key];
    if (!array) throw new Error(`PyTorch: expected a weight "${key}", got none.`);
    return array;
  }

  maybe(key: string | null): NamedArray | null {
    return key === null ? null : this.array(key);
  }

  /** Gives an expression a name in `forward`. */
  named(expression: string): string {
    const name = `x${this.#next++}`;
    this.body.push(`${name} = ${expression}`);
    return name;
  }

  last(value: Value): string {
    return (value.last ??= this.named(`${value.first}.permute(0, 2, 3, 1)`));
  }

  first(value: Value): string {
    return (value.first ??= this.named(`${value.last}.permute(0, 3, 1, 2)`));
  }

  either(value: Value, make: (name: string) => string): Made {
    return value.last === undefined ? { first: make(this.first(value)) } : make(this.last(value));
  }

  /** Writes a program's lines. @param name of what it reads  @returns the name of its result, channels last */
  run({ input, steps, result }: Omit<Program, "weights">, name: string): string {
    const values = new Map<number, Value>([[0, { shape: input.shape, last: name, first: undefined }]]);
    for (const step of steps) {
      const all = step.from.flatMap((number) => values.get(number) ?? []);
      const [x] = all;
      if (!x) continue;
      const translate = translations[step.op] as Translation<OpName>;
      const made = translate(step, x, this, all);
      const isFirst = typeof made !== "string";
      const own = this.named(isFirst ? made.first : made);
      values.set(step.to, { shape: step.shape, last: isFirst ? undefined : own, first: isFirst ? own : undefined });
    }
    const value = values.get(result);
    return value ? this.last(value) : name;
  }
}

/** Padding that torch's own modules cannot have: more behind than in front. */
function padded(name: string, [top, bottom, left, right]: Of<"pool">["pads"], value = "0.0"): string {
  return top + bottom + left + right === 0
    ? name
    : `F.pad(${name}, (${left}, ${right}, ${top}, ${bottom}), value=${value})`;
}

const conv: (isDepthwise: boolean) => Translation<"conv" | "depthwise"> = (isDepthwise) => (step, x, make) => {
  const [channels, filters] = [x.shape.at(-1) ?? 1, step.shape.at(-1) ?? 1];
  const kernel = make.array(step.kernel);
  const weight = isDepthwise
    ? reshaped(transposed(kernel, [2, 3, 0, 1]), [filters, 1, ...step.window])
    : transposed(kernel, [3, 2, 0, 1]);
  const [top, bottom, left, right] = step.pads;
  const isEven = top === bottom && left === right;
  const settings = [
    `${channels}, ${filters}, ${tuple(step.window)}`,
    step.strides.some((stride) => stride > 1) && `stride=${tuple(step.strides)}`,
    isEven && top + left > 0 && `padding=${tuple([top, left])}`,
    step.dilation.some((rate) => rate > 1) && `dilation=${tuple(step.dilation)}`,
    isDepthwise && `groups=${channels}`,
    step.bias === null && "bias=False",
  ].filter((setting) => setting !== false);
  const module = make.module(step.name, `nn.Conv2d(${settings.join(", ")})`, { weight, bias: make.maybe(step.bias) });
  const input = make.first(x);
  return { first: `${module}(${isEven ? input : padded(input, step.pads)})` };
};

const modules = { simple: "RNN", lstm: "LSTM", gru: "GRU" } as const;
/** Places of torch's gates among Keras's. */
const orders = { simple: [0], lstm: [0, 1, 2, 3], gru: [1, 0, 2] } as const;
const squashes: Readonly<Record<Squash, string>> = {
  tanh: "torch.tanh",
  relu: "torch.relu",
  sigmoid: "torch.sigmoid",
  linear: "(lambda v: v)",
};

const recurrent: Translation<"recurrent"> = (step, x, make) => {
  const { cell, units, name } = step;
  const order = orders[cell];
  const features = x.shape.at(-1) ?? 1;
  const usual = step.activation === "tanh" || (cell === "simple" && step.activation === "relu");
  const isNative = usual && (cell === "simple" || step.gate === "sigmoid");
  const rows = (key: string): NamedArray => gatesReordered(transposed(make.array(key), [1, 0]), units, order);
  const width = order.length * units;
  const bias = make.maybe(step.bias)?.data ?? null;
  const half = (from: number): NamedArray | null => {
    if (!bias) return null;
    const own = from === 0 || bias.length > width ? bias.subarray(from, from + width) : new Float32Array(width);
    return gatesReordered({ shape: [width], data: own }, units, order);
  };
  const settings = [
    `${features}, ${units}, batch_first=True`,
    bias === null && "bias=False",
    cell === "simple" && step.activation === "relu" && `nonlinearity="relu"`,
  ].filter((setting) => setting !== false);
  const state = {
    weight_ih_l0: rows(step.kernel),
    weight_hh_l0: rows(step.recurrent),
    bias_ih_l0: half(0),
    bias_hh_l0: half(width),
  };
  const module = make.module(name, `nn.${modules[cell]}(${settings.join(", ")})`, state);
  const states = isNative
    ? `${module}(${make.last(x)})[0]`
    : `walk(${module}, ${make.last(x)}, "${cell}", ${squashes[step.activation]}, ${squashes[step.gate]})`;
  return step.sequences ? states : `${states}[:, -1]`;
};

const attention: Translation<"attention"> = ({ heads, size, causal, kernels, biases, name, shape }, x, make) => {
  const [steps = 1, channels = 1] = shape;
  const width = heads * size;
  const linear = (k: 0 | 1 | 2 | 3, part: string): string => {
    const [inner, outer] = k === 3 ? [width, channels] : [channels, width];
    const bias = biases ? reshaped(make.array(biases[k]), [outer]) : null;
    const weight = transposed(reshaped(make.array(kernels[k]), [inner, outer]), [1, 0]);
    const settings = `${inner}, ${outer}${biases ? "" : ", bias=False"}`;
    return make.module(`${name}_${part}`, `nn.Linear(${settings})`, { weight, bias });
  };
  const own = make.last(x);
  const parts = (["query", "key", "value"] as const).map((part, k) =>
    make.named(`${linear(k as 0 | 1 | 2, part)}(${own}).view(-1, ${steps}, ${heads}, ${size}).transpose(1, 2)`),
  );
  const read = make.named(
    `F.scaled_dot_product_attention(${parts.join(", ")}, is_causal=${causal ? "True" : "False"})`,
  );
  return `${linear(3, "output")}(${read}.transpose(1, 2).reshape(-1, ${steps}, ${width}))`;
};

const functions: Readonly<Record<Of<"activation">["how"], (x: string, alpha: number) => string>> = {
  relu: (x) => `F.relu(${x})`,
  leaky_relu: (x, alpha) => `F.leaky_relu(${x}, ${alpha})`,
  elu: (x, alpha) => `F.elu(${x}, ${alpha})`,
  gelu: (x) => `F.gelu(${x})`,
  sigmoid: (x) => `torch.sigmoid(${x})`,
  tanh: (x) => `torch.tanh(${x})`,
  softplus: (x) => `F.softplus(${x})`,
  softmax: (x) => `torch.softmax(${x}, -1)`,
};

const translations: { readonly [K in OpName]: Translation<K> } = {
  dense: ({ kernel, bias, name, shape }, x, make) => {
    const inputs = x.shape.at(-1) ?? 1;
    const module = make.module(name, `nn.Linear(${inputs}, ${shape.at(-1)}${bias === null ? ", bias=False" : ""})`, {
      weight: transposed(make.array(kernel), [1, 0]),
      bias: make.maybe(bias),
    });
    return `${module}(${make.last(x)})`;
  },
  conv: (step, x, make, all) => conv(false)(step, x, make, all),
  depthwise: (step, x, make, all) => conv(true)(step, x, make, all),
  convTranspose: ({ kernel, bias, name, shape, strides, window, cut }, x, make) => {
    const module = make.module(
      name,
      `nn.ConvTranspose2d(${x.shape.at(-1)}, ${shape.at(-1)}, ${tuple(window)}, stride=${tuple(strides)}${bias === null ? ", bias=False" : ""})`,
      { weight: transposed(make.array(kernel), [3, 2, 0, 1]), bias: make.maybe(bias) },
    );
    const [rows = 1, columns = 1] = shape;
    const full = [0, 1].map((axis) => ((x.shape[axis] ?? 1) - 1) * (strides[axis] ?? 1) + (window[axis] ?? 1));
    const grown = [0, 1].map((axis) => Math.max(0, (cut[axis] ?? 0) + (shape[axis] ?? 1) - (full[axis] ?? 0)));
    // What is missing behind has the bias alone.
    const size = grown.some((cells) => cells > 0)
      ? `, output_size=(${(full[0] ?? 0) + (grown[0] ?? 0)}, ${(full[1] ?? 0) + (grown[1] ?? 0)})`
      : "";
    const slice = (from: number, count: number): string => `${from}:${from + count}`;
    return { first: `${module}(${make.first(x)}${size})[:, :, ${slice(cut[0], rows)}, ${slice(cut[1], columns)}]` };
  },
  pool: ({ how, window, strides, pads, shape }, x, make) => {
    const own = make.first(x);
    const settings = `${tuple(window)}, stride=${tuple(strides)}`;
    if (how === "max") return { first: `F.max_pool2d(${padded(own, pads, "-torch.inf")}, ${settings})` };
    if (pads.every((cells) => cells === 0)) return { first: `F.avg_pool2d(${own}, ${settings})` };
    // Padding is not counted.
    const sums = `F.avg_pool2d(${padded(own, pads)}, ${settings})`;
    const ones = padded(`torch.ones_like(${own})`, pads);
    void shape;
    return { first: `${sums} / F.avg_pool2d(${ones}, ${settings})` };
  },
  global: ({ how }, x, make) => {
    const isImage = x.shape.length === 3;
    const axes = isImage ? "(2, 3)" : "1";
    return `${isImage ? make.first(x) : make.last(x)}.${how === "max" ? "amax" : "mean"}(${axes})`;
  },
  activation: ({ how, alpha }, x, make) =>
    how === "softmax" ? functions.softmax(make.last(x), 0) : make.either(x, (own) => functions[how](own, alpha)),
  prelu: ({ alpha, name }, x, make) => {
    const own = make.last(x);
    return `torch.where(${own} > 0, ${own}, ${make.parameter(`${name}_alpha`, make.array(alpha))} * ${own})`;
  },
  batchNorm: ({ name, epsilon, momentum, ...step }, x, make) => {
    const channels = x.shape.at(-1) ?? 1;
    const isImage = x.shape.length === 3;
    const [gamma, beta] = [make.maybe(step.gamma), make.maybe(step.beta)];
    const ones: NamedArray = { shape: [channels], data: new Float32Array(channels).fill(1) };
    const zeros: NamedArray = { shape: [channels], data: new Float32Array(channels) };
    // Torch's momentum is the share of what is new.
    const share = Number((1 - momentum).toPrecision(6));
    const isAffine = gamma !== null || beta !== null;
    const module = make.module(
      name,
      `nn.BatchNorm${isImage ? "2d" : "1d"}(${channels}, eps=${epsilon}, momentum=${share}${isAffine ? "" : ", affine=False"})`,
      {
        ...(isAffine && { weight: gamma ?? ones, bias: beta ?? zeros }),
        running_mean: make.array(step.mean),
        running_var: make.array(step.variance),
      },
    );
    if (isImage) return { first: `${module}(${make.first(x)})` };
    const own = make.last(x);
    return x.shape.length === 2 ? `${module}(${own}.transpose(1, 2)).transpose(1, 2)` : `${module}(${own})`;
  },
  normalize: ({ groups, centers, epsilon, name, shape, ...step }, x, make) => {
    const channels = shape.at(-1) ?? 1;
    const own = make.last(x);
    const parts =
      groups === 0
        ? own
        : make.named(`${own}.reshape(-1, ${sizeOf(shape) / channels}, ${groups}, ${channels / groups})`);
    const axes = groups === 0 ? "-1" : "(1, 3)";
    const centred = centers ? make.named(`${parts} - ${parts}.mean(${axes}, keepdim=True)`) : parts;
    const normal = `${centred} * torch.rsqrt((${centred} ** 2).mean(${axes}, keepdim=True) + ${epsilon})`;
    const back = groups === 0 ? `(${normal})` : `(${normal}).reshape(-1, ${shape.join(", ")})`;
    const [gamma, beta] = [make.maybe(step.gamma), make.maybe(step.beta)];
    const scaled = gamma ? `${back} * ${make.parameter(`${name}_gamma`, gamma)}` : back;
    return beta ? `${scaled} + ${make.parameter(`${name}_beta`, beta)}` : scaled;
  },
  offset: ({ offset, name }, x, make) => `${make.last(x)} + ${make.parameter(name, make.array(offset))}`,
  training: ({ how, rate, name }, x, make) => {
    if (how === "dropout") return make.either(x, (own) => `${make.module(name, `nn.Dropout(${rate})`)}(${own})`);
    if (how === "channelDropout") return { first: `${make.module(name, `nn.Dropout2d(${rate})`)}(${make.first(x)})` };
    if (how === "noise") {
      return make.either(x, (own) => `${own} + torch.randn_like(${own}) * ${rate} if self.training else ${own}`);
    }
    return make.either(x, (own) => own);
  },
  reshape: ({ shape }, x, make) =>
    shape.length === 1 ? `${make.last(x)}.flatten(1)` : `${make.last(x)}.reshape(-1, ${shape.join(", ")})`,
  transpose: ({ axes }, x, make) => `${make.last(x)}.permute(0, ${axes.map((axis) => axis + 1).join(", ")})`,
  pad: ({ edges }, x, make) => ({ first: padded(make.first(x), edges) }),
  crop: ({ edges: [top, , left], shape: [height = 1, width = 1] }, x, make) => ({
    first: `${make.first(x)}[:, :, ${top}:${top + height}, ${left}:${left + width}]`,
  }),
  upsample: ({ factors, isBilinear }, x, make) => ({
    first: `F.interpolate(${make.first(x)}, scale_factor=${tuple(factors)}, mode="${isBilinear ? "bilinear" : "nearest"}")`,
  }),
  repeat: ({ times }, x, make) => `${make.last(x)}.unsqueeze(1).repeat(1, ${times}, 1)`,
  recurrent,
  embedding: ({ table, name }, x, make) => {
    const weight = make.array(table);
    return `${make.module(name, `nn.Embedding${tuple(weight.shape)}`, { weight })}(${make.last(x)})`;
  },
  attention,
  combine: ({ how }, _, make, all) => {
    const names = all.map((value) => make.last(value));
    if (how === "concat") return `torch.cat((${names.join(", ")}), -1)`;
    if (how === "add") return names.join(" + ");
    if (how === "multiply") return names.join(" * ");
    if (how === "average") return `(${names.join(" + ")}) / ${names.length}`;
    return names.reduce((a, b) => `torch.maximum(${a}, ${b})`);
  },
  flip: (_, x, make) => `${make.last(x)}.flip(1)`,
  each: ({ body, shape }, x, make) => {
    const inner = x.shape.slice(1).join(", ");
    const entries = make.named(`${make.last(x)}.reshape(-1${inner ? `, ${inner}` : ""})`);
    return `${make.run(body, entries)}.reshape(-1, ${shape.join(", ")})`;
  },
};
