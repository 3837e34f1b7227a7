/** Drawings that are kept as samples: what the model saw of each, and which class it is meant as. They stay in this browser. */
import * as v from "valibot";
import { create } from "zustand";
import { readStored, writeStored } from "../../../store/storage";

export interface KeptDrawing {
  readonly id: number;
  /** Of the dataset whose classes they are of, by its id. */
  readonly dataset: string;
  readonly label: number;
  readonly height: number;
  readonly width: number;
  /** From 0 to 255, `[height, width]`. */
  readonly pixels: readonly number[];
}

const KEY = "descent.drawings";
/** The oldest give way. */
const MOST = 60;
const MAX_SIDE = 64;

const whole = (most: number) => v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(most));
const drawingSchema: v.GenericSchema<unknown, KeptDrawing> = v.pipe(
  v.object({
    id: whole(Number.MAX_SAFE_INTEGER),
    dataset: v.pipe(v.string(), v.maxLength(200)),
    label: whole(65_535),
    height: whole(MAX_SIDE),
    width: whole(MAX_SIDE),
    pixels: v.pipe(v.array(whole(255)), v.maxLength(MAX_SIDE * MAX_SIDE)),
  }),
  v.check(({ height, width, pixels }) => pixels.length === height * width),
);

/** What was kept at earlier visits; what is not as it should be is left out. */
function stored(): KeptDrawing[] {
  try {
    const all: unknown = JSON.parse(readStored(KEY) ?? "[]");
    return Array.isArray(all) ? all.slice(-MOST).filter((each): each is KeptDrawing => v.is(drawingSchema, each)) : [];
  } catch {
    return [];
  }
}

export const useKept = create<{ readonly drawings: readonly KeptDrawing[] }>()(() => ({ drawings: stored() }));

function change(drawings: readonly KeptDrawing[]): void {
  useKept.setState({ drawings });
  writeStored(KEY, JSON.stringify(drawings));
}

/** Keeps a drawing, as the model sees it. @param values from 0 to 1, `[height, width]` */
export function keepDrawing(values: Float32Array, about: Omit<KeptDrawing, "id" | "pixels">): void {
  if (Math.max(about.height, about.width) > MAX_SIDE) return;
  const { drawings } = useKept.getState();
  const id = 1 + Math.max(0, ...drawings.map((each) => each.id));
  const pixels = Array.from(values, (value) => Math.round(255 * Math.min(1, Math.max(0, value))));
  change([...drawings.slice(1 - MOST), { ...about, id, pixels }]);
}

/** Forgets those of a dataset. */
export const forgetDrawings = (dataset: string): void =>
  change(useKept.getState().drawings.filter((each) => each.dataset !== dataset));

/** The same as networks see them, one after the other. */
export const valuesOf = (drawings: readonly KeptDrawing[]): Float32Array<ArrayBuffer> =>
  Float32Array.from(
    drawings.flatMap(({ pixels }) => pixels),
    (pixel) => pixel / 255,
  );
