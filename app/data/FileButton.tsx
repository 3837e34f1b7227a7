/** Opens the browser's own window for files, or for a folder with all that is in it. */
import type { BroughtFile } from "../../src/engine";
import { named } from "../store/datasets";
import classes from "./BringDialog.module.css";

interface FileButtonProps {
  readonly label: string;
  /** What it is called where the words alone do not say for what. */
  readonly called?: string;
  readonly isFolder?: boolean;
  readonly isSmall?: boolean;
  readonly onFiles: (files: readonly BroughtFile[]) => void;
}

export const FileButton = ({ label, called, isFolder = false, isSmall = false, onFiles }: FileButtonProps) => (
  <label className={classes.way} data-small={isSmall || undefined}>
    <input
      type="file"
      className="visuallyHidden"
      aria-label={called}
      multiple
      // React knows the attribute by no name of its own.
      ref={(input) => void input?.toggleAttribute("webkitdirectory", isFolder)}
      onChange={({ currentTarget }) => {
        onFiles([...(currentTarget.files ?? [])].map(named));
        // The same files can be chosen again.
        currentTarget.value = "";
      }}
    />
    {label}
  </label>
);
