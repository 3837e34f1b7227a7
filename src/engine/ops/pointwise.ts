/** Element-wise ops: one row each, with the forward expression for both backends beside the derivative.
 *  To add one, add a row and an export. How rows run, alone or fused, is `program.ts`'s business. */
import { ArgumentError } from "../errors";
import type { PointwiseRule } from "../graph/kernel";
import type { Node, Op } from "../graph/node";
import { isPacked, type Attrs, type Each, type Operands, type TensorType } from "../graph/type";
import { apply } from "../graph/node";
import { erf as erfDouble, erfc as erfcDouble } from "../math";
import { broadcastShapes } from "../shape";
import { sumTo } from "./broadcast";
import { constant } from "./constant";
import { programKernel } from "./program";
import { f32Literal } from "./wgsl";

/** What the gradient of a row is made of. */
interface GradientArgs<In extends Operands> {
  readonly inputs: Each<In, Node>;
  readonly y: Node;
  readonly dy: Node;
  readonly attrs: Attrs;
}

/** A row: what `program.ts` needs to run it, and what autodiff and the tests need to know of it. */
interface Row<In extends Operands = Operands> extends Omit<PointwiseRule, "name"> {
  /** Gradients with respect to the operands, before summing over stretched axes; in terms of `y` where that spares
   *  keeping `x`. (Taken from a method so that a row that knows its operands is a `Row`, as kernels are.) */
  readonly gradient: "none" | { rule(args: GradientArgs<In>): Each<In, Node> }["rule"];
  /** Where test inputs are drawn from, away from kinks and poles. */
  readonly sample: readonly [low: number, high: number];
  /** Constants the tests use, for ops that take one. */
  readonly attrs?: Attrs;
}

type Unary = Row<["x"]> & { readonly arity: 1 };
type Binary = Row<["a", "b"]> & { readonly arity: 2 };

const number = (attrs: Attrs, key: string): number => Number(attrs[key]);
const real = [-3, 3] as const;
const positive = [0.2, 4] as const;

