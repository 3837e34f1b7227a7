/** Says which weights training begins with, and opens the dialog in which others are chosen. */
import { Button } from "@mantine/core";
import { useState } from "react";
import { t } from "../common/words";
import { FieldRow } from "../fields/FieldRow";
import { takeFrom, useStart } from "../store/start";
import { StartDialog } from "./StartDialog";

const ID = "training-start";

export function StartField() {
  const [isOpen, setIsOpen] = useState(false);
  const from = useStart(takeFrom);
  return (
    <FieldRow id={ID} label={t("starts.from")} help={t("starts.fromHelp")}>
      <Button id={ID} fullWidth variant="default" aria-haspopup="dialog" onClick={() => setIsOpen(true)}>
        {from?.title ?? t("starts.bySeed")}
      </Button>
      {isOpen && <StartDialog onClose={() => setIsOpen(false)} />}
    </FieldRow>
  );
}
