/** The nodes of an ONNX graph with their attributes, and the tensors that it holds. Source: onnx.ai, `onnx.proto`. */
import { sizeOf } from "../../shape";
import { type Field, fieldsOf } from "../protobuf";
import type { Grid } from "./grid";
import { MAX_NODES, messagesOf, refuse, tensorOf, textOf } from "./read";

/** An op with its attributes. */
export interface Op {
  readonly type: string;
  /** The type and the place in the file, as layers are called. */
  readonly name: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly ints: (name: string) => readonly number[] | undefined;
  readonly int: (name: string, initial: number) => number;
  readonly real: (name: string, initial: number) => number;
  readonly texts: (name: string) => readonly string[];
  readonly tensor: (name: string) => Grid | undefined;
}

/** What a graph has. */
export interface Graph {
  /** Who wrote it. */
  readonly producer: string;
  readonly ops: readonly Op[];
  readonly held: ReadonlyMap<string, Grid>;
  readonly input: { readonly name: string; readonly dims: readonly number[] };
  readonly output: string;
}

const INT32 = 6;
const INT64 = 7;
const BOOL = 9;
/** Constants and places are kept for so many numbers at once. */
export const MAX_PLACES = 2 ** 22;

const textsOf = (fields: readonly Field[], number: number): readonly string[] =>
  messagesOf(fields, number).map((each) => new TextDecoder().decode(each.subarray(0, 500)));
const numbersOf = (fields: readonly Field[], ...numbers: readonly number[]): readonly number[] =>
  fields.flatMap(({ number, value, bytes }) =>
    numbers.includes(number) ? (bytes ? fieldsOf(bytes, true).map((part) => part.value) : [value]) : [],
  );

/** A tensor of floats, or of whole numbers; null for others. */
function gridOf(bytes: Uint8Array): readonly [name: string, grid: Grid] | null {
  const floats = tensorOf(bytes);
  if (floats) return [floats[0], { dims: floats[1].shape, data: Float32Array.from(floats[1].data) }];
  const fields = fieldsOf(bytes);
  const type = fields.find(({ number }) => number === 2)?.value ?? 0;
  const dims = numbersOf(fields, 1);
  const [raw] = messagesOf(fields, 9);
  const width = new Map([
    [INT32, 4],
    [INT64, 8],
    [BOOL, 1],
  ]).get(type);
  if (width === undefined || sizeOf(dims) > MAX_PLACES) return null;
  const view = raw && new DataView(raw.buffer, raw.byteOffset, raw.length);
  const values = view
    ? Array.from({ length: Math.floor(view.byteLength / width) }, (_, i) =>
        width === 8
          ? Number(view.getBigInt64(8 * i, true))
          : width === 4
            ? view.getInt32(4 * i, true)
            : view.getUint8(i),
      )
    : numbersOf(fields, 5, 7);
  return values.length === sizeOf(dims) ? [textOf(fields, 8), { dims, data: Float64Array.from(values) }] : null;
}

function opOf(bytes: Uint8Array, at: number): Op {
  const fields = fieldsOf(bytes);
  const attributes = new Map(
    messagesOf(fields, 5).map((each) => {
      const own = fieldsOf(each);
      return [textOf(own, 1), own] as const;
    }),
  );
  const [type = ""] = textsOf(fields, 4);
  const ints = (name: string): readonly number[] | undefined => {
    const found = numbersOf(attributes.get(name) ?? [], 3, 8);
    return found.length > 0 ? found : undefined;
  };
  return {
    type,
    name: `${type.slice(0, 40)} ${at + 1}`,
    inputs: textsOf(fields, 1),
    outputs: textsOf(fields, 2),
    ints,
    int: (name, initial) => ints(name)?.[0] ?? initial,
    real: (name, initial) => {
      const raw = attributes.get(name)?.find(({ number }) => number === 2)?.bytes;
      return raw?.length === 4 ? new DataView(raw.buffer, raw.byteOffset, 4).getFloat32(0, true) : initial;
    },
    texts: (name) => [...textsOf(attributes.get(name) ?? [], 4), ...textsOf(attributes.get(name) ?? [], 9)],
    tensor: (name) => {
      const [own] = messagesOf(attributes.get(name) ?? [], 5);
      return own && gridOf(own)?.[1];
    },
  };
}

/** @throws ArgumentError for a graph of several inputs or outputs, or of too many nodes */
export function graphOf(bytes: Uint8Array): Graph {
  const model = fieldsOf(bytes);
  const graph = fieldsOf(messagesOf(model, 7)[0] ?? new Uint8Array());
  const nodes = messagesOf(graph, 1);
  if (nodes.length > MAX_NODES) refuse(`at most ${MAX_NODES} nodes`, String(nodes.length));
  const held = new Map(
    messagesOf(graph, 5).flatMap((tensor) => {
      const found = gridOf(tensor);
      return found ? [found] : [];
    }),
  );
  const inputs = messagesOf(graph, 11)
    .map((own) => fieldsOf(own))
    .filter((own) => !held.has(textOf(own, 1)));
  const [input, second] = inputs;
  if (!input || second) return refuse("a graph of one input", second ? "several" : "none");
  const outputs = messagesOf(graph, 12).map((own) => textOf(fieldsOf(own), 1));
  const [output = "", other] = outputs;
  if (other !== undefined) return refuse("a graph of one output", `several: ${outputs.join(", ").slice(0, 100)}`);
  return {
    producer: textOf(model, 2),
    ops: nodes.map(opOf),
    held,
    input: { name: textOf(input, 1), dims: dimsOf(input) },
    output,
  };
}

/** Sizes of an input's axes; 0 for those that are free. */
function dimsOf(input: readonly Field[]): readonly number[] {
  const inner = (fields: readonly Field[], number: number): readonly Field[] =>
    fieldsOf(messagesOf(fields, number)[0] ?? new Uint8Array());
  const shape = inner(inner(inner(input, 2), 1), 2);
  return messagesOf(shape, 1).map((dim) => fieldsOf(dim).find(({ number }) => number === 1)?.value ?? 0);
}
