/** State dicts out of PyTorch's files. Of pickle's instructions those that build plain values are followed, and of all that a pickle can
 *  name four things are known: what builds a tensor, an ordered dict, and two kinds of storage. Nothing is run.
 *  Source: Python, pickletools.py; torch/serialization.py. */
import { ArgumentError } from "../../errors";
import { sizeOf } from "../../shape";
import type { NamedArray } from "../safetensors";
import { unzip } from "../unzip";

const MAX_INSTRUCTIONS = 1_000_000;
const MAX_TENSORS = 10_000;
const MAX_NUMBERS = 2 ** 27;

function refuse(expected: string, got: string): never {
  throw new ArgumentError(
    `PyTorch file: expected ${expected}, got ${got}. Save the model's state_dict() with torch.save.`,
  );
}

/** A name that a pickle gives. */
class Global {
  constructor(readonly name: string) {}
}

/** What a persistent id stands for. */
class Storage {
  constructor(
    readonly kind: string,
    readonly key: string,
  ) {}
}

/** A tensor, before its numbers are read. */
class TensorPlace {
  constructor(
    readonly storage: Storage,
    readonly offset: number,
    readonly shape: readonly number[],
    readonly strides: readonly number[],
  ) {}
}

const MARK = Symbol("mark");
const ORDERED = "collections OrderedDict";
const REBUILD = "torch._utils _rebuild_tensor_v2";
/** Bytes of a number in the storages that are read: weights, and counters that are left out. */
const STORAGES: Readonly<Record<string, number>> = { "torch FloatStorage": 4, "torch LongStorage": 8 };
const KNOWN: ReadonlySet<string> = new Set([ORDERED, REBUILD, ...Object.keys(STORAGES)]);

const isWhole = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0;
const isSizes = (value: unknown): value is readonly number[] =>
  Array.isArray(value) && value.length <= 8 && value.every(isWhole);

/** Follows a pickle. @returns what it builds: numbers, texts, lists, maps and places of tensors */
function unpickle(bytes: Uint8Array): unknown {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const stack: unknown[] = [];
  const memo = new Map<number, unknown>();
  let at = 0;
  const take = (count: number): number => {
    const from = at;
    if (count < 0 || at + count > bytes.length) refuse("a whole pickle", "one that ends early");
    at += count;
    return from;
  };
  const text = (length: number): string => {
    const from = take(length);
    return new TextDecoder().decode(bytes.subarray(from, from + length));
  };
  const line = (): string => {
    const end = bytes.indexOf(10, at);
    if (end < 0 || end - at > 200) refuse("a name", "text without an end");
    const found = text(end - at);
    at += 1;
    return found;
  };
  const pop = (): unknown =>
    stack.length > 0 ? stack.pop() : refuse("a whole pickle", "one that takes more than it has");
  const toMark = (): unknown[] => {
    const mark = stack.lastIndexOf(MARK);
    if (mark < 0) refuse("a whole pickle", "one without a mark");
    const items = stack.splice(mark);
    return items.slice(1);
  };
  const dict = (): Map<unknown, unknown> => {
    const last = stack.at(-1);
    return last instanceof Map ? last : refuse("a dict", "entries of something else");
  };
  const globalOf = (name: string): Global =>
    KNOWN.has(name)
      ? new Global(name)
      : refuse("a state dict of tensors", `"${name.slice(0, 80)}", which is not loaded`);
  const put = (key: number): void => {
    if (memo.size > MAX_INSTRUCTIONS) refuse("fewer values", "too many");
    memo.set(key, stack.at(-1));
  };
  const call = (what: unknown, given: unknown): unknown => {
    if (!(what instanceof Global) || !Array.isArray(given)) return refuse("a call of what is known", "another");
    if (what.name === ORDERED) return new Map<unknown, unknown>();
    if (what.name !== REBUILD) return refuse("a tensor", what.name);
    const [storage, offset, shape, strides]: unknown[] = given;
    if (
      !(storage instanceof Storage) ||
      !isWhole(offset) ||
      !isSizes(shape) ||
      !isSizes(strides) ||
      shape.length !== strides.length
    ) {
      return refuse("a tensor's place, shape and strides", "others");
    }
    return new TensorPlace(storage, offset, shape, strides);
  };
  const instructions: Readonly<Record<number, () => void>> = {
    0x80: () => void take(1), // PROTO
    0x95: () => void take(8), // FRAME
    0x28: () => void stack.push(MARK),
    0x29: () => void stack.push([]), // EMPTY_TUPLE
    0x5d: () => void stack.push([]), // EMPTY_LIST
    0x7d: () => void stack.push(new Map<unknown, unknown>()), // EMPTY_DICT
    0x4e: () => void stack.push(null), // NONE
    0x88: () => void stack.push(true), // NEWTRUE
    0x89: () => void stack.push(false), // NEWFALSE
    0x4b: () => void stack.push(view.getUint8(take(1))), // BININT1
    0x4d: () => void stack.push(view.getUint16(take(2), true)), // BININT2
    0x4a: () => void stack.push(view.getInt32(take(4), true)), // BININT
    0x47: () => void stack.push(view.getFloat64(take(8))), // BINFLOAT
    // LONG1
    0x8a: () => {
      const length = view.getUint8(take(1));
      const from = take(length);
      let value = 0;
      for (let i = length - 1; i >= 0; i--) value = value * 256 + (bytes[from + i] ?? 0);
      stack.push(value);
    },
    0x58: () => void stack.push(text(view.getUint32(take(4), true))), // BINUNICODE
    0x8c: () => void stack.push(text(view.getUint8(take(1)))), // SHORT_BINUNICODE
    0x63: () => void stack.push(globalOf(`${line()} ${line()}`)), // GLOBAL
    // STACK_GLOBAL
    0x93: () => {
      const [name, module] = [pop(), pop()];
      stack.push(globalOf(`${String(module)} ${String(name)}`));
    },
    0x74: () => void stack.push(toMark()), // TUPLE
    0x6c: () => void stack.push(toMark()), // LIST
    0x85: () => void stack.push([pop()]), // TUPLE1
    0x86: () => void stack.push([pop(), pop()].toReversed()), // TUPLE2
    0x87: () => void stack.push([pop(), pop(), pop()].toReversed()), // TUPLE3
    0x71: () => put(view.getUint8(take(1))), // BINPUT
    0x72: () => put(view.getUint32(take(4), true)), // LONG_BINPUT
    0x94: () => put(memo.size), // MEMOIZE
    0x68: () => void stack.push(memo.get(view.getUint8(take(1)))), // BINGET
    0x6a: () => void stack.push(memo.get(view.getUint32(take(4), true))), // LONG_BINGET
    // REDUCE
    0x52: () => {
      const [given, what] = [pop(), pop()];
      stack.push(call(what, given));
    },
    // BINPERSID
    0x51: () => {
      const id = pop();
      const [tag, kind, key]: unknown[] = Array.isArray(id) ? id : [];
      if (tag !== "storage" || !(kind instanceof Global) || typeof key !== "string")
        refuse("a storage", "something else");
      else stack.push(new Storage(kind.name, key));
    },
    // SETITEM
    0x73: () => {
      const [value, key] = [pop(), pop()];
      dict().set(key, value);
    },
    // SETITEMS
    0x75: () => {
      const items = toMark();
      const into = dict();
      for (let i = 0; i + 1 < items.length; i += 2) into.set(items[i], items[i + 1]);
    },
    // BUILD: attributes of a dict, `_metadata`, which say nothing of tensors.
    0x62: () => void pop(),
    // APPENDS, APPEND: of the metadata's lists.
    0x65: () => void toMark(),
    0x61: () => void pop(),
  };
  for (let count = 0; ; count++) {
    if (count > MAX_INSTRUCTIONS || stack.length > MAX_INSTRUCTIONS) refuse("a pickle of fewer instructions", "more");
    const code = bytes[take(1)] ?? 0;
    if (code === 0x2e) return pop();
    const follow = instructions[code];
    if (!follow) refuse("instructions that build plain values", `0x${code.toString(16)}`);
    else follow();
  }
}

