/** The matrix product behind dense layers, convolutions and all their gradients: C = A · B, where A and B are seen
 *  through a view of some tensor, and each result may be finished by an element-wise program.
 *  This file has the CPU kernel and ties both backends together; `gemmShader.ts` has the GPU's half. */
import type { Arrangement, CpuArgs, CpuKernel, NumericArray, Program } from "../graph/kernel";
import type { Kernel, Op } from "../graph/node";
import type { Attrs, Each, TensorType } from "../graph/type";
import type { GemmInputs, GemmOutputs, GemmSpec } from "./gemmSpec";
import { depthOfPart, gemmProgram, storingFinish } from "./gemmShader";
import { bindProgram } from "./program";

type GemmKernel<A extends Attrs> = Kernel<A, GemmInputs, GemmOutputs>;
type GemmArgs<A extends Attrs> = CpuArgs<A, GemmInputs, GemmOutputs>;
type GemmHooks<A extends Attrs> = Required<Pick<Op<A>, "withEpilogue" | "splitK" | "withColumnSums">>;

/** The kernel half of an op that is a matrix product of its inputs 0 and 1. */
export function gemmKernel<A extends Attrs>(
  name: string,
  specOf: (inputs: Each<GemmInputs, TensorType>, attrs: A) => GemmSpec,
): GemmKernel<A> & GemmHooks<A> {
  const kernel = ({ parts = 1, epilogue, columnSums = false }: GemmVersion): GemmKernel<A> => ({
    name: `${name}${columnSums ? "WithSums" : ""}${parts > 1 ? "Parts" : ""}`,
    rereads: true,
    cpu: (args) => {
      const spec = specOf(args.inputTypes, args.attrs);
      const { plain, compute } = withComputed(spec, args);
      const product = bindGemm(spec, plain, parts, epilogue);
      const [, sums] = args.outputs;
      const addColumns = sums && bindColumnSums(spec, plain.inputs[1], sums, parts);
      return () => {
        compute?.();
        product();
        addColumns?.();
      };
    },
    wgsl: (args) => {
      const spec = specOf(args.inputTypes, args.attrs);
      const finish = storingFinish({ ...args, inputTypes: withoutMore(spec, args.inputTypes) }, epilogue);
      return gemmProgram(spec, args, parts, finish, columnSums);
    },
    form: (inputTypes, attrs) => {
      const { size, sumSize = size, cpu, computed } = specOf(inputTypes, attrs);
      const isPlain = !columnSums && !computed;
      return { kind: "gemm", size: sumSize, epilogue, parts, operands: isPlain ? cpu : undefined };
    },
    ...(columnSums && {
      cost: (inputTypes: Each<GemmInputs, TensorType>, _: unknown, attrs: A) => {
        const { batch, m, n, k } = specOf(inputTypes, attrs).size;
        return { flops: batch * n * k * (2 * m + 1) };
      },
    }),
  });
  return {
    ...kernel({}),
    withEpilogue: (epilogue) => kernel({ epilogue }),
    splitK: (parts) => kernel({ parts }),
    withColumnSums: () => ({
      ...kernel({ columnSums: true }),
      splitK: (parts) => kernel({ parts, columnSums: true }),
    }),
  };
}

/** What sets kernels of one product apart. */
interface GemmVersion {
  readonly parts?: number;
  readonly epilogue?: Program;
  readonly columnSums?: boolean;
}

/** The same list without the further inputs of a computed operand. */
function withoutMore<T>({ computed }: GemmSpec, [a, b, ...more]: readonly [T, T, ...T[]]): [T, T, ...T[]] {
  return [a, b, ...more.slice(computed?.names.length ?? 0)];
}

/** Arguments with a computed operand in its place, and what fills it in. */
function withComputed<A extends Attrs>(spec: GemmSpec, args: GemmArgs<A>): { plain: GemmArgs<A>; compute?: CpuKernel } {
  const { computed } = spec;
  if (!computed) return { plain: args };
  const values = args.scratch(computed.length);
  const inputs = withoutMore<NumericArray>(spec, args.inputs);
  inputs[computed.operand] = values;
  return {
    plain: { ...args, inputs, inputTypes: withoutMore(spec, args.inputTypes) },
    compute: computed.bind(args.inputs, values),
  };
}

