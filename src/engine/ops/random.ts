/** Random numbers as ops. */
import { ArgumentError } from "../errors";
import type { Node } from "../graph/node";
import type { Shape } from "../shape";

interface RandomOptions {
  readonly shape: Shape;
  readonly stream: number;
}

/** Uniform numbers. */
export function randomUniform(_seed: Node, _step: Node, _options: RandomOptions): Node {
  throw new ArgumentError("randomUniform: expected a kernel, got none.");
}

/** Normal numbers. */
export function randomNormal(_seed: Node, _step: Node, _options: RandomOptions): Node {
  throw new ArgumentError("randomNormal: expected a kernel, got none.");
}
