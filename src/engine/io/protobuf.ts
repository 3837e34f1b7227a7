/** Protocol Buffers, as far as ONNX needs them: messages of numbered fields, written once, in order, and read.
 *  Source: protobuf.dev, "Encoding". */

import { ArgumentError } from "../errors";

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

/** A field of a message that is read. */
export interface Field {
  readonly number: number;
  /** Of whole numbers, with their sign; 0 for others. */
  readonly value: number;
  /** Of texts, bytes, messages, packed lists, and single floats. */
  readonly bytes: Uint8Array | null;
}

const MAX_FIELDS = 1_000_000;

/** The fields of a message, in their order. @param isPacked whether it is a list of whole numbers instead
 *  @throws ArgumentError for bytes that are none */
export function fieldsOf(message: Uint8Array, isPacked = false): readonly Field[] {
  let at = 0;
  const refuse = (): never => {
    throw new ArgumentError("ONNX file: expected a whole message, got damaged bytes. Choose a whole file.");
  };
  const varintAt = (): number => {
    // In two parts, so that small negative numbers, of which the last of ten bytes holds the sign, are not rounded.
    let [low, high] = [0, 0];
    for (let shift = 0; shift < 70; shift += 7) {
      const byte = message[at++] ?? refuse();
      if (shift < 28) low += (byte & 127) * 2 ** shift;
      else high += shift === 63 ? (byte & 1) * -(2 ** 35) : (byte & 127) * 2 ** (shift - 28);
      if (byte < 128) return high * 2 ** 28 + low;
    }
    return refuse();
  };
  const fields: Field[] = [];
  while (at < message.length) {
    if (fields.length > MAX_FIELDS) refuse();
    if (isPacked) {
      fields.push({ number: 0, value: varintAt(), bytes: null });
      continue;
    }
    const tagged = varintAt();
    const [number, wire] = [Math.floor(tagged / 8), tagged % 8];
    if (wire === 0) fields.push({ number, value: varintAt(), bytes: null });
    else {
      const length = wire === 2 ? varintAt() : wire === 5 ? 4 : wire === 1 ? 8 : refuse();
      if (at + length > message.length) refuse();
      if (wire !== 1) fields.push({ number, value: 0, bytes: message.subarray(at, at + length) });
      at += length;
    }
  }
  return fields;
}
