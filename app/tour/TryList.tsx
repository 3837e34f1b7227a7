/** For a first visit: a few things to try, each a press away. */
import { CloseButton } from "@mantine/core";
import { IconArrowRight } from "@tabler/icons-react";
import { setPreferences, takeIsTryListOpen, useUi } from "../store/ui";
import { tries } from "./tries";
import classes from "./TryList.module.css";

export function TryList({ className }: { readonly className?: string | undefined }) {
  const isOpen = useUi(takeIsTryListOpen);
  if (!isOpen) return null;
  return (
    <section aria-label="Try this" className={`${classes.card} ${className ?? ""}`}>
      <div className={classes.head}>
        <h2 className={classes.title}>Try this</h2>
        <CloseButton size="sm" aria-label="Dismiss the list" onClick={() => setPreferences({ isTryListOpen: false })} />
      </div>
      <ol className={classes.list}>
        {tries.map(({ id, title, promise, start }) => (
          <li key={id}>
            <button type="button" className={classes.entry} title={promise} onClick={start}>
              <span className={classes.entryTitle}>{title}</span>
              <span className={classes.promise}>{promise}</span>
              <IconArrowRight size={14} className={classes.arrow} aria-hidden />
            </button>
          </li>
        ))}
      </ol>
    </section>
  );
}