/** `s[p, j] = sum_k B[k, j]` over the k of part p. */
function bindColumnSums({ cpu, size }: GemmSpec, source: NumericArray, sums: NumericArray, parts: number): CpuKernel {
  const { rows, columns } = cpu().b;
  const partK = depthOfPart(size.k, parts);
  return () => {
    for (let part = 0; part < parts; part++) {
      const ends = rows.subarray(part * partK, (part + 1) * partK);
      for (const [j, column] of columns.entries()) {
        let sum = 0;
        for (const row of ends) sum += source[row + column]!;
        sums[part * size.n + j] = sum;
      }
    }
  };
}

/** Consecutive offsets `0, step, 2 step, ..`. */
export function steps(count: number, step: number): Uint32Array {
  return Uint32Array.from({ length: count }, (_, i) => i * step);
}

/** Rows and columns of the register tile, and the depth that is packed at a time so that panels stay in cache. */
const TILE = 4;
const DEPTH = 512;

function bindGemm<A extends Attrs>(
  spec: GemmSpec,
  args: GemmArgs<A>,
  parts: number,
  epilogue: Program | undefined,
): CpuKernel {
  const { a, b, arrangeA, sum } = spec.cpu();
  const { batch, m, n, k } = sum?.size ?? spec.size;
  const partK = depthOfPart(k, parts);
  const [sourceA, sourceB] = args.inputs;
  const [out] = args.outputs;
  const arranged = arrangeA && args.scratch(arrangeA.length);
  const readA = arranged ?? sourceA;
  const panelA = args.scratch(DEPTH * TILE);
  const panelsB = args.scratch(Math.ceil(n / TILE) * TILE * Math.min(k, DEPTH));
  const rows = sum?.rows ?? steps(m, n);
  const columns = sum?.columns ?? steps(n, 1);
  const unarranged = sum?.arrange && args.scratch(sum.length);
  const size = out.length / parts;
  const results = Array.from({ length: parts }, (_, part) => out.subarray(part * size, (part + 1) * size));
  const finish = epilogue && bindEpilogue(epilogue, args);
  return () => {
    if (arrangeA && arranged) arrange(arrangeA, sourceA, arranged);
    for (let part = 0; part < parts; part++) {
      const into = results[part]!;
      const target = unarranged ?? into;
      target.fill(0);
      accumulate(target, part * partK, Math.min((part + 1) * partK, k));
      if (sum?.arrange) arrange(sum.arrange, target, into);
    }
    finish?.();
  };

  function accumulate(target: NumericArray, firstK: number, endK: number): void {
    for (let batchIndex = 0; batchIndex < batch; batchIndex++) {
      const offsetA = a.batches[batchIndex]!;
      const offsetB = b.batches[batchIndex]!;
      for (let k0 = firstK; k0 < endK; k0 += DEPTH) {
        const depth = Math.min(DEPTH, endK - k0);
        for (let j0 = 0; j0 < n; j0 += TILE) {
          pack(sourceB, offsetB, b.columns, j0, n, b.rows, k0, depth, panelsB, j0 * depth);
        }
        for (let i0 = 0; i0 < m; i0 += TILE) {
          pack(readA, offsetA, a.rows, i0, m, a.columns, k0, depth, panelA, 0);
          for (let j0 = 0; j0 < n; j0 += TILE) {
            multiplyTile(panelA, panelsB, j0 * depth, depth, target, batchIndex * m * n, rows, i0, columns, j0);
          }
        }
      }
    }
  }
}

function arrange({ runLength, from, to }: Arrangement, source: NumericArray, into: NumericArray): void {
  for (let run = 0; run < from.length; run++) {
    const start = from[run]!;
    const target = to[run]!;
    for (let i = 0; i < runLength; i++) into[target + i] = source[start + i]!;
  }
}

/** Lays TILE lines of a matrix side by side, `[depth, TILE]`, so that the product reads straight on. Lines past the
 *  edge repeat the first, whose products are not stored. */
