/** Why a run came back from its loop. Types only. */

/** Why the loop came back. */
export type Outcome =
  | { readonly kind: "reached" } // the step asked for
  | { readonly kind: "asked" } // someone called `requestStop`
  | { readonly kind: "early-stopping"; readonly bestEpoch: number }
  | NonFinite;

/** Something is no finite number any more: the loss of that step, weights some time before its end, or the sum of squares by
 *  which its gradient was to be clipped. */
export interface NonFinite {
  readonly kind: "non-finite";
  readonly what: "loss" | "weights" | "gradient";
  readonly step: number;
}
