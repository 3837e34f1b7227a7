/** Takes models out of the page, and files into it. */
import { ActionIcon, Tooltip } from "@mantine/core";
import { IconPackageExport, IconPackageImport } from "@tabler/icons-react";
import { lazy, Suspense, useRef, useState } from "react";
import { fetchLaterWords } from "../../src/engine";
import { t } from "../common/words";
import { openFile } from "./open";

const ExportDialog = lazy(async () => {
  const [dialog] = await Promise.all([import("./ExportDialog"), fetchLaterWords()]);
  return { default: dialog.ExportDialog };
});

export function ExportButton() {
  const [isOpen, setIsOpen] = useState(false);
  const picker = useRef<HTMLInputElement>(null);
  return (
    <>
      <Tooltip label={t("model.exportHelp")}>
        <ActionIcon size={28} aria-label={t("model.export")} aria-haspopup="dialog" onClick={() => setIsOpen(true)}>
          <IconPackageExport size={17} />
        </ActionIcon>
      </Tooltip>
      <Tooltip label={t("model.importHelp")}>
        <ActionIcon size={28} aria-label={t("model.import")} onClick={() => picker.current?.click()}>
          <IconPackageImport size={17} />
        </ActionIcon>
      </Tooltip>
      <input
        ref={picker}
        type="file"
        accept=".keras,.h5,.hdf5,.safetensors,.pt,.pth,.onnx,.zip"
        hidden
        aria-label={t("model.import")}
        onChange={({ currentTarget }) => {
          const [file] = currentTarget.files ?? [];
          if (file) void openFile(file);
          currentTarget.value = "";
        }}
      />
      {isOpen && (
        <Suspense>
          <ExportDialog onClose={() => setIsOpen(false)} />
        </Suspense>
      )}
    </>
  );
}
