/** English, the language that the others are held against: every sentence that a visitor reads, by room and key. An entry is a
 *  text, or a function from what it tells to a text; what it is given is plain data. */
import { chart, reading, table } from "./en/charts";
import { engine } from "./en/engine";
import { page } from "./en/page";
import { machine, status, train } from "./en/train";
import { layout, number, tour } from "./en/layout";
import { results } from "./en/results";
import { edited, model, training } from "./en/model";
import { field } from "./en/fields";

/** All sentences but those of `en/later.ts`, which a first look at the page does without. */
export const en = {
  ...engine,
  chart,
  reading,
  table,
  machine,
  page,
  status,
  train,
  layout,
  number,
  tour,
  results,
  edited,
  model,
  training,
  field,
};
