// The shape of the conformance table: what every op must bring before it counts as tested.
import type { Node } from "../../graph/node";
import type { Shape } from "../../shape";
import type { Sample } from "../sample";

/** A sample whose result was worked out by hand or taken from printed tables. */
export interface HandCase extends Sample {
  readonly expected: { readonly shape: Shape; readonly values: readonly number[] };
}

/** A sample small enough for finite differences by all its f32 inputs. */
export type GradientCase = Sample;

/** Something that must be refused, and what the message must say. */
export interface Refusal {
  readonly name: string;
  readonly build: () => Node;
  readonly message: RegExp;
}

/** All cases of one op. */
export interface OpCases {
  /** On the cpu in both precisions and on WebGPU. */
  readonly hand: readonly [HandCase, ...HandCase[]];
  /** Samples of about `n` per dimension, on which WebGPU must agree with the cpu. */
  readonly sized: (n: number) => readonly Sample[];
  /** `"none"` exactly when the op's record says so. */
  readonly gradients: "none" | readonly [GradientCase, ...GradientCase[]];
  /** Empty only for ops that fit any input. */
  readonly refused: readonly Refusal[];
  /** How far WebGPU may be from the cpu, relative to values above 1 and absolutely below. Say why when it is given. */
  readonly tolerance?: number;
}

/** A shorthand for a hand case. */
export function hand(
  name: string,
  feeds: Sample["feeds"],
  build: Sample["build"],
  shape: Shape,
  values: readonly number[],
): HandCase {
  return { name, feeds, build, expected: { shape, values } };
}
