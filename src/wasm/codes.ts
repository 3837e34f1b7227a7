// The numbers that both languages must agree on: kernels, instructions, modes and sizes of pieces of work. AssemblyScript
// compiles this file with the kernels, and `src/engine/backend/cpu/wasm` imports it as TypeScript, so it keeps to what
// both understand: enumerations and whole numbers. It holds no code.

/** The kernel of a launch. */
export enum Kernel {
  /** Whatever has no kernel here: the op's own TypeScript, run by the first thread. */
  host,
  packB,
  multiply,
  program,
  reduce,
  arrange,
  batchRows,
  maxPool,
  maxPoolGrad,
  maxPoolWithArg,
  softmaxRows,
  dropout,
  argMax,
  averagePool,
  averagePoolGrad,
  copyRows,
  countRows,
  sumRuns,
  oneHot,
  depthwise,
  depthwiseGradInput,
  depthwiseGradKernel,
  random,
  range,
  upSample,
  resample,
  resampleGrad,
  combineParts,
  writeRow,
  momentSums,
  moments,
  gradientSums,
  momentsGrad,
  recurrent,
  recurrentGrad,
  packA,
  multiplyBlocks,
  normalizeRows,
  normalizeRowsGrad,
  attention,
  attentionGrad,
}

/** Steps that attention takes at a time: a power of two, for which its loops are written out. */
export const ATTENTION_ROWS = 4;

/** An instruction of an element-wise program: the names of `ops/pointwise.ts`, and the constant. */
export enum Instruction {
  constant,
  add,
  sub,
  mul,
  div,
  neg,
  abs,
  exp,
  log,
  sqrt,
  square,
  pow,
  maximum,
  minimum,
  clip,
  relu,
  leakyRelu,
  elu,
  sigmoid,
  tanh,
  softplus,
  erf,
  gelu,
  geluSlope,
  sign,
  greater,
  greaterEqual,
  equal,
}

/** How a program reads an input. */
export enum Mode {
  /** Where it lies. */
  same,
  /** Copied, element by element. */
  copied,
  /** One value for all. */
  one,
  /** Over and over. */
  periodic,
  /** Through a table of offsets. */
  table,
  /** Added for u32 values, which are converted. */
  whole = 8,
}

/** What a row of logits becomes. */
export enum RowResult {
  softmax,
  logarithm,
  crossEntropy,
}

/** What drawing rows makes of an element. */
export enum RowElement {
  bytesToFloats,
  floatsToFloats,
  bytesToWords,
  halvesToFloats,
  halvesToWords,
  /** Four bytes as they are: indices, and floats that keep their size. */
  copied,
  wordsToFloats,
}

/** What random numbers are made into. */
export enum Distribution {
  uniform,
  normal,
}

/** A cell of `ops/recurrentCells.ts`. */
export enum Cell {
  simple,
  lstm,
  gru,
}

/** What a cell passes numbers through. */
export enum Squash {
  tanh,
  sigmoid,
  relu,
  linear,
}

/** Bytes of a launch in the table: kernel, address of its record, pieces of work. */
export const LAUNCH_BYTES = 12;

/** Nothing is allocated below this address; threads meet there. */
export const FIRST_BYTE = 4096;

/** Where the word is that says how all threads sum products whose operands tables place. */
export const LOOP_ADDRESS = 2368;

/** Steps of a sum: one at a time, or four. The order of sums, and so every bit, is the same. */
export enum Loop {
  byOnes,
  byFours,
}

/** A tile of a matrix product, and the most rows that are multiplied at a time. */
export const TILE_ROWS = 6;
export const TILE_COLUMNS = 8;
export const STRIP_ROWS = 48;

/** Steps that a product takes at a time: six rows of A and a panel of B then fit the first-level cache. */
export const DEPTH = 384;

/** Elements of a piece of an element-wise program, and the most that are evaluated before moving on. */
export const PROGRAM_BLOCK = 256;

/** Results of a piece of a reduction. */
export const REDUCE_UNIT = 16;

/** Rows of a piece of the gradient of gathered rows. */
export const RUNS_UNIT = 16;

/** Channels of a piece of the sums behind batch normalization. A multiple of four. */
export const CHANNEL_UNIT = 16;

/** Results of a piece of one-hot codes. */
export const ONE_HOT_UNIT = 64;

/** Output channels of a piece of the gradient of depthwise filters. */
export const DEPTHWISE_UNIT = 16;

/** Elements of a piece of what is made from random numbers. A multiple of four. */
export const RANDOM_UNIT = 1024;
