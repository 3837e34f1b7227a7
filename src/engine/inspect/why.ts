/** Why a classifier says what it says of one sample: how its score for a class follows the input. By the gradient at the input, by
 *  gradients along the way from an empty input, or by what is lost where a window is covered. */
import * as v from "valibot";
import { ArgumentError } from "../errors";
import type { Node } from "../graph/node";
import { beforeActivation } from "../nn/source";
import { sum } from "../ops/broadcast";
import { gradients } from "../ops/gradients";
import { input } from "../ops/leaf";
import { mul } from "../ops/pointwise";
import { sizeOf } from "../shape";
import { columnsSchema, defineInquiry, type Flow, type Subject, wholeSchema } from "./inquiry";
import { WHY_METHODS } from "./methods";
import { givenColumn, Side, type SideGraph, shownClass, sideGraph } from "./side";

/** Samples that are computed at a time. */
const BATCH = 32;
/** Integration is refined until attributions sum up to this share of the difference of scores, or so many times. */
const CLOSE_ENOUGH = 0.005;
const MAX_POINTS = 1024;

/** What explains a score. */
export interface Why {
  readonly method: (typeof WHY_METHODS)[number];
  /** The class whose score is explained. */
  readonly target: number;
  /** What the model says of the sample, `[C]`, and whether those are probabilities. */
  readonly outputs: Float32Array<ArrayBuffer>;
  readonly areProbabilities: boolean;
  /** The score of the class: before softmax or sigmoid, where the model ends in one. Of the sample, and of zeros. */
  readonly score: number;
  readonly emptyScore: number;
  /** `[H, W, C]` for gradients; `[rows, columns, 1]` of windows for occlusion. */
  readonly shape: readonly number[];
  readonly values: Float32Array<ArrayBuffer>;
  /** Of gradients along the way: at how many points. 1 for others. */
  readonly points: number;
  /** Of occlusion: the window's side and how far apart windows are; 0 for others. */
  readonly window: number;
  readonly stride: number;
}

interface Scored {
  readonly side: SideGraph;
  readonly leaf: Node;
  /** `[C]`: which class counts, and how. */
  readonly weights: Node;
  /** `[BATCH]` */
  readonly scores: Node;
  readonly output: Node;
  readonly areProbabilities: boolean;
}

function scored(subject: Subject, column: string): Scored {
  const side = sideGraph(subject, BATCH);
  const { node, areProbabilities = false } = shownClass(side, subject);
  const leaf = side.columns.get(column);
  if (!leaf || leaf.dtype !== "f32" || leaf.shape.length !== 4) {
    throw new ArgumentError(`Why: expected a model that reads images, got "${column}". Ask about one that does.`);
  }
  const before = beforeActivation(node, "softmax") ?? beforeActivation(node, "sigmoid") ?? node;
  const weights = input("side/class", [node.shape[1] ?? 1]);
  return { side, leaf, weights, scores: sum(mul(before, weights), [-1]), output: node, areProbabilities };
}

export const why = defineInquiry({
  question: v.object({
    columns: columnsSchema,
    column: v.string(),
    method: v.picklist(WHY_METHODS),
    /** The class to explain; the likeliest when null. */
    target: v.nullable(wholeSchema(0, 65_535)),
  }),
  answer: async (subject, { columns, column, method, target }, flow): Promise<Why> => {
    const asked = scored(subject, column);
    const x = Float32Array.from(givenColumn(subject, columns, column));
    const { side, leaf, weights, scores, output } = asked;
    const slopes = method === "occlusion" ? undefined : gradients(sum(scores), [leaf])[0];
    const outputs = slopes ? [scores, output, slopes] : [scores, output];
    const opened = await Side.open(subject, { outputs }, [...side.columns.values(), weights]);
    try {
      opened.write(leaf, new Float32Array(sizeOf(leaf.shape)));
      opened.write(leaf, x);
      opened.run();
      const width = output.shape[1] ?? 1;
      const said = Float32Array.from((await opened.read(output)).subarray(0, width));
      const chosen = target ?? (width === 1 ? Number((said[0] ?? 0) > 0.5) : said.indexOf(Math.max(...said)));
      if (chosen >= Math.max(2, width)) throw new ArgumentError(`Why: expected a class below ${width}, got ${chosen}.`);
      opened.write(weights, width === 1 ? [Float32Array.of(-1), Float32Array.of(1)][chosen]! : oneHot(width, chosen));
      opened.run();
      const [score = NaN, emptyScore = NaN] = await opened.read(scores);
      const about = {
        method,
        target: chosen,
        outputs: said,
        areProbabilities: asked.areProbabilities,
        score,
        emptyScore,
        shape: leaf.shape.slice(1),
        points: 1,
        window: 0,
        stride: 0,
      };
      if (!slopes) return { ...about, ...(await occlude(opened, asked, x, score, flow)) };
      const at = Float32Array.from((await opened.read(slopes)).subarray(0, x.length));
      if (method === "gradient") return { ...about, values: at };
      return { ...about, ...(await integrate(opened, { leaf, slopes }, x, score - emptyScore, flow)) };
    } finally {
      opened.dispose();
    }
  },
});

