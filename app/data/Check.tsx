/** A box to tick, with its words. */
import classes from "./BringDialog.module.css";

interface CheckProps {
  readonly label: string;
  /** What it is called where the words alone do not say of what. */
  readonly called?: string;
  readonly isOn: boolean;
  readonly onChange: (isOn: boolean) => void;
}

export const Check = ({ label, called = label, isOn, onChange }: CheckProps) => (
  <label className={classes.check}>
    <input
      type="checkbox"
      aria-label={called}
      checked={isOn}
      onChange={({ currentTarget }) => onChange(currentTarget.checked)}
    />
    {label}
  </label>
);
