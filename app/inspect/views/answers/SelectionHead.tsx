/** What is chosen, and the way to the one before, the next, and none: the same above every view of samples. */
import { ActionIcon } from "@mantine/core";
import { IconChevronLeft, IconChevronRight, IconX } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { formatCount } from "../../../common/format";
import { t, tell } from "../../../common/words";
import { clearSamples, lookAt, takeAt, useSamples, type ChosenSamples } from "../../../store/samples";
import classes from "./SelectionHead.module.css";

/** @param children what stands before the words, as a picture of the sample */
export function SelectionHead({ chosen, children }: { readonly chosen: ChosenSamples; readonly children?: ReactNode }) {
  const at = useSamples(takeAt);
  return (
    <header className={classes.head}>
      {children}
      <h3 className={classes.title}>{tell(chosen.said)}</h3>
      <span className={classes.place}>
        {t("inspect.place", { at: formatCount(at + 1), all: formatCount(chosen.rows.length) })}
      </span>
      <ActionIcon aria-label={t("inspect.previous")} disabled={at === 0} onClick={() => lookAt(at - 1)}>
        <IconChevronLeft size={18} aria-hidden />
      </ActionIcon>
      <ActionIcon
        aria-label={t("inspect.following")}
        disabled={at >= chosen.rows.length - 1}
        onClick={() => lookAt(at + 1)}
      >
        <IconChevronRight size={18} aria-hidden />
      </ActionIcon>
      <ActionIcon aria-label={t("inspect.choseNone")} title={t("inspect.choseNone")} onClick={clearSamples}>
        <IconX size={18} aria-hidden />
      </ActionIcon>
    </header>
  );
}
