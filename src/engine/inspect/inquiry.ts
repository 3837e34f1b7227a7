/** What a question about a model is: a record with the shape of the question and how it is answered, on a copy of the model's state
 *  beside the one that trains. Answering changes nothing of the model. */
import type { GenericSchema } from "valibot";
import * as v from "valibot";
import type { ColumnData } from "../data";
import type { Subject } from "../train/batches";

export type { Subject };

/** The way an answer is found. */
export interface Flow {
  /** Lets messages through, and tells how far it is. @throws DOMException `AbortError` where the answer is not wanted any more */
  pause(done: number, total: number): Promise<void>;
}

/** A question. */
export interface Inquiry<Q, A> {
  /** What questions look like; others are refused. */
  readonly question: GenericSchema<unknown, Q>;
  /** @throws ArgumentError where the question does not fit the model */
  answer(subject: Subject, question: Q, flow: Flow): Promise<A>;
}

/** Lets TypeScript infer the types of question and answer. */
export const defineInquiry = <Q, A>(inquiry: Inquiry<Q, A>): Inquiry<Q, A> => inquiry;

/** Values of columns by name, as networks see them. */
export const columnsSchema: GenericSchema<unknown, Readonly<Record<string, ColumnData>>> = v.record(
  v.string(),
  v.union([v.instance(Float32Array), v.instance(Uint32Array), v.instance(Uint8Array)]),
);

/** A whole number from `low` to `high`. */
export const wholeSchema = (low: number, high: number): GenericSchema<unknown, number> =>
  v.pipe(v.number(), v.integer(), v.minValue(low), v.maxValue(high));
