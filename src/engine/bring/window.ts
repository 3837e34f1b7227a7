/** Reads of a file that lie close to each other, as few at a time. */

/** Bytes from a place on; fewer where the file ends. They are not to be written to. */
export type Window = (from: number, length: number) => Promise<Uint8Array<ArrayBuffer>>;

/** Reads so many bytes at a time, and remembers the last two such pieces. What is larger is read by itself. */
export function windowOf(file: Blob, pieceBytes: number): Window {
  const pieces = new Map<number, Promise<Uint8Array<ArrayBuffer>>>();
  const read = async (from: number, to: number): Promise<Uint8Array<ArrayBuffer>> =>
    new Uint8Array(await file.slice(from, to).arrayBuffer());
  return async (from, length) => {
    const start = Math.floor(from / pieceBytes) * pieceBytes;
    if (from + length > start + pieceBytes) return read(from, from + length);
    let piece = pieces.get(start);
    if (!piece) {
      piece = read(start, start + pieceBytes);
      pieces.set(start, piece);
      const [oldest] = pieces.keys();
      if (pieces.size > 2 && oldest !== undefined) pieces.delete(oldest);
    }
    return (await piece).subarray(from - start, from - start + length);
  };
}
