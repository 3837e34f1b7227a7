/** The dialog of races and searches. Closing it leaves them going on. */
import { SegmentedControl } from "@mantine/core";
import { useRef } from "react";
import { Dialog } from "../common/Dialog";
import { t } from "../common/words";
import { openTrials, takeOpen, useTrials } from "../store/trials";
import { RaceSetup } from "./RaceSetup";
import { RaceView } from "./RaceView";
import { useRace } from "./race";
import { SearchSetup } from "./SearchSetup";
import { SearchView } from "./SearchView";
import { useSearch } from "./search";
import classes from "./TrialsDialog.module.css";

export function TrialsDialog() {
  const dialog = useRef<HTMLDialogElement>(null);
  const kind = useTrials(takeOpen);
  const isRaceSetUp = useRace(({ phase }) => phase === "setup");
  const isSearchSetUp = useSearch(({ phase }) => phase === "setup");
  const close = (): void => dialog.current?.close();
  return (
    <Dialog
      title={t("trials.title")}
      className={classes.dialog}
      dialog={dialog}
      onClose={() => useTrials.setState({ open: null })}
    >
      <div className={classes.kinds}>
        <SegmentedControl
          aria-label={t("trials.kind")}
          data={[
            { value: "race", label: t("trials.race") },
            { value: "search", label: t("trials.search") },
          ]}
          value={kind ?? "race"}
          onChange={(value) => openTrials(value === "search" ? "search" : "race")}
        />
      </div>
      {kind === "search" ? (
        isSearchSetUp ? (
          <SearchSetup />
        ) : (
          <SearchView onDone={close} />
        )
      ) : isRaceSetUp ? (
        <RaceSetup />
      ) : (
        <RaceView onDone={close} />
      )}
    </Dialog>
  );
}
