/** For a first visit: a few things to try, each a press away. */
import { CloseButton } from "@mantine/core";
import { IconArrowRight } from "@tabler/icons-react";
import { setPreferences, takeIsTryListOpen, useUi } from "../store/ui";
import { tries } from "./tries";
import { t } from "../common/words";
import classes from "./TryList.module.css";

export function TryList({ className }: { readonly className?: string | undefined }) {
  const isOpen = useUi(takeIsTryListOpen);
  if (!isOpen) return null;
  return (
    <section aria-label={t("tour.title")} className={`${classes.card} ${className ?? ""}`}>
      <div className={classes.head}>
        <h2 className={classes.title}>{t("tour.title")}</h2>
        <CloseButton
          size="sm"
          aria-label={t("tour.dismiss")}
          onClick={() => setPreferences({ isTryListOpen: false })}
        />
      </div>
      <ol className={classes.list}>
        {tries.map(({ id, start }) => (
          <li key={id}>
            <button type="button" className={classes.entry} title={t(`tour.${id}Promise`)} onClick={start}>
              <span className={classes.entryTitle}>{t(`tour.${id}`)}</span>
              <span className={classes.promise}>{t(`tour.${id}Promise`)}</span>
              <IconArrowRight size={14} className={classes.arrow} aria-hidden />
            </button>
          </li>
        ))}
      </ol>
    </section>
  );
}
