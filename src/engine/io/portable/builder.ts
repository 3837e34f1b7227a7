/** Puts a portable program together, step by step. */
import type { TensorType } from "../../graph/type";
import type { Shape } from "../../shape";
import type { NamedArray } from "../safetensors";
import type { Operation, Program, Step } from "./program";

/** A value of the program that is being made. */
export interface Value {
  readonly number: number;
  readonly shape: Shape;
}

/** Steps so far. Layers add theirs, each under its own name. */
export class ProgramBuilder {
  readonly #steps: Step[] = [];
  readonly #weights: Record<string, NamedArray>;
  readonly #input: TensorType;
  /** Of the layer whose steps are added. */
  #name = "";
  #next = 1;

  /** @param weights the outer program's, of an inner one */
  constructor(input: TensorType, weights: Record<string, NamedArray> = {}) {
    this.#input = input;
    this.#weights = weights;
  }

  get input(): Value {
    return { number: 0, shape: this.#input.shape };
  }

  /** Says whose the next steps are. */
  begin(name: string): void {
    this.#name = name;
  }

  /** Adds a step. @param part tells several of one layer with weights apart */
  add(from: Value | readonly Value[], shape: Shape, operation: Operation, part = ""): Value {
    const values = "number" in from ? [from] : from;
    const to = this.#next++;
    const name = part ? `${this.#name}_${part}` : this.#name;
    this.#steps.push({ ...operation, from: values.map(({ number }) => number), to, shape, name });
    return { number: to, shape };
  }

  /** Takes a weight up. @param shape another view of its numbers  @returns its key */
  weight(variable: string, array: NamedArray, shape: Shape = array.shape): string {
    const key = `${this.#name}/${variable}`;
    this.#weights[key] = { shape, data: array.data };
    return key;
  }

  /** A view in another shape; the value itself where it has that already. */
  reshape(x: Value, shape: Shape): Value {
    const isSame = x.shape.length === shape.length && x.shape.every((dim, i) => dim === shape[i]);
    return isSame ? x : this.add(x, shape, { op: "reshape" });
  }

  /** A program of steps on the entries of an axis, with the same weights. */
  inner(input: TensorType): ProgramBuilder {
    return new ProgramBuilder(input, this.#weights);
  }

  finish(result: Value): Program {
    return {
      input: this.#input,
      result: result.number,
      output: { shape: result.shape, dtype: "f32" },
      steps: this.#steps,
      weights: this.#weights,
    };
  }
}
