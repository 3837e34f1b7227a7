/** NumPy's `.npy` and `.npz`: arrays with a header of Python text, alone or in a zip that stores.
 *  Source: numpy.org, `numpy.lib.format`, version 1.0. */
import { strToU8, zipSync } from "fflate";
import type { Shape } from "../shape";

/** Numbers of a type that NumPy knows. */
export interface NumpyArray {
  readonly shape: Shape;
  readonly data: Float32Array | Uint32Array;
}

const ALIGNMENT = 64;

/** The bytes of one array. */
export function writeNpy({ shape, data }: NumpyArray): Uint8Array<ArrayBuffer> {
  const type = data instanceof Float32Array ? "<f4" : "<u4";
  const dims = shape.length === 1 ? `${shape[0]},` : shape.join(", ");
  const header = `{'descr': '${type}', 'fortran_order': False, 'shape': (${dims}), }`;
  const opening = 10;
  const length = Math.ceil((opening + header.length + 1) / ALIGNMENT) * ALIGNMENT - opening;
  const bytes = new Uint8Array(opening + length + data.byteLength);
  bytes.set([0x93, ...strToU8("NUMPY"), 1, 0, length % 256, length >> 8]);
  bytes.set(strToU8(`${header.padEnd(length - 1)}\n`), opening);
  bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), opening + length);
  return bytes;
}

/** The bytes of arrays by name. */
export const writeNpz = (arrays: Readonly<Record<string, NumpyArray>>): Uint8Array<ArrayBuffer> =>
  zipOf(Object.fromEntries(Object.entries(arrays).map(([name, array]) => [`${name}.npy`, writeNpy(array)])), false);

/** Files in a zip, of which the same files give the same bytes. @param isPacked whether they are made smaller */
export const zipOf = (files: Readonly<Record<string, Uint8Array>>, isPacked: boolean): Uint8Array<ArrayBuffer> =>
  new Uint8Array(zipSync({ ...files }, { level: isPacked ? 6 : 0, mtime: "2026-01-01T00:00:00" }));
