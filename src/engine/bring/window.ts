/** Reads of a file that lie close to each other, as few at a time. */

/** Bytes from a place on; fewer where the file ends. They are not to be written to. */
export type Window = (from: number, length: number) => Promise<Uint8Array<ArrayBuffer>>;

/** Reads so many bytes at a time, the next such piece before it is asked for, and remembers the last three. What is larger is read by
 *  itself. */
export function windowOf(file: Blob, pieceBytes: number): Window {
  const pieces = new Map<number, Promise<Uint8Array<ArrayBuffer>>>();
  const read = async (from: number, to: number): Promise<Uint8Array<ArrayBuffer>> =>
    new Uint8Array(await file.slice(from, to).arrayBuffer());
  const pieceFrom = (start: number): Promise<Uint8Array<ArrayBuffer>> => {
    const known = pieces.get(start);
    if (known) return known;
    const piece = read(start, start + pieceBytes);
    pieces.set(start, piece);
    const [oldest] = pieces.keys();
    if (pieces.size > 3 && oldest !== undefined) pieces.delete(oldest);
    return piece;
  };
  return async (from, length) => {
    const start = Math.floor(from / pieceBytes) * pieceBytes;
    if (from + length > start + pieceBytes) return read(from, from + length);
    const piece = pieceFrom(start);
    if (start + pieceBytes < file.size) void pieceFrom(start + pieceBytes).catch(() => {});
    return (await piece).subarray(from - start, from - start + length);
  };
}
