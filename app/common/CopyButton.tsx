/** Copies a text and says whether it could; where the browser refuses, it shows the text to be copied by hand. */
import { Button, type ButtonProps } from "@mantine/core";
import { useClipboard } from "@mantine/hooks";
import { IconCheck, IconCopy } from "@tabler/icons-react";
import { useState } from "react";
import { t } from "./words";
import classes from "./CopyButton.module.css";

interface CopyButtonProps extends Pick<ButtonProps, "className" | "disabled" | "size" | "variant"> {
  readonly label: string;
  /** Asked when it is to be copied. */
  readonly makeText: () => string;
  /** What the text is, where it is shown to be copied by hand; left out where it is on the page already. */
  readonly byHand?: string;
}

export function CopyButton({ label, makeText, byHand, ...look }: CopyButtonProps) {
  const { copy, copied, error, reset } = useClipboard({ timeout: 2500 });
  const [text, setText] = useState("");
  if (error && byHand !== undefined) {
    // Once left, it has served: the next text may be another.
    return (
      <textarea ref={selectAll} className={classes.byHand} readOnly aria-label={byHand} value={text} onBlur={reset} />
    );
  }
  const outcome = copied ? t("layout.copied") : error ? t("layout.notCopied") : undefined;
  const onClick = () => {
    const made = makeText();
    setText(made);
    copy(made);
  };
  return (
    <>
      <Button leftSection={copied ? <IconCheck size={15} /> : <IconCopy size={15} />} onClick={onClick} {...look}>
        {outcome ?? label}
      </Button>
      <span className="visuallyHidden" aria-live="polite">
        {outcome}
      </span>
    </>
  );
}

/** Keeps the focus, which was on the button, and leaves no more to do than to press Ctrl and C. */
function selectAll(field: HTMLTextAreaElement | null): void {
  field?.focus();
  field?.select();
}
