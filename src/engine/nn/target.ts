/** Targets: what a model's output is compared with, as a graph and, before there is one, as a type. */
import type { Node } from "../graph/node";
import type { Shape } from "../shape";

/** What is known of a target without a graph. */
export type TargetInfo =
  | { readonly kind: "class"; readonly classes: number }
  /** Tokens, one at each of so many steps; `isAnswer` where they answer a question, and are right or wrong as a whole. */
  | { readonly kind: "tokens"; readonly vocabulary: number; readonly steps: number; readonly isAnswer: boolean }
  /** Numbers to come close to; `shape` leaves the batch out. */
  | { readonly kind: "values"; readonly shape: Shape };

/** A batch of targets. */
export type Target =
  /** Class indices, `[N]` u32. */
  | { readonly kind: "class"; readonly labels: Node; readonly classes: number }
  /** Tokens `[N, T]` u32, and which of them count, `[N, T]` f32, 1 or 0. */
  | { readonly kind: "tokens"; readonly tokens: Node; readonly counts: Node; readonly vocabulary: number }
  /** `[N, ...shape]` f32 */
  | { readonly kind: "values"; readonly values: Node };
