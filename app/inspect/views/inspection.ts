/** What another way to look into a model is: a tab of the results, offered where it makes sense and loaded when it is asked for. */
import type { ComponentType } from "react";
import type { ModelDescription } from "../../../src/engine";
import type { Words } from "../../../src/engine";

export interface Inspection {
  readonly id: string;
  /** What its tab says. */
  readonly tab: `results.${keyof Words["results"] & `${string}Tab`}`;
  /** Whether there is something to look at in such a model. */
  readonly suits: (model: ModelDescription) => boolean;
  readonly Content: ComponentType;
  /** Whether it shows the chosen sample: then what is chosen stands above it, where others can be looked at. */
  readonly showsChosen?: boolean;
}
