/** The first stop of the keyboard: past header and palette to the model, or to the part that a small screen shows. */
import { Button } from "@mantine/core";
import type { MouseEvent } from "react";
import { STACK_LIST_ID } from "../model/cardFocus";
import type { Part } from "../store/ui";
import { takePart, useUi } from "../store/ui";
import { partElementId } from "./PartTabs";
import { useIsNarrow } from "./useIsNarrow";
import classes from "./SkipLink.module.css";

const titles: Readonly<Record<Part, string>> = {
  build: "model",
  settings: "settings",
  charts: "charts",
  results: "results",
};

export function SkipLink() {
  const isNarrow = useIsNarrow();
  const shown = useUi(takePart);
  const part = isNarrow ? shown : "build";
  const target = part === "build" ? STACK_LIST_ID : partElementId(part);
  const skip = (event: MouseEvent): void => {
    // The address says what to show, not where the keyboard is.
    event.preventDefault();
    document.getElementById(target)?.focus();
  };
  return (
    <Button component="a" size="sm" className={classes.link ?? ""} href={`#${target}`} onClick={skip}>
      {`Skip to the ${titles[part]}`}
    </Button>
  );
}
