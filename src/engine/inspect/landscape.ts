/** The loss around the weights as they are, over a plane through them, and where the run has come from on that plane. */
import * as v from "valibot";
import { ArgumentError } from "../errors";
import type { Node } from "../graph/node";
import type { VariableEntry } from "../model/variables";
import { normal, streamOf } from "../random";
import { sizeOf } from "../shape";
import { defineInquiry, type Subject, wholeSchema } from "./inquiry";
import { leadingOf } from "./principal";
import { fillBatch, lossOf, Side, sideGraph } from "./side";

/** Samples that are computed at a time. */
const BATCH = 32;
/** How much of the plane is seen around the run's path, of its extent. */
const MARGIN = 0.25;

export interface PathPoint {
  readonly step: number;
  readonly x: number;
  readonly y: number;
}

/** The loss over a plane. */
export interface Landscape {
  readonly step: number;
  readonly samples: number;
  /** Points either way. */
  readonly side: number;
  /** From the first point to the last, across and up; the weights as they are lie at 0, 0. */
  readonly across: readonly [number, number];
  readonly up: readonly [number, number];
  /** Mean loss without penalties, `[side, side]`, the lowest row first; what is not finite is not. */
  readonly losses: Float32Array<ArrayBuffer>;
  /** At 0, 0. */
  readonly loss: number;
  /** Where the kept checkpoints lie when they are brought to the plane the shortest way. */
  readonly path: readonly PathPoint[];
  /** The share of the way to them, squared, that lies in the plane. */
  readonly share: number;
  /** Numbers that are trained: in so many dimensions the plane lies. */
  readonly parameters: number;
}

/** One of a model's vectors of trained variables. */
export interface TrainedVector {
  readonly name: string;
  readonly node: Node;
  readonly weights: Float32Array;
  readonly entries: readonly VariableEntry[];
}

/** A direction: a vector for each of the trained ones. */
type Direction = readonly Float32Array[];

/** @param question `way`: `random` for two random directions, fixed and filter-normalized, so far either way as `reach` says, in
 *  lengths of the filters; `path` for the two in which the run's kept checkpoints lie furthest, and as far as those lie
 *  @returns null where there are too few checkpoints to make a plane of
 *  Source: Li et al. 2018, "Visualizing the loss landscape of neural nets", sections 4 and 7. */
export const landscape = defineInquiry({
  question: v.object({
    way: v.picklist(["random", "path"]),
    side: wholeSchema(3, 61),
    samples: wholeSchema(BATCH, 4096),
    reach: v.pipe(v.number(), v.minValue(0.01), v.maxValue(10)),
  }),
  answer: async (subject, { way, side, samples, reach }, flow): Promise<Landscape | null> => {
    const vectors = trainedVectors(subject);
    const ways = await waysFrom(subject, vectors);
    const directions =
      way === "random" ? [randomDirection(vectors, 0), randomDirection(vectors, 1)] : directionsOf(ways, vectors);
    const [first, second] = directions ?? [];
    if (!first || !second) return null;
    const { places, share } = projected(ways, first, second);
    const own = [reach, -reach];
    const across = way === "random" ? own : [0, ...places.map(({ x }) => x)];
    const up = way === "random" ? own : [0, ...places.map(({ y }) => y)];
    const extent = Math.max(spanOf(across), spanOf(up));
    const [xs, ys] = way === "random" ? [ordered(own), ordered(own)] : [widened(across, extent), widened(up, extent)];

    const graph = sideGraph(subject, BATCH);
    const loss = lossOf(subject, graph);
    const opened = await Side.open(subject, { outputs: [loss] }, graph.columns.values());
    const batches = Math.ceil(samples / BATCH);
    const losses = new Float32Array(side * side);
    try {
      let done = 0;
      const total = (side * side + 1) * batches;
      const lossAt = async (x: number, y: number): Promise<number> => {
        for (const [k, { node, weights }] of vectors.entries()) {
          const [a, b] = [first[k], second[k]];
          if (a && b) opened.write(node, moved(weights, a, x, b, y));
        }
        let sum = 0;
        for (let batch = 0; batch < batches; batch++) {
          fillBatch(subject, opened, graph.columns, BATCH, batch * BATCH);
          opened.run();
          sum += (await opened.read(loss))[0] ?? NaN;
          await flow.pause(++done, total);
        }
        return sum / batches;
      };
      const here = await lossAt(0, 0);
      for (let row = 0; row < side; row++) {
        for (let column = 0; column < side; column++) {
          losses[row * side + column] = await lossAt(at(xs, column, side), at(ys, row, side));
        }
      }
      return {
        step: subject.snapshot.step,
        samples: batches * BATCH,
        side,
        across: xs,
        up: ys,
        losses,
        loss: here,
        path: places,
        share,
        parameters: vectors.flatMap(({ entries }) => entries).reduce((sum, { spec }) => sum + sizeOf(spec.shape), 0),
      };
    } finally {
      opened.dispose();
    }
  },
});

const at = ([low, high]: readonly [number, number], i: number, side: number): number =>
  low + ((high - low) * i) / (side - 1);

const spanOf = (values: readonly number[]): number => Math.max(...values) - Math.min(...values);
const ordered = (values: readonly number[]): [number, number] => [Math.min(...values), Math.max(...values)];

/** So far that all are seen, with room around them, and no side is a sliver of the other. */
function widened(values: readonly number[], extent: number): [number, number] {
  const [low, high] = ordered(values);
  const room = Math.max(MARGIN * (high - low), (extent * (1 + 2 * MARGIN) * 0.5 - (high - low)) / 2, 1e-9);
  return [low - room, high + room];
}

