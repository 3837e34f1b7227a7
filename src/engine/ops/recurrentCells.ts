/** The cells of recurrent layers: what a unit makes of its input and of what it was before, and the same going back. One record a
 *  cell; it says how many numbers there are of each kind, and has the arithmetic for the reference and for the GPU. */
import gruText from "../../shaders/recurrent_gru.wgsl?raw";
import lstmText from "../../shaders/recurrent_lstm.wgsl?raw";
import simpleText from "../../shaders/recurrent_simple.wgsl?raw";
import type { ShaderPart } from "../graph/kernel";
import { part } from "./wgsl";

/** A function of one number whose slope follows from its result. */
interface Squash {
  readonly js: (x: number) => number;
  /** The slope where the result is y. */
  readonly slope: (y: number) => number;
  readonly wgsl: string;
  readonly wgslSlope: string;
}

/** What cells may pass numbers through, by Keras name. */
export const squashes = {
  tanh: { js: Math.tanh, slope: (y) => 1 - y * y, wgsl: "safe_tanh(x)", wgslSlope: "1.0 - y * y" },
  sigmoid: {
    js: (x) => 1 / (1 + Math.exp(-x)),
    slope: (y) => y * (1 - y),
    wgsl: "sigmoid(x)",
    wgslSlope: "y * (1.0 - y)",
  },
  // NaN stays one: no comparison with it holds.
  relu: {
    js: (x) => (x < 0 ? 0 : x),
    slope: (y) => (y > 0 ? 1 : 0),
    wgsl: "larger(x, 0.0)",
    wgslSlope: "select(0.0, 1.0, y > 0.0)",
  },
  linear: { js: (x) => x, slope: () => 1, wgsl: "x", wgslSlope: "1.0" },
} as const satisfies Record<string, Squash>;

/** The name of one of these functions. */
export type SquashName = keyof typeof squashes;

/** The two functions of a cell: of what it tells, and of its gates. */
export interface Squashes {
  readonly tell: Squash;
  readonly gate: Squash;
}

/** Numbers of one unit, by position. */
export type UnitValues = Float64Array;

/** A unit at one step, going forward. */
export interface UnitStep {
  /** Sums of the input, one for each gate. */
  readonly x: UnitValues;
  /** Sums of the state before, one for each gate. */
  readonly z: UnitValues;
  /** What is kept for the way back. */
  readonly kept: UnitValues;
  /** The state before. */
  readonly before: number;
  /** The last kept number of the step before, 0 at first: a cell's memory. */
  readonly memory: number;
}

/** A unit at one step, going back. */
export interface UnitBack {
  readonly kept: UnitValues;
  readonly before: number;
  readonly memory: number;
  /** The state of this step. */
  readonly state: number;
  /** Gradients with respect to what gates are of, in the order in which the state's product takes them. */
  readonly slopes: UnitValues;
  /** The gradient with respect to this state. */
  readonly dState: number;
  /** The gradient with respect to this step's memory from the steps after it. */
  readonly dMemory: number;
}

/** What goes to the step before beside the product of slopes: to its state, and to its memory. */
export type PassedBack = readonly [state: number, memory: number];

/** A kind of cell, by its numbers for each unit. */
export interface Cell {
  /** Gates: sums that it takes of its input, and of the state before. */
  readonly gates: number;
  /** Numbers that it keeps of each step. */
  readonly kept: number;
  /** Slopes that it gives of each step: first those of the input's sums, in their order, then any other. */
  readonly slopes: number;
  /** Which of these are the slopes of the state's sums, in the order of the gates. */
  readonly recurrent: readonly number[];
  /** The state that follows. */
  step(unit: UnitStep, squash: Squashes): number;
  back(unit: UnitBack, squash: Squashes): PassedBack;
  /** WGSL with the same arithmetic: `cell` and `cell_back`. */
  readonly wgsl: ShaderPart;
}

/** `h = tell(x + z)`. Source: Elman 1990, "Finding structure in time". */
const simple: Cell = {
  gates: 1,
  kept: 0,
  slopes: 1,
  recurrent: [0],
  step: ({ x, z }, { tell }) => tell.js(x[0]! + z[0]!),
  back({ slopes, state, dState }, { tell }) {
    slopes[0] = dState * tell.slope(state);
    return [0, 0];
  },
  wgsl: part("recurrent_simple.wgsl", simpleText),
};

/** Gates i, f, c, o as in Keras: `c = f c' + i g`, `h = o tell(c)`. Keeps i, f, g, o, c.
 *  Sources: Hochreiter and Schmidhuber 1997; Gers, Schmidhuber and Cummins 2000. */
const lstm: Cell = {
  gates: 4,
  kept: 5,
  slopes: 4,
  recurrent: [0, 1, 2, 3],
  step({ x, z, kept, memory }, { tell, gate }) {
    const i = (kept[0] = gate.js(x[0]! + z[0]!));
    const f = (kept[1] = gate.js(x[1]! + z[1]!));
    const g = (kept[2] = tell.js(x[2]! + z[2]!));
    const o = (kept[3] = gate.js(x[3]! + z[3]!));
    const c = (kept[4] = f * memory + i * g);
    return o * tell.js(c);
  },
  back({ kept, memory, slopes, dState, dMemory }, { tell, gate }) {
    const [i, f, g, o, c] = [kept[0]!, kept[1]!, kept[2]!, kept[3]!, kept[4]!];
    const told = tell.js(c);
    const dc = dMemory + dState * o * tell.slope(told);
    slopes[0] = dc * g * gate.slope(i);
    slopes[1] = dc * memory * gate.slope(f);
    slopes[2] = dc * i * tell.slope(g);
    slopes[3] = dState * told * gate.slope(o);
    return [0, dc * f];
  },
  wgsl: part("recurrent_lstm.wgsl", lstmText),
};

/** Gates z, r, h as in Keras with `reset_after`: `g = tell(x + r q)`, `h = z h' + (1 - z) g`, where q is the state's sum with its
 *  bias. Keeps z, r, g, q; the last slope is that of q.
 *  Sources: Cho et al. 2014; for the reset after the product, the cuDNN documentation. */
const gru: Cell = {
  gates: 3,
  kept: 4,
  slopes: 4,
  recurrent: [0, 1, 3],
  step({ x, z, kept, before }, { tell, gate }) {
    const update = (kept[0] = gate.js(x[0]! + z[0]!));
    const reset = (kept[1] = gate.js(x[1]! + z[1]!));
    const q = (kept[3] = z[2]!);
    const g = (kept[2] = tell.js(x[2]! + reset * q));
    return update * before + (1 - update) * g;
  },
  back({ kept, before, slopes, dState }, { tell, gate }) {
    const [update, reset, g, q] = [kept[0]!, kept[1]!, kept[2]!, kept[3]!];
    const dg = dState * (1 - update) * tell.slope(g);
    slopes[0] = dState * (before - g) * gate.slope(update);
    slopes[1] = dg * q * gate.slope(reset);
    slopes[2] = dg;
    slopes[3] = dg * reset;
    return [dState * update, 0];
  },
  wgsl: part("recurrent_gru.wgsl", gruText),
};

/** All cells by name. */
export const cells = { simple, lstm, gru } as const satisfies Record<string, Cell>;

/** The name of a cell. */
export type CellName = keyof typeof cells;
