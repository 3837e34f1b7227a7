/** Leaves: nodes whose values come from outside the graph. They have no kernel; the executor binds them. */
import { ArgumentError } from "../errors";
import type { Node, Op } from "../graph/node";
import type { DType } from "../graph/type";
import { apply } from "../graph/node";
import type { Shape } from "../shape";

type LeafAttrs = { readonly name: string; readonly shape: Shape; readonly dtype: DType };

function leafOp(name: string): Op<LeafAttrs> {
  return {
    name,
    type: (_, { shape, dtype }) => ({ shape, dtype }),
    gradient: "none",
    storage: "leaf",
    cpu: () => neverRuns(name),
    wgsl: () => neverRuns(name),
  };
}

function neverRuns(name: string): never {
  throw new ArgumentError(`${name}: expected a value bound by the caller, got a request for a kernel. Bind the leaf.`);
}

const inputOp = leafOp("input");
const stateOp = leafOp("state");
const stepScalarOp = leafOp("stepScalar");

/** A value the caller provides, such as a batch. `shape` f32 unless told otherwise. */
export function input(name: string, shape: Shape, dtype: DType = "f32"): Node {
  return apply(inputOp, [], { name, shape, dtype });
}

/** A value that outlives a run: parameters, optimizer moments, datasets, metric rings. Updated by a program's
 *  `updates`, in place where possible. */
export function state(name: string, shape: Shape, dtype: DType = "f32"): Node {
  return apply(stateOp, [], { name, shape, dtype });
}

/** A scalar that changes every step (learning rate, step number, batch offset). It is read from a table with one row
 *  per step, so changing it neither recompiles nor uploads anything per step. `[]` f32 or u32. */
export function stepScalar(name: string, dtype: "f32" | "u32" = "f32"): Node {
  return apply(stepScalarOp, [], { name, shape: [], dtype });
}

/** The name a leaf was made with. */
export function leafName(node: Node): string {
  return typeof node.attrs["name"] === "string" ? node.attrs["name"] : node.op.name;
}

/** Whether this is a step scalar, which backends keep in a table rather than a buffer. */
export function isStepScalar(node: Node): boolean {
  return node.op.name === stepScalarOp.name;
}

/** The records behind this file's functions. */
export const leafOps = { input: inputOp, state: stateOp, stepScalar: stepScalarOp };