/** `weights + x a + y b` */
function moved(
  weights: Float32Array,
  a: Float32Array,
  x: number,
  b: Float32Array,
  y: number,
): Float32Array<ArrayBuffer> {
  const values = new Float32Array(weights.length);
  for (let i = 0; i < values.length; i++) values[i] = weights[i]! + x * a[i]! + y * b[i]!;
  return values;
}

/** @throws ArgumentError where nothing is trained */
export function trainedVectors({ model, snapshot }: Subject): TrainedVector[] {
  const found = Object.entries(model.state.networks).flatMap(([network, { trained, layout }]): TrainedVector[] => {
    const name = `${network}/trained`;
    const weights = snapshot.tensors[name];
    const entries = layout.entries.filter(({ role }) => role === "trained");
    return trained && weights ? [{ name, node: trained, weights: Float32Array.from(weights), entries }] : [];
  });
  if (found.length === 0) throw new ArgumentError("Landscape: expected a model that learns, got none. Thaw a layer.");
  return found;
}

/** Which filter, that is the weights of one unit, each number of a variable belongs to. */
function filterOf({ spec: { shape, axes } }: VariableEntry): (i: number) => number {
  const letters = axes ?? `${"h".repeat(shape.length - 1)}o`;
  const own = shape.flatMap((dim, k) => (letters[k] === "o" ? [{ dim, stride: sizeOf(shape.slice(k + 1)) }] : []));
  return (i) => own.reduce((unit, { dim, stride }) => unit * dim + (Math.floor(i / stride) % dim), 0);
}

/** Random numbers of a normal distribution, the same for the same model whenever they are asked for, of which those of each filter are
 *  as long as the filter is; 0 for biases and the like, as in the source.
 *  @param which of the directions */
export function randomDirection(vectors: readonly TrainedVector[], which: number): Direction {
  return vectors.map(({ weights, entries }) => {
    const direction = new Float32Array(weights.length);
    for (const entry of entries) {
      const { shape } = entry.spec;
      if (shape.length < 2) continue;
      const stream = streamOf(`landscape ${which} ${entry.name}`);
      const filter = filterOf(entry);
      const [own, drawn] = [new Map<number, number>(), new Map<number, number>()];
      for (let i = 0; i < sizeOf(shape); i++) {
        const place = entry.offset + i;
        direction[place] = normal(1, 0, stream, i);
        const unit = filter(i);
        own.set(unit, (own.get(unit) ?? 0) + weights[place]! ** 2);
        drawn.set(unit, (drawn.get(unit) ?? 0) + direction[place]! ** 2);
      }
      for (let i = 0; i < sizeOf(shape); i++) {
        const unit = filter(i);
        direction[entry.offset + i]! *= Math.sqrt((own.get(unit) ?? 0) / ((drawn.get(unit) ?? 0) || 1));
      }
    }
    return direction;
  });
}

interface Way {
  readonly step: number;
  /** From the weights as they are to those. */
  readonly to: Direction;
}

/** The ways to the checkpoints of the run that are kept. */
async function waysFrom({ past }: Subject, vectors: readonly TrainedVector[]): Promise<Way[]> {
  const snapshots = (await past?.snapshots()) ?? [];
  return snapshots.flatMap(({ step, tensors }): Way[] => {
    const to = vectors.flatMap(({ name, weights }) => {
      const then = tensors[name];
      return then?.length === weights.length ? [Float32Array.from(weights, (now, i) => then[i]! - now)] : [];
    });
    return to.length === vectors.length ? [{ step, to }] : [];
  });
}

function dot(a: Direction, b: Direction): number {
  let sum = 0;
  for (const [k, own] of a.entries()) {
    const other = b[k];
    for (let i = 0; i < own.length; i++) sum += own[i]! * (other?.[i] ?? 0);
  }
  return sum;
}

/** The two directions of length 1, at right angles, in which ways lead furthest; null where they lead along one at most. */
function directionsOf(ways: readonly Way[], vectors: readonly TrainedVector[]): [Direction, Direction] | null {
  const count = ways.length;
  const products = new Float64Array(count * count);
  for (const [i, a] of ways.entries()) {
    for (const [j, b] of ways.entries()) products[i * count + j] = j < i ? products[j * count + i]! : dot(a.to, b.to);
  }
  const [first, second] = count < 2 ? [] : leadingOf(products, count);
  if (!first || !second || !(second.value > 1e-9 * first.value)) return null;
  const directionOf = (shares: Float64Array, value: number): Direction =>
    vectors.map(({ weights }, k) =>
      Float32Array.from(weights, (_, i) => {
        let sum = 0;
        for (let n = 0; n < count; n++) sum += shares[n]! * (ways[n]?.to[k]?.[i] ?? 0);
        return sum / Math.sqrt(value);
      }),
    );
  return [directionOf(first.vector, first.value), directionOf(second.vector, second.value)];
}

/** Where ways end on a plane, by least squares, and how much of them lies in it. */
function projected(
  ways: readonly Way[],
  a: Direction,
  b: Direction,
): { readonly places: PathPoint[]; readonly share: number } {
  const [aa, ab, bb] = [dot(a, a), dot(a, b), dot(b, b)];
  const determinant = aa * bb - ab * ab;
  let [inPlane, whole] = [0, 0];
  const places = ways.map(({ step, to }) => {
    const [along, beside] = [dot(to, a), dot(to, b)];
    const [x, y] = [(along * bb - beside * ab) / determinant, (beside * aa - along * ab) / determinant];
    inPlane += x * along + y * beside;
    whole += dot(to, to);
    return { step, x, y };
  });
  return { places, share: whole > 0 ? inPlane / whole : 0 };
}
