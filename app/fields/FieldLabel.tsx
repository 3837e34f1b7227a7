/** The label of a field, with its help. */
import { Tooltip } from "@mantine/core";
import { IconHelpCircle } from "@tabler/icons-react";
import { t } from "../common/words";
import classes from "./FieldLabel.module.css";

interface FieldLabelProps {
  readonly label: string;
  readonly help: string;
}

/** The help hangs on a mark of its own, which the keyboard reaches; the label's text stays the label alone. */
export function FieldHelp({ label, help }: FieldLabelProps) {
  return (
    <Tooltip label={help} position="left" events={{ hover: true, focus: true, touch: true }} openDelay={200}>
      <button type="button" className={classes.help} aria-label={t("field.help", { label })} aria-description={help}>
        <IconHelpCircle size={14} aria-hidden />
      </button>
    </Tooltip>
  );
}
