/** How an agent acts, and what it learns from what came of it: plain arithmetic on what its networks show, between two training
 *  steps. */
import type { Dice } from "../environments";
import type { ConfigOf, Fields } from "../fields";

/** What a model shows of one observation, by name. */
export type ShownAt = Readonly<Record<string, ArrayLike<number>>>;

/** Steps that were played, of several episodes beside each other: each row's next row comes after it. */
export interface Played {
  readonly count: number;
  readonly rewards: Float32Array;
  readonly actions: Uint8Array;
  /** The row of the observation that followed; -1 where the episode was over. From `count` on come observations where it was cut off,
   *  and nobody acted any more. */
  readonly next: Int32Array;
  /** What the model showed, `[rows, width]` by name, those that were cut off at the end. */
  readonly shown: Readonly<Record<string, Float32Array>>;
}

/** What is learnt from each step. `[count]` each */
export interface Lesson {
  readonly worth: Float32Array;
  readonly advantage: Float32Array;
}

/** A way to act and to learn. */
export interface Play<F extends Fields = Fields> {
  /** What to do where the model shows this. @param isTest whether it does as well as it can, rather than try things */
  act(shown: ShownAt, config: ConfigOf<F>, dice: Dice, isTest: boolean): number;
  /** What the steps teach. */
  teach(played: Played, config: ConfigOf<F>): Lesson;
}
