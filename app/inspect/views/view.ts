/** What a result view is: a way to look at samples and at what a model shows of them. It is offered where it makes sense. */
import type { ReactNode } from "react";
import type { Predictions } from "../../../src/engine";
import type { Words } from "../../../src/engine";

export interface ResultView {
  readonly id: string;
  /** One sentence: what to look for. */
  readonly hint: `results.${keyof Words["results"] & `${string}Hint`}`;
  /** The view of these samples, or null where it does not suit them. */
  readonly render: (predictions: Predictions) => ReactNode | null;
}
