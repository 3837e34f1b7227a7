/** The first stop of the keyboard: past header and palette to the model, or to the part that is in its place. */
import { Button } from "@mantine/core";
import type { MouseEvent } from "react";
import { STACK_LIST_ID } from "../model/cardFocus";
import type { Part } from "../store/ui";
import { partElementId, takeColumnPart, takeIsColumnFolded, takePart, useUi } from "../store/ui";
import { useIsNarrow } from "../common/useIsNarrow";
import { t } from "../common/words";
import type { WordKey } from "../../src/engine";
import classes from "./SkipLink.module.css";

const titles = {
  model: "layout.skipToModel",
  training: "layout.skipToTraining",
  charts: "layout.skipToCharts",
  results: "layout.skipToResults",
} as const satisfies Record<Part, WordKey>;

export function SkipLink() {
  const isNarrow = useIsNarrow();
  const shown = useUi(takePart);
  const ofColumn = useUi(takeColumnPart);
  const isFolded = useUi(takeIsColumnFolded);
  const part = isNarrow ? shown : isFolded ? "charts" : ofColumn;
  const target = part === "model" ? STACK_LIST_ID : partElementId(part);
  const skip = (event: MouseEvent): void => {
    // The address says what to show, not where the keyboard is.
    event.preventDefault();
    document.getElementById(target)?.focus();
  };
  return (
    <Button component="a" size="sm" className={classes.link ?? ""} href={`#${target}`} onClick={skip}>
      {t(titles[part])}
    </Button>
  );
}
