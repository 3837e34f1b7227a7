/** The weights of ONNX files: tensors that the graph holds, in the order in which its nodes read them, and whether a matrix is read
 *  as PyTorch keeps it. What the nodes compute is not followed. Source: onnx.ai, `onnx.proto`. */
import { ArgumentError } from "../../errors";
import { sizeOf } from "../../shape";
import { transposed } from "../arrange";
import { type Field, fieldsOf } from "../protobuf";
import type { NamedArray } from "../safetensors";

const FLOAT = 1;
export const MAX_NODES = 20_000;
const MAX_NUMBERS = 2 ** 27;
/** Under which keys of a file's metadata this page puts the name of a network, and the description of its model. */
export const NETWORK = "network";
export const DESCRIPTION = "model";

/** What is no whole file of ONNX. */
function damaged(expected: string, got: string): never {
  throw new ArgumentError(`ONNX file: expected ${expected}, got ${got}. Choose a whole file, with its weights in it.`);
}

/** What is none of this page's layers. */
export function refuse(expected: string, got: string): never {
  throw new ArgumentError(`ONNX file: expected ${expected}, got ${got}.`);
}

export const messagesOf = (fields: readonly Field[], number: number): readonly Uint8Array[] =>
  fields.flatMap((field) => (field.number === number && field.bytes ? [field.bytes] : []));
export const textOf = (fields: readonly Field[], number: number): string =>
  new TextDecoder().decode(messagesOf(fields, number)[0]?.subarray(0, 500));

/** A tensor of floats; null for others. */
export function tensorOf(bytes: Uint8Array): readonly [name: string, array: NamedArray] | null {
  const fields = fieldsOf(bytes);
  const type = fields.find(({ number }) => number === 2)?.value;
  if (type !== FLOAT) return null;
  const shape = fields.flatMap(({ number, value, bytes: packed }) =>
    number === 1 ? (packed ? fieldsOf(packed, true).map((dim) => dim.value) : [value]) : [],
  );
  const name = textOf(fields, 8);
  if (shape.length > 8 || !shape.every((dim) => Number.isSafeInteger(dim) && dim >= 0))
    damaged(`a shape of "${name}"`, shape.join(" x ").slice(0, 80));
  const length = sizeOf(shape);
  if (length > MAX_NUMBERS) damaged(`at most ${MAX_NUMBERS} numbers in "${name}"`, String(length));
  // Raw bytes, or a list of floats, packed in one.
  const [raw = new Uint8Array()] = [...messagesOf(fields, 9), ...messagesOf(fields, 4)];
  if (raw.length !== 4 * length) damaged(`${4 * length} bytes of "${name}"`, String(raw.length));
  return [name, { shape, data: new Float32Array(Uint8Array.from(raw).buffer) }];
}

/** The floats that a file holds, by name. */
export interface OnnxWeights {
  /** As they stand in the file. */
  readonly held: Readonly<Record<string, NamedArray>>;
  /** In the order in which nodes read them, matrices as PyTorch's `Linear` has them. */
  readonly read: Readonly<Record<string, NamedArray>>;
  /** The bytes of all nodes and weights. */
  readonly graph: Uint8Array;
  /** What the graph is called, and what this page wrote beside it: of which network of its model it is, and the model's description. */
  readonly title: string;
  readonly network: string | undefined;
  readonly model: string | undefined;
}

/** @throws ArgumentError for what is no ONNX file, or is damaged */
export function readOnnxWeights(bytes: Uint8Array): OnnxWeights {
  const model = fieldsOf(bytes);
  const [graphBytes] = messagesOf(model, 7);
  if (!graphBytes) return damaged("a graph", "none");
  const graph = fieldsOf(graphBytes);
  const held = new Map(
    messagesOf(graph, 5).flatMap((tensor) => {
      const found = tensorOf(tensor);
      return found ? [found] : [];
    }),
  );
  const nodes = messagesOf(graph, 1);
  if (nodes.length > MAX_NODES) damaged(`at most ${MAX_NODES} nodes`, String(nodes.length));
  const read = new Map<string, NamedArray>();
  for (const node of nodes) {
    const fields = fieldsOf(node);
    const op = textOf(fields, 4);
    const isTurned = fields.some(({ number, bytes: own }) => {
      if (number !== 5 || !own) return false;
      const attribute = fieldsOf(own);
      return textOf(attribute, 1) === "transB" && attribute.some((part) => part.number === 3 && part.value === 1);
    });
    for (const input of messagesOf(fields, 1)) {
      const name = new TextDecoder().decode(input);
      const array = held.get(name);
      if (!array || read.has(name)) continue;
      const isStored = array.shape.length === 2 && (op === "MatMul" || (op === "Gemm" && !isTurned));
      read.set(name, isStored ? transposed(array, [1, 0]) : array);
    }
  }
  const described = messagesOf(model, 14).map((entry) => fieldsOf(entry));
  const told = (key: string): string | undefined => {
    const [value] = described.flatMap((entry) => (textOf(entry, 1) === key ? messagesOf(entry, 2) : []));
    return value && new TextDecoder().decode(value);
  };
  return {
    held: Object.fromEntries(held),
    read: Object.fromEntries(read),
    graph: graphBytes,
    title: textOf(graph, 2),
    network: told(NETWORK),
    model: told(DESCRIPTION),
  };
}
