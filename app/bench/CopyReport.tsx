/** Puts the results on the clipboard as Markdown; where the browser refuses, shows them to be copied by hand. */
import { Button } from "@mantine/core";
import { IconCheck, IconCopy } from "@tabler/icons-react";
import { useState } from "react";
import classes from "./BenchPage.module.css";

export function CopyReport({ makeText }: { readonly makeText: () => string }) {
  const [copied, setCopied] = useState<string>();
  const [refused, setRefused] = useState<string>();
  const text = makeText();
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setCopied(text);
    } catch {
      setRefused(text);
    }
  };
  if (refused !== undefined) {
    return <textarea className={classes.byHand} readOnly aria-label="Results as Markdown" value={refused} />;
  }
  // Until there is more to copy.
  const isCopied = copied === text;
  return (
    <Button
      variant="subtle"
      leftSection={isCopied ? <IconCheck size={15} /> : <IconCopy size={15} />}
      onClick={() => void copy()}
    >
      {isCopied ? "Copied" : "Copy as Markdown"}
    </Button>
  );
}
