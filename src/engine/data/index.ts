/** The registry of built-in datasets: one line here and one file beside it make a new one. */
import type { DatasetDef } from "./dataset";
import { add } from "./add";
import { book } from "./book";
import { brackets } from "./brackets";
import { cars } from "./cars";
import { cartPole } from "./cartPole";
import { circle } from "./circle";
import { gaussians } from "./gaussians";
import { gridWorld } from "./gridWorld";
import { highDigits } from "./highDigits";
import { hills } from "./hills";
import { lowDigits } from "./lowDigits";
import { mnist } from "./mnist";
import { moons } from "./moons";
import { movingDigits } from "./movingDigits";
import { names } from "./names";
import { reverse } from "./reverse";
import { ring } from "./ring";
import { sine } from "./sine";
import { smallDigits } from "./smallDigits";
import { sort } from "./sort";
import { spiral } from "./spiral";
import { wave } from "./wave";
import { xor } from "./xor";

export type { ColumnData, ColumnInfo, ColumnKind } from "./column";
export type { ByteSource, DataInfo, Dataset, DatasetDef, LoadProgress, Split } from "./dataset";
export { httpSource } from "./httpSource";

const registry = {
  mnist,
  smalldigits: smallDigits,
  lowdigits: lowDigits,
  highdigits: highDigits,
  movingdigits: movingDigits,
  names,
  book,
  sort,
  add,
  reverse,
  brackets,
  xor,
  circle,
  gaussians,
  moons,
  spiral,
  ring,
  hills,
  sine,
  wave,
  cars,
  cartpole: cartPole,
  gridworld: gridWorld,
};

/** The registry as it stands, of which another language has the words. */
export type DatasetRegistry = typeof registry;

/** Every built-in dataset by its id, in the order to offer them. */
export const datasets: Readonly<Record<string, DatasetDef>> = registry;
