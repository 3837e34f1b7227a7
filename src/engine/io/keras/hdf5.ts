/** HDF5 files of named arrays, by h5wasm, whose megabyte is loaded when the first is written or read. */
import { ArgumentError } from "../../errors";
import { sizeOf } from "../../shape";
import type { NamedArray } from "../safetensors";

/** A larger array is refused before it is read. */
const MAX_NUMBERS = 2 ** 28;
const MAX_ARRAYS = 10_000;

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

type Library = Awaited<ReturnType<typeof library>>["h5"];
type OpenFile = InstanceType<Library["File"]>;

/** Opens a file for as long as something is read from it. @throws ArgumentError for what is no HDF5 file */
async function opened<T>(bytes: Uint8Array, read: (file: OpenFile, h5: Library) => T): Promise<T> {
  if (!isHdf5(bytes))
    throw new ArgumentError("Weights: expected an HDF5 file, got another. Choose one that Keras saved.");
  const { h5, FS } = await library();
  const path = `import-${nextFile++}.h5`;
  FS.writeFile(path, bytes);
  try {
    const file = new h5.File(path, "r");
    try {
      return read(file, h5);
    } finally {
      file.close();
    }
  } catch (error) {
    if (error instanceof ArgumentError) throw error;
    return refuse("a whole HDF5 file", `one that does not open (${String(error).slice(0, 200)})`);
  } finally {
    FS.unlink(path);
  }
}

/** Reads arrays, and counts their numbers. */
function reader(file: OpenFile, h5: Library): (path: string) => NamedArray | null {
  let total = 0;
  return (path) => {
    const item = file.get(path);
    if (!(item instanceof h5.Dataset)) return null;
    const shape = item.shape ?? [];
    total += sizeOf(shape);
    if (!(total <= MAX_NUMBERS)) refuse(`at most ${MAX_NUMBERS} numbers`, String(total));
    const { value } = item;
    return value instanceof Float32Array || value instanceof Float64Array
      ? { shape: [...shape], data: Float32Array.from(value) }
      : null;
  };
}

/** All arrays of numbers in a file, by path. @throws ArgumentError for what is no HDF5 file, or holds more than can be meant */
export const readHdf5 = (bytes: Uint8Array): Promise<Readonly<Record<string, NamedArray>>> =>
  opened(bytes, (file, h5) => {
    const paths = file.paths();
    if (paths.length > MAX_ARRAYS) refuse(`at most ${MAX_ARRAYS} entries`, String(paths.length));
    const read = reader(file, h5);
    const found = paths.flatMap((path) => {
      const array = read(path);
      return array ? [[path, array] as const] : [];
    });
    return Object.fromEntries(found);
  });

/** What Keras 2 kept: the model as JSON, null where there are weights alone, and each layer's arrays in its order.
 *  @throws ArgumentError for what is no HDF5 file, or holds more than can be meant */
export const readLegacyHdf5 = (
  bytes: Uint8Array,
): Promise<{ readonly config: string | null; readonly layers: ReadonlyMap<string, readonly NamedArray[]> }> =>
  opened(bytes, (file, h5) => {
    const config = file.attrs["model_config"]?.value;
    const group = file.get("model_weights") ?? file;
    const read = reader(file, h5);
    const layers = new Map<string, readonly NamedArray[]>();
    if (!(group instanceof h5.Group)) return refuse("the group model_weights", "none");
    const root = group === file ? "" : "model_weights/";
    for (const layer of names(group.attrs["layer_names"]?.value)) {
      const own = group.get(layer);
      if (!(own instanceof h5.Group)) continue;
      // States of generators are no numbers of this kind, and are left out.
      const arrays = names(own.attrs["weight_names"]?.value).flatMap((name) => read(`${root}${layer}/${name}`) ?? []);
      layers.set(layer, arrays);
    }
    return { config: typeof config === "string" ? config : null, layers };
  });

/** Names of an attribute, which is a list of texts. */
function names(value: unknown): readonly string[] {
  const all: unknown[] = Array.isArray(value) ? value : [];
  if (all.length > MAX_ARRAYS) refuse(`at most ${MAX_ARRAYS} names`, String(all.length));
  return all.filter((name) => typeof name === "string");
}

const SIGNATURE = [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a];

const isHdf5 = (bytes: Uint8Array): boolean => SIGNATURE.every((byte, i) => bytes[i] === byte);
