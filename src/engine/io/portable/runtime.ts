/** Runs portable programs in plain JavaScript, one sample at a time, with sums in double precision. One function that refers to nothing
 *  outside itself, so that its own text can be put into a page that works without this one. */
import type { Edges, Pair, Program, Squash, Step } from "./program";

/** The numbers of a program's weights, by key. */
export type Numbers = Readonly<Record<string, ArrayLike<number>>>;

/** The result of a sample. @param input row-major, of the program's input */
export type RunProgram = (
  program: Omit<Program, "weights">,
  weights: Numbers,
  input: ArrayLike<number>,
) => Float32Array;

/** Makes the function that runs programs. */
export function makeRuntime(): RunProgram {
  type Of<K extends Step["op"]> = Extract<Step, { op: K }>;
  type Value = { readonly shape: readonly number[]; readonly data: ArrayLike<number> };
  type Arrays = (key: string | null) => ArrayLike<number> | null;
  type Kernel<K extends Step["op"]> = (
    step: Of<K>,
    x: Value,
    arrays: Arrays,
    all: readonly Value[],
    w: Numbers,
  ) => ArrayLike<number>;

  const size = (shape: readonly number[]): number => shape.reduce((product, dim) => product * dim, 1);
  const last = (shape: readonly number[]): number => shape[shape.length - 1] ?? 1;
  const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
  const map = (x: Value, f: (value: number, i: number) => number): Float64Array =>
    Float64Array.from({ length: x.data.length }, (_, i) => f(x.data[i]!, i));

  /** The complementary error function: a series near 0, a continued fraction elsewhere. */
  const erfc = (x: number): number => {
    const a = Math.abs(x);
    let value = 0;
    if (a < 2) {
      let [term, sum] = [a, a];
      for (let n = 1; n < 60; n++) {
        term *= (-a * a) / n;
        sum += term / (2 * n + 1);
      }
      value = 1 - (2 / Math.sqrt(Math.PI)) * sum;
    } else {
      for (let n = 60; n > 0; n--) value = n / 2 / (a + value);
      value = Math.exp(-a * a) / Math.sqrt(Math.PI) / (a + value);
    }
    return x < 0 ? 2 - value : value;
  };

  const squash: Record<Squash, (x: number) => number> = {
    tanh: Math.tanh,
    relu: (x) => Math.max(x, 0),
    sigmoid,
    linear: (x) => x,
  };
  const bends: Record<string, (x: number, alpha: number) => number> = {
    relu: squash.relu,
    tanh: Math.tanh,
    sigmoid,
    leaky_relu: (x, alpha) => (x > 0 ? x : alpha * x),
    elu: (x, alpha) => (x > 0 ? x : alpha * Math.expm1(x)),
    softplus: (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))),
    gelu: (x) => 0.5 * x * erfc(-x * Math.SQRT1_2),
  };

  const softmax = (y: Float64Array, from: number, to: number): void => {
    let [most, sum] = [-Infinity, 0];
    for (let i = from; i < to; i++) most = Math.max(most, y[i]!);
    for (let i = from; i < to; i++) sum += y[i] = Math.exp(y[i]! - most);
    for (let i = from; i < to; i++) y[i]! /= sum;
  };

  /** `x · w + bias`, x as rows of `inner` numbers. */
  const times = (
    x: ArrayLike<number>,
    w: ArrayLike<number>,
    inner: number,
    bias: ArrayLike<number> | null,
  ): Float64Array => {
    const [rows, outer] = [x.length / inner, w.length / inner];
    const y = Float64Array.from({ length: rows * outer }, (_, i) => bias?.[i % outer] ?? 0);
    for (let r = 0; r < rows; r++)
      for (let i = 0; i < inner; i++) {
        const value = x[r * inner + i]!;
        if (value !== 0) for (let o = 0; o < outer; o++) y[r * outer + o]! += value * w[i * outer + o]!;
      }
    return y;
  };

  /** Calls back for every pixel of a result and every pixel of the image that its window covers. */
  const slide = (
    from: readonly number[],
    to: readonly number[],
    { window, strides, pads, dilation = [1, 1] }: { window: Pair; strides: Pair; pads: Edges; dilation?: Pair },
    visit: (pixel: number, source: number, tap: number) => void,
  ): void => {
    const [[height = 1, width = 1], [rows = 1, columns = 1]] = [from, to];
    for (let i = 0; i < rows; i++)
      for (let j = 0; j < columns; j++)
        for (let a = 0; a < window[0]; a++)
          for (let b = 0; b < window[1]; b++) {
            const [row, column] = [
              i * strides[0] + a * dilation[0] - pads[0],
              j * strides[1] + b * dilation[1] - pads[2],
            ];
            if (row < 0 || row >= height || column < 0 || column >= width) continue;
            visit(i * columns + j, row * width + column, a * window[1] + b);
          }
  };

  /** Rows and columns moved; what comes from outside is 0. */
  const shift = (x: Value, shape: readonly number[], [top, , left]: Edges): Float64Array => {
    const [[height = 1, width = 1, channels = 1], [rows = 1, columns = 1]] = [x.shape, shape];
    const y = new Float64Array(size(shape));
    for (let i = 0; i < rows; i++)
      for (let j = 0; j < columns; j++) {
        const [row, column] = [i - top, j - left];
        if (row < 0 || row >= height || column < 0 || column >= width) continue;
        for (let c = 0; c < channels; c++)
          y[(i * columns + j) * channels + c] = x.data[(row * width + column) * channels + c]!;
      }
    return y;
  };

  /** Where numbers are brought to mean 0 and variance 1, together. */
  const normalize: Kernel<"normalize"> = ({ groups, centers, epsilon, ...step }, x, arrays) => {
    const [gamma, beta, channels] = [arrays(step.gamma), arrays(step.beta), last(x.shape)];
    const places = x.data.length / channels;
    const groupOf = (i: number): number =>
      groups === 0 ? Math.floor(i / channels) : Math.floor(((i % channels) * groups) / channels);
    const count = groups === 0 ? channels : (places * channels) / groups;
    const [means, squares] = [new Float64Array(groups || places), new Float64Array(groups || places)];
    if (centers) for (let i = 0; i < x.data.length; i++) means[groupOf(i)]! += x.data[i]! / count;
    for (let i = 0; i < x.data.length; i++) squares[groupOf(i)]! += (x.data[i]! - means[groupOf(i)]!) ** 2 / count;
    return map(x, (value, i) => {
      const g = groupOf(i);
      const normal = (value - means[g]!) / Math.sqrt(squares[g]! + epsilon);
      return normal * (gamma?.[i % channels] ?? 1) + (beta?.[i % channels] ?? 0);
    });
  };

  const recurrent: Kernel<"recurrent"> = (step, x, arrays) => {
    const { cell, units } = step;
    const [tell, gate, bias, states] = [
      squash[step.activation],
      squash[step.gate],
      arrays(step.bias),
      arrays(step.recurrent)!,
    ];
    const [steps = 1, features = 1] = x.shape;
    const width = states.length / units;
    const both = bias ? Array.from(bias) : [];
    // A GRU's state has a bias of its own.
    const [own, other] = [bias ? both.slice(0, width) : null, both.length > width ? both.slice(width) : null];
    const sums = times(x.data, arrays(step.kernel)!, features, own);
    const y = new Float64Array(steps * units);
    let [h, memory] = [new Float64Array(units), new Float64Array(units)];
    for (let t = 0; t < steps; t++) {
      const z = times(h, states, units, other);
      const next = new Float64Array(units);
      const kept = new Float64Array(units);
      for (let u = 0; u < units; u++) {
        const at = (g: number): number => sums[t * width + g * units + u]! + z[g * units + u]!;
        if (cell === "simple") next[u] = tell(at(0));
        else if (cell === "lstm") {
          kept[u] = gate(at(1)) * memory[u]! + gate(at(0)) * tell(at(2));
          next[u] = gate(at(3)) * tell(kept[u]!);
        } else {
          const fresh = tell(sums[t * width + 2 * units + u]! + gate(at(1)) * z[2 * units + u]!);
          next[u] = gate(at(0)) * h[u]! + (1 - gate(at(0))) * fresh;
        }
      }
      [h, memory] = [next, kept];
      y.set(h, t * units);
    }
    return step.sequences ? y : h;
  };

  const attention: Kernel<"attention"> = ({ heads, size: width, causal, kernels, biases }, x, arrays) => {
    const [steps = 1, channels = 1] = x.shape;
    const project = (k: 0 | 1 | 2) => times(x.data, arrays(kernels[k])!, channels, arrays(biases?.[k] ?? null));
    const [query, key, value, all] = [project(0), project(1), project(2), heads * width];
    const read = new Float64Array(steps * all);
    for (let h = 0; h < heads; h++)
      for (let t = 0; t < steps; t++) {
        const seen = causal ? t + 1 : steps;
        const looks = new Float64Array(seen);
        for (let s = 0; s < seen; s++) {
          for (let d = h * width; d < (h + 1) * width; d++) looks[s]! += query[t * all + d]! * key[s * all + d]!;
          looks[s]! /= Math.sqrt(width);
        }
        softmax(looks, 0, seen);
        for (let s = 0; s < seen; s++)
          for (let d = h * width; d < (h + 1) * width; d++) read[t * all + d]! += looks[s]! * value[s * all + d]!;
      }
    return times(read, arrays(kernels[3])!, all, arrays(biases?.[3] ?? null));
  };

  const upsample: Kernel<"upsample"> = ({ factors, isBilinear, shape }, x) => {
    const [[height = 1, width = 1, channels = 1], [, columns = 1]] = [x.shape, shape];
    const along = (o: number, length: number, factor: number): readonly [number, number, number] => {
      const place = isBilinear ? Math.min(Math.max((o + 0.5) / factor - 0.5, 0), length - 1) : Math.floor(o / factor);
      const low = Math.floor(place);
      return [low, Math.min(low + 1, length - 1), place - low];
    };
    const at = (row: number, column: number, c: number): number => x.data[(row * width + column) * channels + c]!;
    return Float64Array.from({ length: size(shape) }, (_, i) => {
      const [pixel, c] = [Math.floor(i / channels), i % channels];
      const [a, b, down] = along(Math.floor(pixel / columns), height, factors[0]);
      const [l, r, across] = along(pixel % columns, width, factors[1]);
      const upper = at(a, l, c) * (1 - across) + at(a, r, c) * across;
      return upper * (1 - down) + (at(b, l, c) * (1 - across) + at(b, r, c) * across) * down;
    });
  };

  const transpose: Kernel<"transpose"> = ({ axes, shape }, x) => {
    const strides = x.shape.map((_, axis) => size(x.shape.slice(axis + 1)));
    return Float64Array.from({ length: x.data.length }, (_, i) => {
      let [rest, at] = [i, 0];
      for (let k = shape.length - 1; k >= 0; k--) {
        at += (rest % shape[k]!) * strides[axes[k]!]!;
        rest = Math.floor(rest / shape[k]!);
      }
      return x.data[at]!;
    });
  };

  const combine: Kernel<"combine"> = ({ how, shape }, x, _, all) => {
    if (how === "concat") {
      const width = last(shape);
      const y = new Float64Array(size(shape));
      let from = 0;
      for (const part of all) {
        const own = last(part.shape);
        for (let i = 0; i < part.data.length; i++) y[Math.floor(i / own) * width + from + (i % own)] = part.data[i]!;
        from += own;
      }
      return y;
    }
    return map(x, (_first, i) => {
      const values = all.map(({ data }) => data[i]!);
      if (how === "multiply") return values.reduce((a, b) => a * b);
      if (how === "maximum") return Math.max(...values);
      return values.reduce((a, b) => a + b) / (how === "average" ? values.length : 1);
    });
  };

  const kernels: { [K in Step["op"]]: Kernel<K> } = {
    dense: ({ kernel, bias }, x, arrays) => times(x.data, arrays(kernel)!, last(x.shape), arrays(bias)),
    conv: (step, x, arrays) => {
      const [kernel, bias, channels, filters] = [
        arrays(step.kernel)!,
        arrays(step.bias),
        last(x.shape),
        last(step.shape),
      ];
      const y = Float64Array.from({ length: size(step.shape) }, (_, i) => bias?.[i % filters] ?? 0);
      slide(x.shape, step.shape, step, (pixel, source, tap) => {
        for (let c = 0; c < channels; c++) {
          const [value, at] = [x.data[source * channels + c]!, (tap * channels + c) * filters];
          if (value !== 0) for (let f = 0; f < filters; f++) y[pixel * filters + f]! += value * kernel[at + f]!;
        }
      });
      return y;
    },
    depthwise: (step, x, arrays) => {
      const [kernel, bias, channels, filters] = [
        arrays(step.kernel)!,
        arrays(step.bias),
        last(x.shape),
        last(step.shape),
      ];
      const y = Float64Array.from({ length: size(step.shape) }, (_, i) => bias?.[i % filters] ?? 0);
      const each = filters / channels;
      slide(x.shape, step.shape, step, (pixel, source, tap) => {
        for (let f = 0; f < filters; f++) {
          const c = Math.floor(f / each);
          y[pixel * filters + f]! += x.data[source * channels + c]! * kernel[tap * filters + f]!;
        }
      });
      return y;
    },
    convTranspose: ({ window, strides, cut, ...step }, x, arrays) => {
      const [kernel, bias, channels, filters] = [
        arrays(step.kernel)!,
        arrays(step.bias),
        last(x.shape),
        last(step.shape),
      ];
      const y = Float64Array.from({ length: size(step.shape) }, (_, i) => bias?.[i % filters] ?? 0);
      // Seen from the other side: the small image's windows slide over the large one.
      const pads: Edges = [cut[0], 0, cut[1], 0];
      slide(step.shape, x.shape, { window, strides, pads }, (source, pixel, tap) => {
        for (let f = 0; f < filters; f++) {
          let sum = 0;
          const at = (tap * filters + f) * channels;
          for (let c = 0; c < channels; c++) sum += x.data[source * channels + c]! * kernel[at + c]!;
          y[pixel * filters + f]! += sum;
        }
      });
      return y;
    },
    pool: (step, x) => {
      const channels = last(x.shape);
      const isMax = step.how === "max";
      const y = new Float64Array(size(step.shape)).fill(isMax ? -Infinity : 0);
      const counts = new Float64Array(y.length / channels);
      slide(x.shape, step.shape, step, (pixel, source) => {
        counts[pixel]!++;
        for (let c = 0; c < channels; c++) {
          const [at, value] = [pixel * channels + c, x.data[source * channels + c]!];
          y[at] = isMax ? Math.max(y[at]!, value) : y[at]! + value;
        }
      });
      return isMax ? y : y.map((sum, i) => sum / counts[Math.floor(i / channels)]!);
    },
    global: ({ how }, x) => {
      const channels = last(x.shape);
      const y = new Float64Array(channels).fill(how === "max" ? -Infinity : 0);
      for (let i = 0; i < x.data.length; i++) {
        const c = i % channels;
        y[c] = how === "max" ? Math.max(y[c]!, x.data[i]!) : y[c]! + (x.data[i]! * channels) / x.data.length;
      }
      return y;
    },
    activation: ({ how, alpha }, x) => {
      if (how !== "softmax") return map(x, (value) => bends[how]!(value, alpha));
      const [y, width] = [Float64Array.from(x.data), last(x.shape)];
      for (let from = 0; from < y.length; from += width) softmax(y, from, from + width);
      return y;
    },
    prelu: ({ alpha }, x, arrays) => {
      const slopes = arrays(alpha)!;
      return map(x, (value, i) => (value > 0 ? value : slopes[i % slopes.length]! * value));
    },
    batchNorm: (step, x, arrays) => {
      const [gamma, beta, channels] = [arrays(step.gamma), arrays(step.beta), last(x.shape)];
      const [mean, variance] = [arrays(step.mean)!, arrays(step.variance)!];
      return map(x, (value, i) => {
        const c = i % channels;
        const normal = (value - mean[c]!) / Math.sqrt(variance[c]! + step.epsilon);
        return normal * (gamma?.[c] ?? 1) + (beta?.[c] ?? 0);
      });
    },
    normalize,
    offset: ({ offset }, x, arrays) => map(x, (value, i) => value + arrays(offset)![i]!),
    training: (_, x) => x.data,
    reshape: (_, x) => x.data,
    transpose,
    pad: ({ shape, edges }, x) => shift(x, shape, edges),
    crop: ({ shape, edges }, x) => shift(x, shape, [-edges[0], 0, -edges[2], 0]),
    upsample,
    repeat: ({ shape }, x) => Float64Array.from({ length: size(shape) }, (_, i) => x.data[i % x.data.length]!),
    recurrent,
    embedding: ({ table, shape }, x, arrays) => {
      const width = last(shape);
      return Float64Array.from({ length: size(shape) }, (_, i) => {
        return arrays(table)![x.data[Math.floor(i / width)]! * width + (i % width)]!;
      });
    },
    attention,
    combine,
    flip: (_, x) => {
      const width = x.data.length / (x.shape[0] ?? 1);
      return map(x, (_value, i) => x.data[x.data.length - width - Math.floor(i / width) * width + (i % width)]!);
    },
    each: ({ body, shape }, x, _, _all, weights) => {
      const [times_ = 1] = x.shape;
      const [inner, outer] = [x.data.length / times_, size(shape) / times_];
      const y = new Float64Array(size(shape));
      for (let t = 0; t < times_; t++) {
        const entry = Array.prototype.slice.call(x.data, t * inner, (t + 1) * inner) as number[];
        y.set(run(body, weights, entry), t * outer);
      }
      return y;
    },
  };

  const run: RunProgram = ({ input, steps, result }, weights, data) => {
    const values = new Map<number, Value>([[0, { shape: input.shape, data }]]);
    const arrays: Arrays = (key) => (key === null ? null : (weights[key] ?? null));
    for (const step of steps) {
      const all = step.from.map((number) => values.get(number)!);
      const kernel = kernels[step.op] as Kernel<Step["op"]>;
      values.set(step.to, { shape: step.shape, data: kernel(step as never, all[0]!, arrays, all, weights) });
    }
    return Float32Array.from(values.get(result)!.data);
  };
  return run;
}
