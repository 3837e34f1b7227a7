/** A dialog over the page: its title, a button that closes it, and what it is about. Opens as it appears. */
import { CloseButton } from "@mantine/core";
import { type ReactNode, type RefObject, useEffect, useId } from "react";
import classes from "./Dialog.module.css";
import { t } from "./words";

interface DialogProps {
  readonly title: string;
  readonly className?: string | undefined;
  readonly onClose: () => void;
  /** The element, for whoever closes it: then the focus goes back to where it was. */
  readonly dialog: RefObject<HTMLDialogElement | null>;
  readonly children: ReactNode;
}

export function Dialog({ title, className = "", onClose, dialog, children }: DialogProps) {
  const id = useId();
  useEffect(() => dialog.current?.showModal(), [dialog]);
  const close = (): void => dialog.current?.close();
  return (
    <dialog ref={dialog} className={`${classes.dialog} ${className}`} aria-labelledby={id} onClose={onClose}>
      <div className={classes.head}>
        <h2 id={id} className={classes.title}>
          {title}
        </h2>
        <CloseButton aria-label={t("layout.close")} onClick={close} />
      </div>
      {children}
    </dialog>
  );
}
