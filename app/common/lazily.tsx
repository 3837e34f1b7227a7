/** Parts of the results that are fetched when they are first looked at. */
import { type ComponentType, lazy } from "react";
import { fetchLaterWords } from "../../src/engine";
import { t } from "./words";
import classes from "./lazily.module.css";

/** A component that is loaded when it is first drawn, and says so where it cannot be. */
export const lazily = <Props extends object = object>(
  load: () => Promise<ComponentType<Props>>,
): ComponentType<Props> =>
  lazy<ComponentType<Props>>(() =>
    Promise.all([load(), fetchLaterWords()])
      .then(([Loaded]) => ({ default: Loaded }))
      .catch(() => ({ default: Unavailable })),
  );

function Unavailable() {
  return <p className={classes.note}>{t("results.notLoaded")}</p>;
}
