/** Arrays of numbers as files have them: NumPy's `.npy` and IDX. Headers are held against the length of the file before anything is
 *  made of them. Sources: `numpy.lib.format` 1.0 to 3.0; LeCun, Cortes, Burges, "The MNIST database", on IDX. */
import { say } from "../words/said";
import { BringError } from "./refusal";

type Numbers =
  | Uint8Array
  | Int8Array
  | Uint16Array
  | Int16Array
  | Uint32Array
  | Int32Array
  | Float32Array
  | Float64Array;

/** An array, row-major. */
export interface FileArray {
  readonly shape: readonly number[];
  readonly values: Numbers;
  /** Whether their type is whole numbers of more than a byte, as tokens are kept. */
  readonly areWide?: boolean;
}

const MAX_RANK = 6;
const MAX_HEADER = 65_536;

/** How numbers of a type are read, one by one where they do not lie as this machine has them. */
interface NumberType {
  readonly bytes: number;
  readonly make: (length: number) => Numbers;
  readonly at: (view: DataView, place: number, isLittle: boolean) => number;
}

const big = (value: bigint): number => Number(value);
const TYPES: Readonly<Record<string, NumberType>> = {
  u1: { bytes: 1, make: (n) => new Uint8Array(n), at: (v, p) => v.getUint8(p) },
  b1: { bytes: 1, make: (n) => new Uint8Array(n), at: (v, p) => v.getUint8(p) },
  i1: { bytes: 1, make: (n) => new Int8Array(n), at: (v, p) => v.getInt8(p) },
  u2: { bytes: 2, make: (n) => new Uint16Array(n), at: (v, p, l) => v.getUint16(p, l) },
  i2: { bytes: 2, make: (n) => new Int16Array(n), at: (v, p, l) => v.getInt16(p, l) },
  u4: { bytes: 4, make: (n) => new Uint32Array(n), at: (v, p, l) => v.getUint32(p, l) },
  i4: { bytes: 4, make: (n) => new Int32Array(n), at: (v, p, l) => v.getInt32(p, l) },
  u8: { bytes: 8, make: (n) => new Float64Array(n), at: (v, p, l) => big(v.getBigUint64(p, l)) },
  i8: { bytes: 8, make: (n) => new Float64Array(n), at: (v, p, l) => big(v.getBigInt64(p, l)) },
  f4: { bytes: 4, make: (n) => new Float32Array(n), at: (v, p, l) => v.getFloat32(p, l) },
  f8: { bytes: 8, make: (n) => new Float64Array(n), at: (v, p, l) => v.getFloat64(p, l) },
};

const IDX_TYPES: Readonly<Record<number, string>> = { 8: "u1", 9: "i1", 11: "i2", 12: "i4", 13: "f4", 14: "f8" };

/** Whether these bytes begin as IDX does. */
export const isIdx = (bytes: Uint8Array): boolean =>
  bytes[0] === 0 &&
  bytes[1] === 0 &&
  (bytes[2] ?? 0) in IDX_TYPES &&
  (bytes[3] ?? 0) >= 1 &&
  (bytes[3] ?? 0) <= MAX_RANK;

/** @throws BringError for what is no IDX, or is cut short */
export function readIdx(bytes: Uint8Array<ArrayBuffer>): FileArray {
  if (!isIdx(bytes)) throw new BringError(say("brought.noArray"));
  const rank = bytes[3] ?? 0;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 4 + 4 * rank) throw new BringError(say("brought.cutArray"));
  const shape = Array.from({ length: rank }, (_, axis) => view.getUint32(4 + 4 * axis));
  return arrayOf(bytes, 4 + 4 * rank, IDX_TYPES[bytes[2] ?? 0] ?? "", shape, false);
}

/** @throws BringError for what is no `.npy`, is cut short, or holds something else than numbers */
export function readNpy(bytes: Uint8Array<ArrayBuffer>): FileArray {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const isNpy = bytes.length > 12 && String.fromCharCode(...bytes.subarray(1, 6)) === "NUMPY" && bytes[0] === 0x93;
  if (!isNpy) throw new BringError(say("brought.noArray"));
  const [from, length] = (bytes[6] ?? 0) < 2 ? [10, view.getUint16(8, true)] : [12, view.getUint32(8, true)];
  if (length > MAX_HEADER || from + length > bytes.length) throw new BringError(say("brought.cutArray"));
  const header = new TextDecoder("latin1").decode(bytes.subarray(from, from + length));
  const type = /'descr':\s*'([<>|=])([a-zA-Z]\d+)'/.exec(header);
  const dims = /'shape':\s*\(([\d,\s]*)\)/.exec(header);
  const isColumnMajor = /'fortran_order':\s*True/.test(header);
  if (/'descr':\s*'\|O/.test(header)) throw new BringError(say("brought.objects"));
  if (!type?.[2] || !(type[2] in TYPES)) throw new BringError(say("brought.notNumbers"));
  if (!dims) throw new BringError(say("brought.noArray"));
  const shape = (dims[1] ?? "").split(",").flatMap((dim) => (dim.trim() === "" ? [] : [Number(dim)]));
  if (isColumnMajor && shape.length > 1) throw new BringError(say("brought.columnMajor"));
  return arrayOf(bytes, from + length, type[2], shape, type[1] !== ">");
}

function arrayOf(
  bytes: Uint8Array<ArrayBuffer>,
  from: number,
  typeName: string,
  shape: readonly number[],
  isLittle: boolean,
): FileArray {
  const type = TYPES[typeName];
  if (!type || shape.length > MAX_RANK) throw new BringError(say("brought.noArray"));
  const count = shape.reduce((product, dim) => product * dim, 1);
  // A product beyond what a number holds exactly is beyond the file too.
  // So is an array of nothing, whatever else it says of its size.
  if (!Number.isSafeInteger(count) || count < 1 || bytes.length < from + count * type.bytes) {
    throw new BringError(say("brought.cutArray"));
  }
  if (type.bytes === 1) {
    const own = bytes.subarray(from, from + count);
    return { shape, values: typeName === "i1" ? new Int8Array(own.buffer, own.byteOffset, count) : own };
  }
  const values = type.make(count);
  const view = new DataView(bytes.buffer, bytes.byteOffset + from, count * type.bytes);
  for (let i = 0; i < count; i++) values[i] = type.at(view, i * type.bytes, isLittle);
  return { shape, values, areWide: typeName !== "f4" && typeName !== "f8" };
}
