/** Graphs of the ONNX format: nodes and named tensors, put together and written as a ModelProto.
 *  Source: onnx.ai, `onnx.proto`; field numbers are those of that file. */
import type { Shape } from "../../shape";
import { bytes, float, join, type Pieces, text, whole } from "../protobuf";

/** An attribute of a node: whole numbers, numbers with a point, text, or lists of them. */
export type Attribute =
  | { readonly int: number }
  | { readonly float: number }
  | { readonly text: string }
  | { readonly ints: readonly number[] }
  | { readonly floats: readonly number[] }
  | { readonly texts: readonly string[] };

type Attributes = Readonly<Record<string, Attribute>>;

const OPSET = 17;
const IR_VERSION = 8;
const FLOAT = 1;
const INT64 = 7;

const attribute = (name: string, value: Attribute): Pieces => {
  const of = (type: number, pieces: Pieces): Pieces => [...text(1, name), ...pieces, ...whole(20, type)];
  if ("float" in value) return of(1, float(2, value.float));
  if ("int" in value) return of(2, whole(3, value.int));
  if ("text" in value) return of(3, text(4, value.text));
  if ("floats" in value)
    return of(
      6,
      value.floats.flatMap((item) => float(7, item)),
    );
  if ("ints" in value)
    return of(
      7,
      value.ints.flatMap((item) => whole(8, item)),
    );
  return of(
    8,
    value.texts.flatMap((item) => text(9, item)),
  );
};

/** A tensor that the file holds. */
const tensor = (name: string, shape: Shape, type: number, data: Uint8Array): Pieces => [
  ...shape.flatMap((dim) => whole(1, dim)),
  ...whole(2, type),
  ...text(8, name),
  ...bytes(9, [data]),
];

/** What goes in or comes out, with a free number of samples. */
const valueInfo = (name: string, shape: Shape, type: number): Pieces => {
  const dims: Pieces = [...bytes(1, text(2, "N")), ...shape.flatMap((dim) => bytes(1, whole(1, dim)))];
  const tensorType: Pieces = [...whole(1, type), ...bytes(2, dims)];
  return [...text(1, name), ...bytes(2, bytes(1, tensorType))];
};

/** A graph that is being made. */
export class OnnxGraph {
  readonly #nodes: Pieces[] = [];
  readonly #tensors: Pieces[] = [];
  readonly #taken = new Set(["input"]);

  /** A name that nobody has yet. */
  #unique(stem: string): string {
    let name = stem;
    for (let i = 1; this.#taken.has(name); i++) name = `${stem}_${i}`;
    this.#taken.add(name);
    return name;
  }

  /** Adds a node. @param stem what its result is to be called  @returns the name of the first of its results */
  node(op: string, inputs: readonly string[], stem: string, attributes: Attributes = {}): string {
    const [name = stem] = this.nodes(op, inputs, [stem], attributes);
    return name;
  }

  /** The same with several results, of which "" are not wanted. */
  nodes(op: string, inputs: readonly string[], stems: readonly string[], attributes: Attributes = {}): string[] {
    const outputs = stems.map((stem) => stem && this.#unique(stem));
    this.#nodes.push([
      ...inputs.flatMap((name) => text(1, name)),
      ...outputs.flatMap((name) => text(2, name)),
      ...text(3, outputs.find((name) => name !== "") ?? op),
      ...text(4, op),
      ...Object.entries(attributes).flatMap(([name, value]) => bytes(5, attribute(name, value))),
    ]);
    return outputs;
  }

  /** Holds numbers. @returns the name to read them by */
  floats(stem: string, shape: Shape, data: ArrayLike<number>): string {
    const name = this.#unique(stem);
    const values = Float32Array.from(data);
    this.#tensors.push(tensor(name, shape, FLOAT, new Uint8Array(values.buffer)));
    return name;
  }

  /** Holds whole numbers, such as a shape. */
  ints(stem: string, values: readonly (number | bigint)[]): string {
    const name = this.#unique(stem);
    const data = BigInt64Array.from(values, (value) => BigInt(value));
    this.#tensors.push(tensor(name, [values.length], INT64, new Uint8Array(data.buffer)));
    return name;
  }

  /** The file. Samples are any number. */
  write(
    title: string,
    input: { readonly name: string; readonly shape: Shape; readonly holdsIndices: boolean },
    output: { readonly name: string; readonly shape: Shape },
    metadata: Readonly<Record<string, string>>,
  ): Uint8Array<ArrayBuffer> {
    const graph: Pieces = [
      ...this.#nodes.flatMap((node) => bytes(1, node)),
      ...text(2, title),
      ...this.#tensors.flatMap((held) => bytes(5, held)),
      ...bytes(11, valueInfo(input.name, input.shape, input.holdsIndices ? INT64 : FLOAT)),
      ...bytes(12, valueInfo(output.name, output.shape, FLOAT)),
    ];
    return join([
      ...whole(1, IR_VERSION),
      ...text(2, "descent"),
      ...bytes(7, graph),
      ...bytes(8, [...text(1, ""), ...whole(2, OPSET)]),
      ...Object.entries(metadata).flatMap(([key, value]) => bytes(14, [...text(1, key), ...text(2, value)])),
    ]);
  }
}
