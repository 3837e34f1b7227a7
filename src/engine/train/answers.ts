/** What a classifier makes of every sample of a split: what scores are sums of. From it follow confusions, the worst mistakes and how
 *  far probabilities can be trusted. */
import type { ColumnData, DataInfo, Split } from "../data";
import type { Node } from "../graph/node";
import { columnsOf } from "../model/analyze";
import type { ModelDescription } from "../model/description";

/** What is scored: the samples held out of training, or the test set. */
export type ScoredSplit = "validation" | "test";

/** The answers to a split, in the order in which it was scored. */
export interface Answers {
  readonly split: ScoredSplit;
  /** Where the samples are in the training set, of which validation samples are a part, or in the test set. `[N]` */
  readonly rows: Uint32Array<ArrayBuffer>;
  /** The class of each. `[N]` */
  readonly labels: Uint32Array<ArrayBuffer>;
  /** What the model says of each, `[N, C]`; `[N, 1]` where a single unit speaks for two classes. */
  readonly outputs: Float32Array<ArrayBuffer>;
  /** Whether outputs are probabilities, because a softmax or a sigmoid made them. */
  readonly areProbabilities: boolean;
  /** The loss of each, in its unit, without penalties. `[N]` */
  readonly losses: Float32Array<ArrayBuffer>;
}

/** Hears answers behind a score. */
export type HearAnswers = (answers: Answers) => void;

/** The values of a scored batch that answers are made of. */
export interface AnswerNodes {
  /** `[batch, C]` f32 */
  readonly output: Node;
  /** `[batch]` f32 */
  readonly losses: Node;
  readonly areProbabilities: boolean;
}

/** The most numbers that are kept of outputs: beyond, only the first samples are told. 64 MiB */
const MAX_NUMBERS = 2 ** 24;

/** Of how many samples of `count` answers are told. @param width outputs of a sample */
export const toldOf = (count: number, width: number): number =>
  Math.min(count, Math.max(1, Math.floor(MAX_NUMBERS / width)));

/** The classes of some samples. @returns all 0 where the task reads no class */
export function labelsOf(
  description: ModelDescription,
  data: DataInfo,
  { columns }: Split,
  rows: Uint32Array,
): Uint32Array<ArrayBuffer> {
  const name = columnsOf(description, data).find((each) => data.columns[each]?.kind === "class");
  const stored: ColumnData | undefined = name === undefined ? undefined : columns[name];
  return Uint32Array.from(rows, (row) => stored?.[row] ?? 0);
}
