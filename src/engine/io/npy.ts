/** NumPy's `.npy` and `.npz`: arrays with a header of Python text, alone or in a zip that stores.
 *  Source: numpy.org, `numpy.lib.format`, version 1.0. */
import { strToU8, Zip, ZipDeflate, zipSync } from "fflate";
import type { ColumnData } from "../data/column";
import { dtypeOf } from "../graph/type";
import type { Shape } from "../shape";

/** Numbers of a type that NumPy knows. */
export interface NumpyArray {
  readonly shape: Shape;
  readonly data: ColumnData;
}

const ALIGNMENT = 64;

/** NumPy's names of types, little-endian. */
const TYPES = { f32: "<f4", u32: "<u4", u16: "<u2", u8: "|u1" } as const;

/** The bytes of one array. */
export function writeNpy({ shape, data }: NumpyArray): Uint8Array<ArrayBuffer> {
  const dims = shape.length === 1 ? `${shape[0]},` : shape.join(", ");
  const header = `{'descr': '${TYPES[dtypeOf(data)]}', 'fortran_order': False, 'shape': (${dims}), }`;
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

/** Bytes that are packed in one go. */
const PIECE_BYTES = 2 ** 18;

/** The bytes of arrays by name, made smaller a piece at a time, so that whoever else is at work gets a turn.
 *  @param pause waited for after each piece */
export async function packedNpz(
  arrays: Readonly<Record<string, NumpyArray>>,
  pause: () => Promise<void>,
): Promise<Uint8Array<ArrayBuffer>> {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  const zip = new Zip((error, part) => {
    if (error) throw error;
    parts.push(part as Uint8Array<ArrayBuffer>);
  });
  for (const [name, array] of Object.entries(arrays)) {
    const entry = new ZipDeflate(`${name}.npy`, { level: 4 });
    entry.mtime = "2026-01-01T00:00:00";
    zip.add(entry);
    const bytes = writeNpy(array);
    for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
      entry.push(bytes.subarray(at, at + PIECE_BYTES), at + PIECE_BYTES >= bytes.length);
      await pause();
    }
  }
  zip.end();
  const all = new Uint8Array(parts.reduce((total, { length }) => total + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
