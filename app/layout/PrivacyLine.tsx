/** The promise that the header has no room for on a phone. */
import { IconLock } from "@tabler/icons-react";
import { t } from "../common/words";
import classes from "./PrivacyLine.module.css";

export function PrivacyLine() {
  return (
    <p className={classes.line} aria-hidden>
      <IconLock size={13} />
      {t("layout.privacy")}
    </p>
  );
}
