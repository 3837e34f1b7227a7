/** Parts of the page that are fetched when they are first looked at. */
import { Button } from "@mantine/core";
import { type ComponentType, lazy } from "react";
import { create } from "zustand";
import { fetchLaterWords } from "../../src/engine";
import { t } from "./words";
import classes from "./lazily.module.css";

/** A component that is loaded when it is first drawn. Where it cannot be, it says so and may be asked for again, without the page
 *  and its run being lost. */
export function lazily<Props extends object = object>(load: () => Promise<ComponentType<Props>>): ComponentType<Props> {
  const attempt = (isAgain: boolean) =>
    lazy<ComponentType<Props>>(() =>
      Promise.all([load(), fetchLaterWords(), isAgain && fetchMissingSheets()])
        .then(([Loaded]) => ({ default: Loaded }))
        .catch(() => ({ default: Unavailable })),
    );
  const usePart = create(() => ({ Part: attempt(false) }));

  function Unavailable() {
    return (
      <div className={classes.note}>
        <p>{t("results.notLoaded")}</p>
        <Button size="xs" variant="default" onClick={() => usePart.setState({ Part: attempt(true) })}>
          {t("results.loadAgain")}
        </Button>
      </div>
    );
  }

  return function Lazily(props: Props) {
    const { Part } = usePart();
    return <Part {...props} />;
  };
}

/** The build asks for each style sheet once only, whether it comes or not. */
async function fetchMissingSheets(): Promise<void> {
  const links = document.querySelectorAll<HTMLLinkElement>('link[rel="stylesheet"]');
  const missing = [...links].filter((link) => !hasCome(link));
  await Promise.all(
    missing.map(
      (link) =>
        new Promise((resolve, reject) => {
          const again = document.createElement("link");
          again.rel = "stylesheet";
          again.href = link.href;
          again.addEventListener("load", resolve);
          again.addEventListener("error", reject);
          link.replaceWith(again);
        }),
    ),
  );
}

/** Of a style sheet that did not come, Chrome makes one that may not be read. */
function hasCome({ sheet }: HTMLLinkElement): boolean {
  try {
    return sheet !== null && sheet.cssRules.length > 0;
  } catch {
    return false;
  }
}
