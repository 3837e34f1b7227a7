/** Opens the dialog with the link to what is on the page, and the files of models. */
import { ActionIcon, Tooltip } from "@mantine/core";
import { IconShare } from "@tabler/icons-react";
import { lazy, Suspense, useState } from "react";
import { fetchLaterWords } from "../../src/engine";
import { t } from "../common/words";

const ShareDialog = lazy(async () => {
  const [dialog] = await Promise.all([import("./ShareDialog"), fetchLaterWords()]);
  return { default: dialog.ShareDialog };
});

export function ShareButton() {
  const [isOpen, setIsOpen] = useState(false);
  return (
    <>
      <Tooltip label={t("layout.shareHelp")}>
        <ActionIcon size="lg" aria-label={t("layout.share")} aria-haspopup="dialog" onClick={() => setIsOpen(true)}>
          <IconShare size={18} />
        </ActionIcon>
      </Tooltip>
      {isOpen && (
        <Suspense>
          <ShareDialog onClose={() => setIsOpen(false)} />
        </Suspense>
      )}
    </>
  );
}