/** All element-wise ops. `js` runs in the backend's precision; `wgsl` builds an f32 expression. */
export const rows = {
  add: {
    arity: 2,
    neutral: 0,
    commutes: true,
    js: (a, b) => a + b,
    wgsl: (a, b) => `(${a} + ${b})`,
    gradient: ({ dy }) => [dy, dy],
    sample: real,
  },
  sub: {
    arity: 2,
    neutral: 0,
    js: (a, b) => a - b,
    wgsl: (a, b) => `(${a} - ${b})`,
    gradient: ({ dy }) => [dy, neg(dy)],
    sample: real,
  },
  mul: {
    arity: 2,
    neutral: 1,
    commutes: true,
    js: (a, b) => a * b,
    wgsl: (a, b) => `(${a} * ${b})`,
    gradient: ({ inputs: [a, b], dy }) => [mul(dy, b), mul(dy, a)],
    sample: real,
  },
  div: {
    arity: 2,
    neutral: 1,
    js: (a, b) => a / b,
    wgsl: (a, b) => `(${a} / ${b})`,
    gradient: ({ inputs: [, b], y, dy }) => [div(dy, b), neg(div(mul(dy, y), b))],
    sample: positive,
  },
  neg: { arity: 1, js: (x) => -x, wgsl: (x) => `(-${x})`, gradient: ({ dy }) => [neg(dy)], sample: real },
  abs: {
    arity: 1,
    js: (x) => Math.abs(x),
    wgsl: (x) => `abs(${x})`,
    gradient: ({ inputs: [x], dy }) => [mul(dy, sign(x))],
    sample: real,
  },
  exp: {
    arity: 1,
    js: (x) => Math.exp(x),
    // Some drivers give infinity for NaN, and log a number.
    wgsl: (x) => `keep_nan(${x}, exp(${x}))`,
    gradient: ({ y, dy }) => [mul(dy, y)],
    sample: real,
  },
  log: {
    arity: 1,
    isAbsolute: true,
    js: (x) => Math.log(x),
    wgsl: (x) => `keep_nan(${x}, log(${x}))`,
    gradient: ({ inputs: [x], dy }) => [div(dy, x)],
    sample: positive,
  },
  sqrt: {
    arity: 1,
    js: (x) => Math.sqrt(x),
    wgsl: (x) => `sqrt(${x})`,
    gradient: ({ y, dy }) => [div(mul(dy, 0.5), y)],
    sample: positive,
  },
  square: {
    arity: 1,
    js: (x) => x * x,
    wgsl: (x) => `(${x} * ${x})`,
    gradient: ({ inputs: [x], dy }) => [mul(dy, mul(x, 2))],
    sample: real,
  },
  pow: {
    arity: 1,
    js: (x, _, attrs) => x ** number(attrs, "exponent"),
    wgsl: (x, _, attrs) => `power(${x}, ${f32Literal(number(attrs, "exponent"))})`,
    gradient: ({ inputs: [x], dy, attrs }) => {
      const exponent = number(attrs, "exponent");
      return [exponent === 0 ? mul(dy, 0) : mul(dy, mul(pow(x, exponent - 1), exponent))];
    },
    sample: positive,
    attrs: { exponent: 2.5 },
  },
  maximum: {
    arity: 2,
    js: (a, b) => Math.max(a, b),
    wgsl: (a, b) => `larger(${a}, ${b})`,
    gradient: ({ inputs: [a, b], dy }) => {
      const first = greaterEqual(a, b);
      return [mul(dy, first), mul(dy, sub(1, first))];
    },
    sample: real,
  },
  minimum: {
    arity: 2,
    js: (a, b) => Math.min(a, b),
    wgsl: (a, b) => `smaller(${a}, ${b})`,
    gradient: ({ inputs: [a, b], dy }) => {
      const first = greaterEqual(b, a);
      return [mul(dy, first), mul(dy, sub(1, first))];
    },
    sample: real,
  },
  clip: {
    arity: 1,
    js: (x, _, attrs) => Math.min(Math.max(x, number(attrs, "low")), number(attrs, "high")),
    wgsl: (x, _, attrs) =>
      `keep_nan(${x}, clamp(${x}, ${f32Literal(number(attrs, "low"))}, ${f32Literal(number(attrs, "high"))}))`,
    gradient: ({ inputs: [x], dy, attrs }) => [
      mul(dy, mul(greaterEqual(x, number(attrs, "low")), greaterEqual(number(attrs, "high"), x))),
    ],
    sample: real,
    attrs: { low: -1.1, high: 1.3 },
  },
  relu: {
    arity: 1,
    js: (x) => Math.max(x, 0),
    // Not max, which loses NaN.
    wgsl: (x) => `select(${x}, 0.0, ${x} < 0.0)`,
    gradient: ({ y, dy }) => [mul(dy, greater(y, 0))],
    sample: real,
  },
  leakyRelu: {
    arity: 1,
    js: (x, _, attrs) => (x > 0 ? x : number(attrs, "slope") * x),
    wgsl: (x, _, attrs) => `select(${f32Literal(number(attrs, "slope"))} * ${x}, ${x}, ${x} > 0.0)`,
    gradient: ({ y, dy, attrs }) => {
      const slope = number(attrs, "slope");
      return [mul(dy, add(mul(greater(y, 0), 1 - slope), slope))];
    },
    sample: real,
    attrs: { slope: 0.3 },
  },
  elu: {
    arity: 1,
    isAbsolute: true,
    js: (x, _, attrs) => (x > 0 ? x : number(attrs, "alpha") * Math.expm1(x)),
    wgsl: (x, _, attrs) => `elu(${x}, ${f32Literal(number(attrs, "alpha"))})`,
    // Where y <= 0, d/dx alpha (e^x - 1) = alpha e^x = y + alpha.
    gradient: ({ y, dy, attrs }) => {
      const below = add(minimum(y, 0), number(attrs, "alpha"));
      const above = greater(y, 0);
      return [mul(dy, add(above, mul(sub(1, above), below)))];
    },
    sample: real,
    attrs: { alpha: 1.3 },
  },
  sigmoid: {
    arity: 1,
    js: (x) => 1 / (1 + Math.exp(-x)),
    wgsl: (x) => `sigmoid(${x})`,
    gradient: ({ y, dy }) => [mul(dy, mul(y, sub(1, y)))],
    sample: real,
  },
  tanh: {
    arity: 1,
    isAbsolute: true,
    js: (x) => Math.tanh(x),
    wgsl: (x) => `safe_tanh(${x})`,
    gradient: ({ y, dy }) => [mul(dy, sub(1, square(y)))],
    sample: real,
  },
  softplus: {
    arity: 1,
    isAbsolute: true,
    js: (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))),
    wgsl: (x) => `softplus(${x})`,
    gradient: ({ inputs: [x], dy }) => [mul(dy, sigmoid(x))],
    sample: real,
  },
  erf: {
    arity: 1,
    isAbsolute: true,
    js: (x) => erfDouble(x),
    wgsl: (x) => `erf(${x})`,
    gradient: ({ inputs: [x], dy }) => [mul(dy, mul(exp(neg(square(x))), 2 / Math.sqrt(Math.PI)))],
    sample: real,
  },
  gelu: {
    arity: 1,
    isAbsolute: true,
    js: (x) => 0.5 * x * erfcDouble(-x * Math.SQRT1_2),
    wgsl: (x) => `gelu(${x})`,
    gradient: ({ inputs: [x], dy }) => [mul(dy, geluSlope(x))],
    sample: real,
  },
  /** `Phi(x) + x phi(x)`, of the standard normal distribution and its density. A row of its own, since both need the same exponential. */
  geluSlope: {
    arity: 1,
    isAbsolute: true,
    js: (x) => 0.5 * erfcDouble(-x * Math.SQRT1_2) + x * Math.exp(-0.5 * x * x) * Math.sqrt(0.5 / Math.PI),
    wgsl: (x) => `gelu_slope(${x})`,
    gradient: ({ inputs: [x], dy }) => {
      const density = mul(exp(mul(square(x), -0.5)), Math.sqrt(0.5 / Math.PI));
      return [mul(dy, mul(sub(2, square(x)), density))];
    },
    sample: real,
  },
  sign: {
    arity: 1,
    js: (x) => Math.sign(x),
    wgsl: (x) => `keep_nan(${x}, sign(${x}))`,
    gradient: "none",
    sample: real,
  },
  greater: {
    arity: 2,
    js: (a, b) => (a > b ? 1 : 0),
    wgsl: (a, b) => `select(0.0, 1.0, ${a} > ${b})`,
    gradient: "none",
    sample: real,
  },
  greaterEqual: {
    arity: 2,
    js: (a, b) => (a >= b ? 1 : 0),
    wgsl: (a, b) => `select(0.0, 1.0, ${a} >= ${b})`,
    gradient: "none",
    sample: real,
  },
  equal: {
    arity: 2,
    js: (a, b) => (a === b ? 1 : 0),
    wgsl: (a, b) => `select(0.0, 1.0, ${a} == ${b})`,
    gradient: "none",
    sample: real,
  },
} satisfies Record<string, Unary | Binary>;

