/** The top line: name, preset, undo and redo, the privacy promise, the backend, light or dark. */
import { ActionIcon, Tooltip } from "@mantine/core";
import { IconArrowBackUp, IconArrowForwardUp, IconBulb, IconLock } from "@tabler/icons-react";
import { redo, undo, useCanRedo, useCanUndo } from "../store/model";
import { setPreferences, showPart, takeIsTryListOpen, useUi } from "../store/ui";
import { PresetSelect } from "../model/PresetSelect";
import { ShareButton } from "../share/ShareButton";
import { BackendBadge } from "../train/BackendBadge";
import { Logo } from "../common/Logo";
import { ThemeToggle } from "../common/ThemeToggle";
import { useIsPhone } from "../common/useIsNarrow";
import { t } from "../common/words";
import classes from "./Header.module.css";

export function Header() {
  const isPhone = useIsPhone();
  return (
    <header className={classes.header}>
      <div className={classes.brand}>
        <Logo />
        <h1 className={classes.name}>{t("layout.name")}</h1>
      </div>
      {!isPhone && <PresetSelect />}
      <UndoButtons />
      <div className={classes.spacer} />
      <Tooltip label={t("layout.privacyHelp")}>
        <p className={classes.privacy} tabIndex={0}>
          <IconLock size={14} aria-hidden />
          <span>{t("layout.privacy")}</span>
        </p>
      </Tooltip>
      <BackendBadge />
      <ShareButton />
      <TryToggle />
      <ThemeToggle />
    </header>
  );
}

function UndoButtons() {
  const canUndo = useCanUndo();
  const canRedo = useCanRedo();
  return (
    <div className={classes.undo}>
      <Tooltip label={t("layout.undoHelp")}>
        <ActionIcon
          size="lg"
          aria-label={t("layout.undo")}
          data-disabled={!canUndo}
          aria-disabled={!canUndo}
          onClick={undo}
        >
          <IconArrowBackUp size={18} />
        </ActionIcon>
      </Tooltip>
      <Tooltip label={t("layout.redoHelp")}>
        <ActionIcon
          size="lg"
          aria-label={t("layout.redo")}
          data-disabled={!canRedo}
          aria-disabled={!canRedo}
          onClick={redo}
        >
          <IconArrowForwardUp size={18} />
        </ActionIcon>
      </Tooltip>
    </div>
  );
}

/** The list is in the model's part. */
function bringTryList(): void {
  setPreferences({ isTryListOpen: true });
  showPart("model");
}

/** Brings the list of things to try back. */
function TryToggle() {
  const isOpen = useUi(takeIsTryListOpen);
  if (isOpen) return null;
  return (
    <Tooltip label={t("tour.thingsToTry")}>
      <ActionIcon size="lg" aria-label={t("tour.thingsToTry")} onClick={bringTryList}>
        <IconBulb size={18} />
      </ActionIcon>
    </Tooltip>
  );
}
