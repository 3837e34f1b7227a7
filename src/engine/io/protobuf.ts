/** Protocol Buffers, as far as writing ONNX needs them: messages of numbered fields, written once, in order.
 *  Source: protobuf.dev, "Encoding". */

/** A message, or bytes, in pieces that are joined at the end. */
export type Pieces = readonly Uint8Array[];

const lengthOf = (pieces: Pieces): number => pieces.reduce((total, { length }) => total + length, 0);

function varint(value: number | bigint): Uint8Array {
  // Negative numbers are written as 64 bits.
  let rest = BigInt.asUintN(64, BigInt(value));
  const bytes: number[] = [];
  do {
    const low = Number(rest & 127n);
    rest >>= 7n;
    bytes.push(rest > 0n ? low | 128 : low);
  } while (rest > 0n);
  return Uint8Array.from(bytes);
}

const tag = (field: number, wire: 0 | 2 | 5): Uint8Array => varint(field * 8 + wire);

/** A whole number. */
export const whole = (field: number, value: number | bigint): Pieces => [tag(field, 0), varint(value)];

/** A number in single precision. */
export function float(field: number, value: number): Pieces {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setFloat32(0, value, true);
  return [tag(field, 5), bytes];
}

/** Text. */
export const text = (field: number, value: string): Pieces => bytes(field, [new TextEncoder().encode(value)]);

/** Bytes, or a message in this one. */
export const bytes = (field: number, pieces: Pieces): Pieces => [tag(field, 2), varint(lengthOf(pieces)), ...pieces];

/** All pieces in a row. */
export function join(pieces: Pieces): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(lengthOf(pieces));
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}