/** The name of an element-wise op. */
export type PointwiseName = keyof typeof rows;

function opOf(name: PointwiseName): Op {
  const row: Row = rows[name];
  const rule: PointwiseRule = { ...row, name };
  const args = row.arity === 2 ? [0, 1] : [0];
  const { gradient } = row;
  return {
    ...programKernel(name, (attrs) => ({
      inputCount: row.arity,
      instructions: [{ rule, attrs, args }],
      outputs: [row.arity],
    })),
    type: (inputs) => elementwiseType(name, inputs),
    pointwise: rule,
    gradient:
      gradient === "none"
        ? "none"
        : (node, dy) =>
            gradient({ inputs: node.inputs, y: node, dy, attrs: node.attrs }).map((part, i) => {
              const input = node.inputs[i];
              return input ? sumTo(part, input.shape) : null;
            }),
  };
}

function elementwiseType(name: string, inputs: readonly TensorType[]): TensorType {
  const packed = inputs.find(({ dtype }) => isPacked(dtype));
  if (packed) {
    throw new ArgumentError(
      `${name}: expected f32 or u32 operands, got ${packed.dtype}. Gather the rows first, which makes them f32.`,
    );
  }
  const shape = inputs.map((operand) => operand.shape).reduce((a, b) => broadcastShapes(name, a, b));
  return { shape, dtype: "f32" };
}

/** The op records, keyed by name. */
export const pointwiseOps = Object.fromEntries(
  (Object.keys(rows) as PointwiseName[]).map((name) => [name, opOf(name)]),
) as Record<PointwiseName, Op>;

/** Applies an element-wise op by name, as registries of activations do. `attrs` is for ops with a constant. */
export function pointwise(name: PointwiseName, operands: readonly (Node | number)[], attrs: Attrs = {}): Node {
  return apply(
    pointwiseOps[name],
    operands.map((operand) => (typeof operand === "number" ? constant(operand) : operand)),
    attrs,
  );
}

type Operand = Node | number;