/** The float tensors of a state dict by name, in the file's order, one below another's name after a dot.
 *  @throws ArgumentError for what is no such file, and what it names that is not known */
export function readStateDict(bytes: Uint8Array): Readonly<Record<string, NamedArray>> {
  const files = unzip(bytes, {
    wanted: (name) => /(^|\/)(data\.pkl|byteorder|data\/\d+)$/.test(name),
    what: "PyTorch file",
  });
  const pickled = Object.keys(files).find((name) => name.endsWith("data.pkl"));
  if (pickled === undefined) return refuse("a zip with data.pkl, as torch.save has written since 1.6", "none");
  const root = pickled.slice(0, -"data.pkl".length);
  const order = files[`${root}byteorder`];
  if (order && new TextDecoder().decode(order).trim() === "big") refuse("little-endian numbers", "big-endian ones");
  const found: [string, NamedArray][] = [];
  let numbers = 0;
  const visit = (value: unknown, path: string, depth: number): void => {
    if (value instanceof Map && depth < 4) {
      for (const [key, inner] of value) visit(inner, path ? `${path}.${String(key)}` : String(key), depth + 1);
      return;
    }
    if (!(value instanceof TensorPlace) || value.storage.kind !== "torch FloatStorage") return;
    numbers += sizeOf(value.shape);
    if (numbers > MAX_NUMBERS || found.length >= MAX_TENSORS) refuse("fewer numbers", "more than can be meant");
    found.push([path.slice(0, 200), tensorOf(value, files[`${root}data/${value.storage.key}`])]);
  };
  visit(unpickle(files[pickled] ?? new Uint8Array()), "", 0);
  return Object.fromEntries(found);
}

/** The numbers of a tensor in their order. */
function tensorOf({ offset, shape, strides, storage }: TensorPlace, bytes: Uint8Array | undefined): NamedArray {
  const length = sizeOf(shape);
  const last = shape.reduce((place, dim, axis) => place + Math.max(0, dim - 1) * (strides[axis] ?? 0), offset);
  if (!bytes || (length > 0 && (last + 1) * 4 > bytes.length)) {
    return refuse(`${last + 1} numbers in data/${storage.key.slice(0, 20)}`, String((bytes?.length ?? 0) / 4));
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const data = new Float32Array(length);
  const place = shape.map(() => 0);
  for (let i = 0; i < length; i++) {
    let from = offset;
    for (let k = 0; k < shape.length; k++) from += (place[k] ?? 0) * (strides[k] ?? 0);
    data[i] = view.getFloat32(from * 4, true);
    for (let k = shape.length - 1; k >= 0; k--) {
      place[k] = (place[k] ?? 0) + 1;
      if (place[k] !== shape[k]) break;
      place[k] = 0;
    }
  }
  return { shape, data };
}
