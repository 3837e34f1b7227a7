/** What is wrong, in words, with the repair as a button. */
import { Button } from "@mantine/core";
import { IconAlertTriangleFilled, IconExclamationCircleFilled } from "@tabler/icons-react";
import type { Problem } from "../../src/engine";
import { useDescription } from "../store/model";
import { fixProblem } from "./actions";
import { fixLabel } from "./edit";
import { t, tell } from "../common/words";
import classes from "./ProblemList.module.css";

export function ProblemList({ problems }: { readonly problems: readonly Problem[] }) {
  return (
    // No list: inside the list of layers its items would be taken for layers.
    <div role="group" className={classes.list} aria-label={t("model.problems")}>
      {problems.map((problem) => (
        <ProblemItem key={tell(problem.said)} problem={problem} />
      ))}
    </div>
  );
}

function ProblemItem({ problem }: { readonly problem: Problem }) {
  const fix = fixLabel(useDescription(), problem);
  const isError = problem.severity === "error";
  const Icon = isError ? IconExclamationCircleFilled : IconAlertTriangleFilled;
  return (
    <div className={classes.problem} data-severity={problem.severity}>
      <Icon size={15} className={classes.icon} aria-label={t(isError ? "model.error" : "model.warning")} role="img" />
      <span className={classes.message}>{tell(problem.said)}</span>
      {fix && (
        <Button
          size="compact-xs"
          color={isError ? "red" : "yellow"}
          variant="default"
          onClick={() => fixProblem(problem)}
        >
          {fix}
        </Button>
      )}
    </div>
  );
}