/** `a + b`, broadcasting as NumPy does. f32, any shapes that broadcast. @throws ShapeError when they do not. */
export const add = (a: Operand, b: Operand): Node => pointwise("add", [a, b]);
/** `a - b`, broadcasting. */
export const sub = (a: Operand, b: Operand): Node => pointwise("sub", [a, b]);
/** `a * b`, broadcasting. */
export const mul = (a: Operand, b: Operand): Node => pointwise("mul", [a, b]);
/** `a / b`, broadcasting. Division by zero is the caller's to avoid: WGSL does not promise infinities. */
export const div = (a: Operand, b: Operand): Node => pointwise("div", [a, b]);
/** `-x`. */
export const neg = (x: Operand): Node => pointwise("neg", [x]);
/** `|x|`; the gradient at 0 is 0. */
export const abs = (x: Operand): Node => pointwise("abs", [x]);
/** `e^x`; overflows above 88.7 in f32. */
export const exp = (x: Operand): Node => pointwise("exp", [x]);
/** Natural logarithm, for x > 0. */
export const log = (x: Operand): Node => pointwise("log", [x]);
/** Square root, for x >= 0; the gradient is unbounded at 0. */
export const sqrt = (x: Operand): Node => pointwise("sqrt", [x]);
/** `x^2`. */
export const square = (x: Operand): Node => pointwise("square", [x]);
/** `x^exponent` for a constant exponent; negative x only with a whole exponent. */
export const pow = (x: Operand, exponent: number): Node => pointwise("pow", [x], { exponent });
/** The larger of a and b, broadcasting, NaN where either is; the gradient goes to `a` on ties. */
export const maximum = (a: Operand, b: Operand): Node => pointwise("maximum", [a, b]);
/** The smaller of a and b, broadcasting, NaN where either is; the gradient goes to `a` on ties. */
export const minimum = (a: Operand, b: Operand): Node => pointwise("minimum", [a, b]);
/** x limited to [low, high]; the gradient is 0 outside. @throws ArgumentError unless low <= high. */
export function clip(x: Operand, low: number, high: number): Node {
  if (!(low <= high)) throw new ArgumentError(`clip: expected low <= high, got ${low} and ${high}.`);
  return pointwise("clip", [x], { low, high });
}
/** `max(x, 0)`, NaN for NaN; the gradient at 0 is 0, as in TensorFlow. */
export const relu = (x: Operand): Node => pointwise("relu", [x]);
/** `x > 0 ? x : slope * x`, slope > 0. The default slope is that of Keras's activation `leaky_relu`; that of its layer `LeakyReLU`
 *  is 0.3. Source: Maas, Hannun and Ng 2013. */
export function leakyRelu(x: Operand, slope = 0.2): Node {
  // The gradient is told from the sign of y, which equals that of x only for a positive slope.
  if (!(slope > 0)) throw new ArgumentError(`leakyRelu: expected slope > 0, got ${slope}. Use relu for a slope of 0.`);
  return pointwise("leakyRelu", [x], { slope });
}
/** `x > 0 ? x : alpha (e^x - 1)`, alpha > 0. Source: Clevert, Unterthiner and Hochreiter 2016. */
export function elu(x: Operand, alpha = 1): Node {
  if (!(alpha > 0)) throw new ArgumentError(`elu: expected alpha > 0, got ${alpha}.`);
  return pointwise("elu", [x], { alpha });
}
/** `1 / (1 + e^-x)`, without overflow. */
export const sigmoid = (x: Operand): Node => pointwise("sigmoid", [x]);
/** Hyperbolic tangent; arguments beyond +-15 are clamped, since some drivers overflow there. */
export const tanh = (x: Operand): Node => pointwise("tanh", [x]);
/** `log(1 + e^x)`, as `max(x, 0) + log(1 + e^-|x|)` so that it does not overflow. */
export const softplus = (x: Operand): Node => pointwise("softplus", [x]);
/** The error function, in f32 to 1.5e-7 beside what the GPU's own `exp` is off by. Source: Moshier's Cephes library, `erff`, near
 *  0; Press et al. 1992, section 6.2, elsewhere. */
export const erf = (x: Operand): Node => pointwise("erf", [x]);
/** `x * Phi(x)` with the exact normal distribution function, Keras's default; small results far below 0 keep their digits. Source: Hendrycks and Gimpel 2016. */
export const gelu = (x: Operand): Node => pointwise("gelu", [x]);
export const geluSlope = (x: Operand): Node => pointwise("geluSlope", [x]);
/** -1, 0 or 1, NaN for NaN. No gradient. */
export const sign = (x: Operand): Node => pointwise("sign", [x]);
/** 1 where a > b, else 0, broadcasting. No gradient. */
export const greater = (a: Operand, b: Operand): Node => pointwise("greater", [a, b]);
/** 1 where a >= b, else 0, broadcasting. No gradient. */
export const greaterEqual = (a: Operand, b: Operand): Node => pointwise("greaterEqual", [a, b]);
/** 1 where a equals b, else 0, broadcasting; u32 operands are compared exactly up to 2^24. No gradient. */
export const equal = (a: Operand, b: Operand): Node => pointwise("equal", [a, b]);
