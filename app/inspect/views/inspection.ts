/** What another way to look into a model is: a tab of the results, offered where it makes sense and loaded when it is asked for. */
import type { ComponentType } from "react";
import type { ModelDescription } from "../../../src/engine";
import type { Words } from "../../../src/engine";

/** What is asked of a model, in the order in which those ask who meet one, with how the list of all tabs puts it. */
export const questions = {
  answers: "results.answersGroup",
  errors: "results.errorsGroup",
  inside: "results.insideGroup",
  course: "results.courseGroup",
  cost: "results.costGroup",
} as const;

export interface Inspection {
  readonly id: string;
  /** What its tab says. */
  readonly tab: `results.${keyof Words["results"] & `${string}Tab`}`;
  /** Which question it answers, by which the tabs stand together. */
  readonly about: keyof typeof questions;
  /** Whether there is something to look at in such a model. */
  readonly suits: (model: ModelDescription) => boolean;
  readonly Content: ComponentType;
  /** Whether it shows the chosen sample: then what is chosen stands above it, where others can be looked at. */
  readonly showsChosen?: boolean;
}
