/** The column beside the stage: the model, or how it is trained. It folds to a strip, so that the stage has all the room. */
import { ActionIcon, Tooltip } from "@mantine/core";
import { IconLayoutSidebarLeftCollapse, IconLayoutSidebarLeftExpand } from "@tabler/icons-react";
import { ExportButton } from "../export/ExportButton";
import { ModelStack, ModelTotals } from "../model/ModelStack";
import { TrainingInspector } from "../model/TrainingInspector";
import type { ColumnPart } from "../store/ui";
import { partElementId, setPreferences, showPart, takeColumnPart, useUi } from "../store/ui";
import { TryList } from "../tour/TryList";
import { PartArea } from "./PartTabs";
import type { Tab } from "../common/TabList";
import { TabList } from "../common/TabList";
import { t } from "../common/words";
import classes from "./Column.module.css";

const parts = (): readonly Tab<ColumnPart>[] => [
  { value: "model", title: t("layout.model") },
  { value: "training", title: t("layout.training") },
];

export function Column() {
  const shown = useUi(takeColumnPart);
  return (
    <div className={classes.column}>
      <div className={classes.head}>
        <TabList
          label={t("layout.modelAndTraining")}
          look="panel"
          tabs={parts()}
          value={shown}
          onChange={showPart}
          panelId={partElementId}
        />
        <ModelTotals />
        <ExportButton />
        <Tooltip label={t("layout.foldHelp")}>
          <ActionIcon size={28} aria-label={t("layout.fold")} onClick={() => setPreferences({ isColumnFolded: true })}>
            <IconLayoutSidebarLeftCollapse size={17} />
          </ActionIcon>
        </Tooltip>
      </div>
      <PartArea part="model" className={classes.body}>
        <section aria-label={t("layout.modelEditor")} className={classes.model}>
          <ModelStack />
          <TryList className={classes.tries} />
        </section>
      </PartArea>
      <PartArea part="training" className={classes.body}>
        <section aria-label={t("layout.trainingSettings")}>
          <TrainingInspector />
        </section>
      </PartArea>
    </div>
  );
}

/** What is left of the column when it is folded. */
export function FoldedColumn() {
  return (
    <div className={classes.folded}>
      <Tooltip label={t("layout.unfold")} position="right">
        <ActionIcon size={36} aria-label={t("layout.unfold")} onClick={() => setPreferences({ isColumnFolded: false })}>
          <IconLayoutSidebarLeftExpand size={18} />
        </ActionIcon>
      </Tooltip>
      <span className={classes.foldedTitle} aria-hidden>
        {t("layout.modelAndTraining")}
      </span>
    </div>
  );
}
