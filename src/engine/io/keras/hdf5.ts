/** HDF5 files of named arrays, by h5wasm, whose megabyte is loaded when the first is written or read. */
import { ArgumentError } from "../../errors";
import { sizeOf } from "../../shape";
import type { NamedArray } from "../safetensors";

/** A larger array is refused before it is read. */
const MOST_NUMBERS = 2 ** 28;
const MOST_ARRAYS = 10_000;

function refuse(expected: string, got: string): never {
  throw new ArgumentError(`Weights: expected ${expected}, got ${got}. Choose a whole file.`);
}

let nextFile = 0;

async function library() {
  const h5 = await import("h5wasm");
  const { FS } = await h5.ready;
  return { h5, FS };
}

/** A file with an array at each path. */
export async function writeHdf5(arrays: Readonly<Record<string, NamedArray>>): Promise<Uint8Array<ArrayBuffer>> {
  const { h5, FS } = await library();
  const path = `export-${nextFile++}.h5`;
  const file = new h5.File(path, "w");
  try {
    const groups = new Set<string>();
    for (const [name, { shape, data }] of Object.entries(arrays)) {
      const steps = name.split("/");
      for (let depth = 1; depth < steps.length; depth++) {
        const group = steps.slice(0, depth).join("/");
        if (!groups.has(group)) file.create_group(group);
        groups.add(group);
      }
      // A scalar's shape is no list of sizes here.
      file.create_dataset({ name, data, shape: shape.length > 0 ? [...shape] : null, dtype: "<f" });
    }
    file.close();
    return new Uint8Array(FS.readFile(path));
  } finally {
    FS.unlink(path);
  }
}

/** All arrays of numbers in a file, by path. @throws ArgumentError for what is no HDF5 file, or holds more than can be meant */
export async function readHdf5(bytes: Uint8Array): Promise<Readonly<Record<string, NamedArray>>> {
  if (!isHdf5(bytes))
    throw new ArgumentError("Weights: expected an HDF5 file, got another. Choose one that Keras saved.");
  const { h5, FS } = await library();
  const path = `import-${nextFile++}.h5`;
  FS.writeFile(path, bytes);
  const found: Record<string, NamedArray> = {};
  try {
    const file = new h5.File(path, "r");
    try {
      const paths = file.paths();
      if (paths.length > MOST_ARRAYS) refuse(`at most ${MOST_ARRAYS} entries`, String(paths.length));
      let total = 0;
      for (const name of paths) {
        const item = file.get(name);
        if (!(item instanceof h5.Dataset)) continue;
        const shape = item.shape ?? [];
        total += sizeOf(shape);
        if (!(total <= MOST_NUMBERS)) refuse(`at most ${MOST_NUMBERS} numbers`, String(total));
        const { value } = item;
        if (value instanceof Float32Array || value instanceof Float64Array) {
          found[name] = { shape: [...shape], data: Float32Array.from(value) };
        }
      }
    } finally {
      file.close();
    }
  } catch (error) {
    if (error instanceof ArgumentError) throw error;
    refuse("a whole HDF5 file", `one that does not open (${String(error).slice(0, 200)})`);
  } finally {
    FS.unlink(path);
  }
  return found;
}

const SIGNATURE = [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a];

const isHdf5 = (bytes: Uint8Array): boolean => SIGNATURE.every((byte, i) => bytes[i] === byte);
