/** The column beside the stage: the model, or how it is trained. It folds to a strip, so that the stage has all the room. */
import { ActionIcon, Tooltip } from "@mantine/core";
import { IconLayoutSidebarLeftCollapse, IconLayoutSidebarLeftExpand } from "@tabler/icons-react";
import { ModelStack, ModelTotals } from "../model/ModelStack";
import { TrainingInspector } from "../model/TrainingInspector";
import type { ColumnPart } from "../store/ui";
import { partElementId, setPreferences, showPart, takeColumnPart, useUi } from "../store/ui";
import { TryList } from "../tour/TryList";
import { PartArea } from "./PartTabs";
import type { Tab } from "../common/TabList";
import { TabList } from "../common/TabList";
import classes from "./Column.module.css";

const parts: readonly Tab<ColumnPart>[] = [
  { value: "model", title: "Model" },
  { value: "training", title: "Training" },
];

export function Column() {
  const shown = useUi(takeColumnPart);
  return (
    <div className={classes.column}>
      <div className={classes.head}>
        <TabList
          label="Model and training"
          look="panel"
          tabs={parts}
          value={shown}
          onChange={showPart}
          panelId={partElementId}
        />
        <ModelTotals />
        <Tooltip label="Fold the column away">
          <ActionIcon
            size={28}
            aria-label="Fold model and training"
            onClick={() => setPreferences({ isColumnFolded: true })}
          >
            <IconLayoutSidebarLeftCollapse size={17} />
          </ActionIcon>
        </Tooltip>
      </div>
      <PartArea part="model" className={classes.body}>
        <section aria-label="Model editor" className={classes.model}>
          <ModelStack />
          <TryList className={classes.tries} />
        </section>
      </PartArea>
      <PartArea part="training" className={classes.body}>
        <section aria-label="Training settings">
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
      <Tooltip label="Show model and training" position="right">
        <ActionIcon
          size={36}
          aria-label="Show model and training"
          onClick={() => setPreferences({ isColumnFolded: false })}
        >
          <IconLayoutSidebarLeftExpand size={18} />
        </ActionIcon>
      </Tooltip>
      <span className={classes.foldedTitle} aria-hidden>
        Model and training
      </span>
    </div>
  );
}
