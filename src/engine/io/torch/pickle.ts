/** PyTorch's own files of state dicts: a zip of a pickle, which says what tensors there are, and the numbers of each.
 *  Source: torch/serialization.py, torch/_utils.py; Python, pickletools.py, protocol 2. */
import { strToU8 } from "fflate";
import { sizeOf } from "../../shape";
import { zipOf } from "../npy";
import type { NamedArray } from "../safetensors";

/** Pickle's instructions that are written. */
const PROTO = [0x80, 2];
const [GLOBAL, MARK, TUPLE, EMPTY_TUPLE, REDUCE, SETITEMS, PERSISTENT, FALSE, STOP] = [..."c(t)RuQ", "\x89", "."].map(
  (letter) => letter.charCodeAt(0),
) as [number, number, number, number, number, number, number, number, number];
const [TEXT, INT] = [0x58, 0x4a];

const u32 = (value: number): number[] => [0, 8, 16, 24].map((shift) => (value >>> shift) & 255);
const text = (value: string): number[] => {
  const bytes = strToU8(value);
  return [TEXT, ...u32(bytes.length), ...bytes];
};
const int = (value: number): number[] => [INT, ...u32(value)];
const global = (module: string, name: string): number[] => [GLOBAL, ...strToU8(`${module}\n${name}\n`)];
const tuple = (...items: readonly number[][]): number[] => [MARK, ...items.flat(), TUPLE];
const EMPTY_DICT = [...global("collections", "OrderedDict"), EMPTY_TUPLE, REDUCE];

/** A tensor that shares its storage with no other. */
function tensor({ shape }: NamedArray, storage: number): number[] {
  const strides = shape.map((_, axis) => sizeOf(shape.slice(axis + 1)));
  const place = tuple(
    text("storage"),
    global("torch", "FloatStorage"),
    text(String(storage)),
    text("cpu"),
    int(sizeOf(shape)),
  );
  const given = tuple(
    [...place, PERSISTENT],
    int(0),
    tuple(...shape.map(int)),
    tuple(...strides.map(int)),
    [FALSE],
    EMPTY_DICT,
  );
  return [...global("torch._utils", "_rebuild_tensor_v2"), ...given, REDUCE];
}

/** The file of a state dict, which `torch.load` opens, with `weights_only=True` too. */
export function writeStateDict(state: Readonly<Record<string, NamedArray>>): Uint8Array<ArrayBuffer> {
  const entries = Object.entries(state);
  const items = entries.flatMap(([name, array], i) => [...text(name), ...tensor(array, i)]);
  const storages = entries.map(([, { data }], i): [string, Uint8Array] => [
    `archive/data/${i}`,
    new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
  ]);
  return zipOf(
    {
      "archive/data.pkl": Uint8Array.from([...PROTO, ...EMPTY_DICT, MARK, ...items, SETITEMS, STOP]),
      "archive/byteorder": strToU8("little"),
      ...Object.fromEntries(storages),
      "archive/version": strToU8("3\n"),
    },
    false,
  );
}
