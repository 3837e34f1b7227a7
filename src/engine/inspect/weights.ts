/** A variable of a layer as pictures: what each unit looks for, laid out as what it reads lies. */
import * as v from "valibot";
import { ArgumentError } from "../errors";
import { isContainer } from "../model/blocks";
import type { BoundNetwork } from "../model/build";
import type { VariableEntry } from "../model/variables";
import { type Shape, sizeOf } from "../shape";
import { tasks } from "../tasks";
import { defineInquiry, type Subject, wholeSchema } from "./inquiry";
import { blockOf, sideGraph } from "./side";

/** Units of an answer at most, and numbers of all of them, but for one unit that is larger. */
const MOST = { pictures: 64, columns: 512, numbers: 200_000 };

/** A variable that can be looked at: one of at least two axes. */
export interface WeightPlace {
  readonly network: string;
  /** Unique in the model, as `dense/kernel`. */
  readonly name: string;
  readonly shape: Shape;
}

/** Some units of a variable. */
export interface Weights extends WeightPlace {
  readonly step: number;
  /** All that could be asked about, in the order of layers. */
  readonly variables: readonly WeightPlace[];
  /** Whether each unit is a column of one matrix, or pictures of its own. */
  readonly isMatrix: boolean;
  /** Whether units are no sums of an input, but the rows of a table, one of which is looked up. */
  readonly isTable: boolean;
  /** Of a picture, and how many pictures each unit has: one for each channel that it reads. A column is of width 1. */
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  /** How many units there are, and the first that is told of here. */
  readonly units: number;
  readonly from: number;
  /** How many are told of at most. */
  readonly page: number;
  /** `[count, channels, height, width]` */
  readonly values: Float32Array<ArrayBuffer>;
}

/** @param question `name`: of the variable, the first when null; `from`: a unit, from which on as many are told of as fit */
export const weights = defineInquiry({
  question: v.object({ name: v.nullable(v.string()), from: wholeSchema(0, 2 ** 31) }),
  answer: async (subject, { name, from }): Promise<Weights> => {
    const { model, snapshot } = subject;
    const entries = Object.entries(model.state.networks).flatMap(([network, { layout }]) =>
      layout.entries.filter(({ spec }) => spec.shape.length > 1).map((entry) => ({ network, entry })),
    );
    const found = name === null ? entries[0] : entries.find(({ entry }) => entry.name === name);
    if (!found) {
      throw new ArgumentError(
        `Weights: expected one of ${entries.map(({ entry }) => entry.name).join(", ") || "none"}.`,
      );
    }
    const { network, entry } = found;
    const read = inputShapeOf(subject, network, entry);
    const seen = read ? layOut(read, "hwio") : layOut(entry.spec.shape, entry.spec.axes);
    const { height, width, channels, units, isMatrix, isTable, at } = seen;
    const size = height * width * channels;
    const most = isMatrix ? MOST.columns : MOST.pictures;
    const first = Math.min(from, units - 1);
    const page = Math.min(units, most, Math.max(1, Math.floor(MOST.numbers / size)));
    const count = Math.min(units - first, page);
    const stored = snapshot.tensors[`${network}/${entry.role}`] ?? [];
    const values = new Float32Array(count * size);
    let n = 0;
    for (let unit = first; unit < first + count; unit++) {
      for (let channel = 0; channel < channels; channel++) {
        for (let y = 0; y < height; y++) {
          for (let x = 0; x < width; x++) values[n++] = stored[entry.offset + at(y, x, channel, unit)] ?? NaN;
        }
      }
    }
    const placeOf = (each: (typeof entries)[number]): WeightPlace => ({
      network: each.network,
      name: each.entry.name,
      shape: each.entry.spec.shape,
    });
    return {
      ...placeOf(found),
      step: snapshot.step,
      variables: entries.map(placeOf),
      isMatrix,
      isTable,
      height,
      width,
      channels,
      units,
      from: first,
      page,
      values,
    };
  },
});

interface Layout {
  readonly isMatrix: boolean;
  readonly isTable: boolean;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly units: number;
  /** Which of a variable's numbers is there. */
  readonly at: (y: number, x: number, channel: number, unit: number) => number;
}

/** How a variable's numbers lie in pictures.
 *  @param axes what each axis is, as `VariableSpec` says */
export function layOut(shape: Shape, axes = `${"h".repeat(shape.length - 1)}o`): Layout {
  const along = (letter: string): { readonly count: number; readonly place: (index: number) => number } => {
    const own = shape.flatMap((dim, k) => (axes[k] === letter ? [{ dim, stride: sizeOf(shape.slice(k + 1)) }] : []));
    const place = (index: number): number => {
      let [rest, sum] = [index, 0];
      for (const { dim, stride } of own.toReversed()) {
        sum += (rest % dim) * stride;
        rest = Math.floor(rest / dim);
      }
      return sum;
    };
    return { count: own.reduce((product, { dim }) => product * dim, 1), place };
  };
  const [down, across, inputs, outputs] = [along("h"), along("w"), along("i"), along("o")];
  // Kernels of one number each are no pictures: together they are a matrix.
  const isPointwise = down.count * across.count === 1;
  const [rows, maps] = isPointwise ? [inputs, down] : [down, inputs];
  return {
    isMatrix: across.count === 1 && maps.count === 1,
    isTable: axes === "oh",
    height: rows.count,
    width: across.count,
    channels: maps.count,
    units: outputs.count,
    at: (y, x, channel, unit) => rows.place(y) + across.place(x) + maps.place(channel) + outputs.place(unit),
  };
}

/** The shape `[H, W, C, units]` of a matrix whose rows are the numbers of an image, or of maps, that were made flat on the way to it;
 *  undefined where they are none. */
function inputShapeOf(subject: Subject, network: string, { layerId, spec }: VariableEntry): Shape | undefined {
  const [rows = 0, units = 0] = spec.shape;
  if (spec.shape.length !== 2 || spec.axes !== undefined) return undefined;
  const side = sideGraph(subject, 1);
  tasks[subject.model.description.task.type].score(side.graph);
  const bound = side.networks[network];
  const image = bound && shapeBefore(subject, network, bound, layerId);
  return image && sizeOf(image) === rows ? [...image, units] : undefined;
}

/** What a layer reads before it was made flat: `[H, W, C]`, or steps and their numbers as `[T, F, 1]`. */
function shapeBefore(subject: Subject, network: string, bound: BoundNetwork, layerId: string): Shape | undefined {
  const { outputs } = bound;
  const holder = outputs.findIndex(({ name }) => blockOf(subject, network, name)?.id === layerId);
  let node = outputs[holder]?.input;
  // A layer that mixes numbers, or holds others, ends the way back.
  for (let i = holder - 1; i >= 0 && node?.shape.length === 2; i--) {
    const before = outputs[i];
    if (before?.node !== node) continue;
    const block = blockOf(subject, network, before.name);
    const mixes = bound.variables.some(({ entry }) => entry.layerId === block?.id && entry.spec.shape.length > 1);
    if (!block || isContainer(block) || mixes || sizeOf(before.input.shape) !== sizeOf(node.shape)) break;
    node = before.input;
  }
  const shape = node?.shape.slice(1) ?? [];
  if (shape.length === 3) return shape;
  return shape.length === 2 ? [...shape, 1] : undefined;
}
