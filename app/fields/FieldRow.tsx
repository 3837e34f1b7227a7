/** One field in a form: its label and help in one line, the control beside or below, and what is wrong with the value. */
import type { ReactNode } from "react";
import { FieldHelp } from "./FieldLabel";
import classes from "./FieldRow.module.css";

interface FieldRowProps {
  /** The control's id, for the label and the message. */
  readonly id: string;
  readonly label: string;
  readonly help: string;
  readonly problem?: string | undefined;
  /** Labels a group of controls, not a single one. */
  readonly isGroup?: boolean;
  /** The control takes a line of its own. */
  readonly isWide?: boolean;
  /** Under the control, over the whole width. */
  readonly below?: ReactNode;
  readonly children: ReactNode;
}

/** The id of the message under a control. */
export const messageId = (id: string): string => `${id}-message`;

export function FieldRow({
  id,
  label,
  help,
  problem,
  isGroup = false,
  isWide = false,
  below,
  children,
}: FieldRowProps) {
  return (
    <div
      className={classes.row}
      data-wide={isWide || undefined}
      role={isGroup ? "group" : undefined}
      aria-labelledby={isGroup ? `${id}-label` : undefined}
    >
      <div className={classes.label}>
        {isGroup ? <span id={`${id}-label`}>{label}</span> : <label htmlFor={id}>{label}</label>}
        <FieldHelp label={label} help={help} />
      </div>
      <div className={classes.control}>{children}</div>
      {below && <div className={classes.below}>{below}</div>}
      {problem && (
        <p id={messageId(id)} className={classes.problem} role="alert">
          {problem}
        </p>
      )}
    </div>
  );
}
