/** The whole plan as text, to read or to send to somebody. */
import { Button } from "@mantine/core";
import { announce } from "../store/ui";
import classes from "./PlanText.module.css";

export function PlanText({ text }: { readonly text: string }) {
  return (
    <details className={classes.plan}>
      <summary className={classes.summary}>The plan as text</summary>
      <Button size="compact-xs" variant="default" className={classes.copy ?? ""} onClick={() => void copy(text)}>
        Copy
      </Button>
      <pre className={classes.text} aria-label="The plan as text" role="region" tabIndex={0}>
        {text}
      </pre>
    </details>
  );
}

async function copy(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    announce("Copied the plan");
  } catch {
    announce("The browser did not allow copying; select the text instead");
  }
}
