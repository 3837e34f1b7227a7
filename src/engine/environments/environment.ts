/** What an agent lives in: a world with rules, apart from how anybody learns in it. Plain arithmetic in double precision, so that the
 *  same actions lead to the same states whatever backend learns from them. */

/** The state of a world: numbers whose meaning is the world's own. */
export type State = readonly number[];

/** What an action leads to. */
export interface Outcome {
  readonly state: State;
  readonly reward: number;
  /** Whether the episode ends there, by the rules of the world. */
  readonly isOver: boolean;
}

/** A shape of a picture; units are the picture's own, y downwards, and colours are named by what they are for. */
export type Mark =
  | {
      readonly kind: "box";
      readonly x: number;
      readonly y: number;
      readonly width: number;
      readonly height: number;
      readonly tone: Tone;
    }
  | {
      readonly kind: "line";
      readonly from: readonly [number, number];
      readonly to: readonly [number, number];
      readonly width: number;
      readonly tone: Tone;
    }
  | { readonly kind: "disc"; readonly x: number; readonly y: number; readonly radius: number; readonly tone: Tone };

/** What a shape is of: the surroundings, what moves, what the eye is to follow, what is good and what is bad. */
export type Tone = "ground" | "body" | "accent" | "good" | "bad";

/** What a state looks like. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly marks: readonly Mark[];
}

/** A cell that an agent may be in, or cannot. */
export type Cell = "free" | "wall" | "good" | "bad";

/** A world that is a map. */
export interface Grid {
  /** Cells in a row. */
  readonly columns: number;
  /** Row after row; the state of an agent in a cell is its number. */
  readonly cells: readonly Cell[];
  /** Where each action leads, in columns and rows. */
  readonly moves: readonly (readonly [across: number, down: number])[];
}

/** A number from 0 to 1, another one at each call. */
export type Dice = () => number;

/** A world that can be played in. */
export interface World {
  /** An episode is cut off after so many steps, as if time were up: what would have come counts as the agent expects it to. */
  readonly maxSteps: number;
  /** Steps in a second, where the world is looked at as it is. */
  readonly pace: number;
  /** Where the world is a map of cells. */
  readonly grid?: Grid;
  /** Where an episode begins. @param isTest whether the agent is tried rather than trained */
  reset(dice: Dice, isTest: boolean): State;
  /** What an action leads to. @param action an index into the dataset's actions */
  step(state: State, action: number): Outcome;
  /** What the agent sees of a state, in the order of the dataset's names. */
  observe(state: State): readonly number[];
  picture(state: State): Picture;
}

/** An environment: how its world is made. */
export interface EnvironmentDef {
  /** The map that it has of its own, where it is one of cells. */
  readonly map?: string;
  /** @param map in place of its own; worlds without one pass it over */
  open(map?: string): World;
}