const oneHot = (width: number, at: number): Float32Array =>
  Float32Array.from({ length: width }, (_, i) => Number(i === at));

/** `x * mean of gradients at a x`, by the midpoint rule over 32 points, then twice as many and so on, until their sum is what
 *  the score differs by. Source: Sundararajan et al. 2017. */
async function integrate(
  opened: Side,
  { leaf, slopes }: { readonly leaf: Node; readonly slopes: Node },
  x: Float32Array,
  difference: number,
  flow: Flow,
): Promise<Pick<Why, "values" | "points">> {
  const batch = new Float32Array(sizeOf(leaf.shape));
  for (let points = BATCH; ; points *= 2) {
    const total = new Float64Array(x.length);
    for (let from = 0; from < points; from += BATCH) {
      for (let n = 0; n < BATCH; n++) {
        const share = (from + n + 0.5) / points;
        for (let i = 0; i < x.length; i++) batch[n * x.length + i] = share * x[i]!;
      }
      opened.write(leaf, batch);
      opened.run();
      const found = await opened.read(slopes);
      for (let n = 0; n < BATCH; n++) for (let i = 0; i < x.length; i++) total[i]! += found[n * x.length + i]!;
      await flow.pause(from + BATCH, points);
    }
    const values = Float32Array.from(total, (slope, i) => (slope / points) * (x[i] ?? 0));
    const sumOfAll = values.reduce((a, b) => a + b, 0);
    const isClose = Math.abs(sumOfAll - difference) <= CLOSE_ENOUGH * Math.abs(difference);
    if (isClose || 2 * points > MAX_POINTS) return { values, points };
  }
}

/** A window's side, about a quarter of the image, and how far apart windows are: some 12 along the longer side. */
export function windowsOf(height: number, width: number): Pick<Why, "window" | "stride"> {
  const window = Math.max(1, Math.round(Math.min(height, width) / 4));
  return { window, stride: Math.max(1, Math.ceil((Math.max(height, width) - window) / 12)) };
}

/** The score that is lost where each window is covered. Source: Zeiler and Fergus 2014. */
async function occlude(
  opened: Side,
  { leaf, scores }: Scored,
  x: Float32Array,
  score: number,
  flow: Flow,
): Promise<Pick<Why, "values" | "shape" | "window" | "stride">> {
  const [, height = 1, width = 1, channels = 1] = leaf.shape;
  const { window, stride } = windowsOf(height, width);
  const [rows, columns] = [height, width].map((side) => Math.ceil((side - window) / stride) + 1);
  if (rows === undefined || columns === undefined) throw new Error("Occlusion: expected two sides.");
  const values = new Float32Array(rows * columns);
  for (let from = 0; from < values.length; from += BATCH) {
    const count = Math.min(BATCH, values.length - from);
    for (let n = 0; n < count; n++) {
      const covered = x.slice();
      // The last windows of a row or column end where the image does.
      const top = Math.min(Math.floor((from + n) / columns) * stride, height - window);
      const left = Math.min(((from + n) % columns) * stride, width - window);
      for (let y = top; y < top + window; y++) {
        covered.fill(0, (y * width + left) * channels, (y * width + left + window) * channels);
      }
      opened.write(leaf, covered, n * x.length);
    }
    opened.run();
    const found = await opened.read(scores);
    for (let n = 0; n < count; n++) values[from + n] = score - (found[n] ?? NaN);
    await flow.pause(from + count, values.length);
  }
  return { values, shape: [rows, columns, 1], window, stride };
}
