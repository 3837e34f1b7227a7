/** The safetensors format: named arrays in one file, a JSON header before their bytes. Reads and writes f32 arrays; refuses
 *  what does not keep to the format before it allocates anything for it.
 *  Source: Hugging Face, https://github.com/huggingface/safetensors, "Format". */
import * as v from "valibot";
import { ArgumentError } from "../errors";
import { type Shape, showShape, sizeOf } from "../shape";

/** A named array. */
export interface NamedArray {
  readonly shape: Shape;
  readonly data: Float32Array;
}

/** What a file holds. */
export interface TensorFile {
  readonly tensors: Readonly<Record<string, NamedArray>>;
  /** Free text by key, the format's `__metadata__`. */
  readonly metadata: Readonly<Record<string, string>>;
}

const LENGTH_BYTES = 8;
/** The reference implementation's own limit. */
const MAX_HEADER_BYTES = 100_000_000;
const BYTES = 4;
const METADATA = "__metadata__";
/** What objects have of themselves, and no array is called. */
const ODD_KEYS = ["__proto__", "prototype", "constructor"];

const wholeNumber = v.pipe(v.number(), v.integer(), v.minValue(0));

const entrySchema = v.strictObject({
  dtype: v.string(),
  shape: v.pipe(v.array(wholeNumber), v.maxLength(8)),
  data_offsets: v.strictTuple([wholeNumber, wholeNumber]),
});

const headerSchema = v.record(v.string(), v.unknown());

/** The bytes of a file. Tensors lie in the order of the record, each right behind the one before. */
export function writeSafetensors({ tensors, metadata }: TensorFile): Uint8Array<ArrayBuffer> {
  let end = 0;
  const entries = Object.entries(tensors).map(([name, { shape, data }]) => {
    const begin = end;
    end += data.length * BYTES;
    return [name, { dtype: "F32", shape, data_offsets: [begin, end] }] as const;
  });
  const header = Object.keys(metadata).length > 0 ? [[METADATA, metadata] as const, ...entries] : entries;
  const text = new TextEncoder().encode(JSON.stringify(Object.fromEntries(header)));
  // Spaces bring the data to a multiple of eight bytes.
  const headerLength = Math.ceil(text.length / LENGTH_BYTES) * LENGTH_BYTES;
  const bytes = new Uint8Array(LENGTH_BYTES + headerLength + end);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(headerLength), true);
  bytes.fill(0x20, LENGTH_BYTES, LENGTH_BYTES + headerLength);
  bytes.set(text, LENGTH_BYTES);
  let at = LENGTH_BYTES + headerLength;
  for (const { data } of Object.values(tensors)) {
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += data.byteLength;
  }
  return bytes;
}

function refuse(expected: string, got: string): never {
  throw new ArgumentError(`Safetensors: expected ${expected}, got ${got}. Choose a .safetensors file of f32 arrays.`);
}

/** Reads a file's bytes.
 *  @param mostHeaderBytes a longer header is refused before it is read
 *  @throws ArgumentError saying what was expected and what came */
export function readSafetensors(bytes: Uint8Array, mostHeaderBytes = MAX_HEADER_BYTES): TensorFile {
  if (bytes.length < LENGTH_BYTES) refuse("at least 8 bytes", String(bytes.length));
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = view.getBigUint64(0, true);
  const room = bytes.length - LENGTH_BYTES;
  const most = Math.min(room, mostHeaderBytes);
  if (length > BigInt(most)) refuse(`a header of at most ${most} bytes`, String(length));
  const headerLength = Number(length);
  const header = readHeader(bytes.subarray(LENGTH_BYTES, LENGTH_BYTES + headerLength));
  const data = bytes.subarray(LENGTH_BYTES + headerLength);
  const tensors: [string, NamedArray][] = [];
  const metadata: Record<string, string> = {};
  let end = 0;
  const entries = Object.entries(header).map(([name, value]) => {
    if (name === METADATA) {
      const found = v.safeParse(v.record(v.string(), v.string()), value, { abortEarly: true });
      Object.assign(metadata, found.success ? found.output : refuse("text in __metadata__", typeof value));
      return null;
    }
    const found = v.safeParse(entrySchema, value, { abortEarly: true });
    if (!found.success) refuse(`dtype, shape and data_offsets for "${name}"`, found.issues[0].message);
    return { name, ...found.output };
  });
  for (const entry of entries.toSorted((a, b) => (a?.data_offsets[0] ?? 0) - (b?.data_offsets[0] ?? 0))) {
    if (!entry) continue;
    const {
      name,
      dtype,
      shape,
      data_offsets: [from, to],
    } = entry;
    if (dtype !== "F32") refuse(`"${name}" to be F32`, dtype);
    if (from !== end || to > data.length) refuse(`"${name}" to follow the array before it`, `bytes ${from} to ${to}`);
    if (to - from !== sizeOf(shape) * BYTES) refuse(`${to - from} bytes for "${name}"`, showShape(shape));
    end = to;
    // A copy, because the bytes need not lie at a multiple of four; a Buffer has a slice of its own, which makes none.
    tensors.push([name, { shape, data: new Float32Array(new Uint8Array(data.subarray(from, to)).buffer) }]);
  }
  if (end !== data.length) refuse(`${end} bytes of arrays`, String(data.length));
  return { tensors: Object.fromEntries(tensors), metadata };
}

function readHeader(bytes: Uint8Array): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (error) {
    refuse("a header of JSON", String(error));
  }
  // Such keys would be left out of the record, unseen.
  const odd = typeof value === "object" && value !== null && ODD_KEYS.find((key) => Object.hasOwn(value, key));
  if (odd) refuse("names of arrays", `"${odd}"`);
  const found = v.safeParse(headerSchema, value, { abortEarly: true });
  return found.success ? found.output : refuse("a header that is an object", found.issues[0].message);
}
