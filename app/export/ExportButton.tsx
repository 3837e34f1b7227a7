/** Opens the dialog that takes the model out of the page. */
import { ActionIcon, Tooltip } from "@mantine/core";
import { IconPackageExport } from "@tabler/icons-react";
import { lazy, Suspense, useState } from "react";
import { fetchLaterWords } from "../../src/engine";
import { t } from "../common/words";

const ExportDialog = lazy(async () => {
  const [dialog] = await Promise.all([import("./ExportDialog"), fetchLaterWords()]);
  return { default: dialog.ExportDialog };
});

export function ExportButton() {
  const [isOpen, setIsOpen] = useState(false);
  return (
    <>
      <Tooltip label={t("model.exportHelp")}>
        <ActionIcon size={28} aria-label={t("model.export")} aria-haspopup="dialog" onClick={() => setIsOpen(true)}>
          <IconPackageExport size={17} />
        </ActionIcon>
      </Tooltip>
      {isOpen && (
        <Suspense>
          <ExportDialog onClose={() => setIsOpen(false)} />
        </Suspense>
      )}
    </>
  );
}