function pack(
  source: NumericArray,
  offset: number,
  lines: Uint32Array,
  line0: number,
  lineCount: number,
  along: Uint32Array,
  k0: number,
  depth: number,
  into: Float32Array | Float64Array,
  at: number,
): void {
  const base0 = offset + lines[line0]!;
  const base1 = line0 + 1 < lineCount ? offset + lines[line0 + 1]! : base0;
  const base2 = line0 + 2 < lineCount ? offset + lines[line0 + 2]! : base0;
  const base3 = line0 + 3 < lineCount ? offset + lines[line0 + 3]! : base0;
  for (let k = 0; k < depth; k++) {
    const step = along[k0 + k]!;
    const to = at + k * TILE;
    into[to] = source[base0 + step]!;
    into[to + 1] = source[base1 + step]!;
    into[to + 2] = source[base2 + step]!;
    into[to + 3] = source[base3 + step]!;
  }
}

/** Adds a 4x4 tile of the product to `out`, by the offsets of its rows and columns, the sixteen sums held in registers. */
function multiplyTile(
  a: Float32Array | Float64Array,
  b: Float32Array | Float64Array,
  bAt: number,
  depth: number,
  out: NumericArray,
  outAt: number,
  rows: Uint32Array,
  i0: number,
  columns: Uint32Array,
  j0: number,
): void {
  let c00 = 0,
    c01 = 0,
    c02 = 0,
    c03 = 0;
  let c10 = 0,
    c11 = 0,
    c12 = 0,
    c13 = 0;
  let c20 = 0,
    c21 = 0,
    c22 = 0,
    c23 = 0;
  let c30 = 0,
    c31 = 0,
    c32 = 0,
    c33 = 0;
  for (let k = 0, i = 0, j = bAt; k < depth; k++, i += 4, j += 4) {
    const a0 = a[i]!,
      a1 = a[i + 1]!,
      a2 = a[i + 2]!,
      a3 = a[i + 3]!;
    const b0 = b[j]!,
      b1 = b[j + 1]!,
      b2 = b[j + 2]!,
      b3 = b[j + 3]!;
    c00 += a0 * b0;
    c01 += a0 * b1;
    c02 += a0 * b2;
    c03 += a0 * b3;
    c10 += a1 * b0;
    c11 += a1 * b1;
    c12 += a1 * b2;
    c13 += a1 * b3;
    c20 += a2 * b0;
    c21 += a2 * b1;
    c22 += a2 * b2;
    c23 += a2 * b3;
    c30 += a3 * b0;
    c31 += a3 * b1;
    c32 += a3 * b2;
    c33 += a3 * b3;
  }
  const rowsLeft = rows.length - i0;
  addRow(out, outAt + rows[i0]!, columns, j0, c00, c01, c02, c03);
  if (rowsLeft > 1) addRow(out, outAt + rows[i0 + 1]!, columns, j0, c10, c11, c12, c13);
  if (rowsLeft > 2) addRow(out, outAt + rows[i0 + 2]!, columns, j0, c20, c21, c22, c23);
  if (rowsLeft > 3) addRow(out, outAt + rows[i0 + 3]!, columns, j0, c30, c31, c32, c33);
}

function addRow(
  out: NumericArray,
  at: number,
  columns: Uint32Array,
  j0: number,
  c0: number,
  c1: number,
  c2: number,
  c3: number,
): void {
  const left = columns.length - j0;
  add(out, at + columns[j0]!, c0);
  if (left > 1) add(out, at + columns[j0 + 1]!, c1);
  if (left > 2) add(out, at + columns[j0 + 2]!, c2);
  if (left > 3) add(out, at + columns[j0 + 3]!, c3);
}

function add(out: NumericArray, at: number, value: number): void {
  out[at] = out[at]! + value;
}

/** Runs the epilogue over the finished product, in place. */
function bindEpilogue<A extends Attrs>(program: Program, args: GemmArgs<A>): CpuKernel {
  const [out] = args.outputs;
  const [type] = args.outputTypes;
  return bindProgram(program, {
    ...args,
    inputs: [out, ...args.inputs.slice(2)],
    inputTypes: [type, ...args.inputTypes.slice(2)],
  });
}
