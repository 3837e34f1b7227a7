/** How recurrent layers walk sequences: the options, the sizes that follow from them, and where things are in what the ops give. */
import { type Cell, type CellName, cells, type Squashes, squashes, type SquashName } from "./recurrentCells";

/** How a sequence is walked. */
export type RecurrentOptions = {
  readonly cell: CellName;
  /** What the cell's state, and its candidate, pass through. */
  readonly activation: SquashName;
  /** What its gates pass through. */
  readonly recurrentActivation: SquashName;
  /** Walks from the last step to the first. Results stay in the places of their steps. */
  readonly reverse: boolean;
  /** Whether the states of all steps are wanted, or the one after the last alone. */
  readonly sequences: boolean;
};

/** A walk back, which must be told what the walk was of. */
export type GradAttrs = RecurrentOptions & { readonly samples: number; readonly steps: number };

/** The most units: what a workgroup shares of four samples has to fit its memory, beside what others of its launch need. */
export const MAX_RECURRENT_UNITS = 768;

/** Sizes of a walk, and where things are in the two results, both of them flat.
 *
 *  The walk gives, one after another, the last states `[N, H]` where only they are wanted, all states `[N, T, H]`, and what cells
 *  keep for the way back, `[N, T, kept, H]`. The way back gives the slopes of the input's sums, `[N, T, gates, H]`, and, of cells
 *  in which those of the state's sums are others, what differs, `[N, T, H]`. */
export interface Walk {
  readonly samples: number;
  readonly steps: number;
  readonly units: number;
  readonly cell: Cell;
  readonly squash: Squashes;
  /** Elements before the states. */
  readonly statesAt: number;
  readonly keptAt: number;
  readonly traceSize: number;
  readonly slopesSize: number;
}

/** The sizes of a walk over `[samples, steps]` with so many units. */
export function walkOf(options: RecurrentOptions, samples: number, stepCount: number, units: number): Walk {
  const cell = cells[options.cell];
  const rows = samples * stepCount;
  const statesAt = options.sequences ? 0 : samples * units;
  const keptAt = statesAt + rows * units;
  return {
    samples,
    steps: stepCount,
    units,
    cell,
    squash: { tell: squashes[options.activation], gate: squashes[options.recurrentActivation] },
    statesAt,
    keptAt,
    traceSize: keptAt + rows * units * cell.kept,
    slopesSize: rows * units * cell.slopes,
  };
}

/** The step that is taken as the s-th. */
export const timeOf = ({ steps: count }: Walk, s: number, reverse: boolean): number => (reverse ? count - 1 - s : s);
