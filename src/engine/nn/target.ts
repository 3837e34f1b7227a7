/** Targets: what a model's output is compared with, as a graph and, before there is one, as a type. */
import type { Node } from "../graph/node";
import type { Shape } from "../shape";

/** What is known of a target without a graph. */
export type TargetInfo =
  | { readonly kind: "class"; readonly classes: number }
  /** Numbers to come close to; `shape` leaves the batch out. */
  | { readonly kind: "values"; readonly shape: Shape };

/** A batch of targets. */
export type Target =
  /** Class indices, `[N]` u32. */
  | { readonly kind: "class"; readonly labels: Node; readonly classes: number }
  /** `[N, ...shape]` f32 */
  | { readonly kind: "values"; readonly values: Node };
