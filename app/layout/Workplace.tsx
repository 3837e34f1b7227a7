/** The page where there is room: palette, column and stage side by side, curves above the views. The lines between them
 *  can be dragged, by hand and by the arrow keys; where they were left is remembered. A double click puts them back. */
import { Group, Panel, Separator, usePanelRef } from "react-resizable-panels";
import { ChartsPanel } from "../charts/ChartsPanel";
import { ResultsPanel } from "../inspect/ResultsPanel";
import { LayerPalette } from "../model/LayerPalette";
import {
  partElementId,
  setPreferences,
  takeColumnWidth,
  takeCurvesShare,
  takeIsColumnFolded,
  useUi,
} from "../store/ui";
import { Column, FoldedColumn } from "./Column";
import { t } from "../common/words";
import classes from "./Workplace.module.css";

const USUAL_COLUMN_PX = 336;
const USUAL_CURVES_SHARE = 49;
/** Both curves stay readable, and something of a view in sight. */
const MIN_SIZE = { column: 272, stage: 400, curves: 190, views: 96 } as const;
const TARGET = { coarse: 28, fine: 12 } as const;

export function Workplace() {
  const isFolded = useUi(takeIsColumnFolded);
  return (
    <div className={classes.workplace}>
      <LayerPalette />
      {isFolded && <FoldedColumn />}
      <ColumnAndStage isFolded={isFolded} />
    </div>
  );
}

function ColumnAndStage({ isFolded }: { readonly isFolded: boolean }) {
  const width = useUi(takeColumnWidth);
  const column = usePanelRef();
  return (
    <Group
      className={classes.group ?? ""}
      resizeTargetMinimumSize={TARGET}
      onLayoutChanged={(_, { isUserInteraction }) => {
        if (isUserInteraction && column.current)
          setPreferences({ columnWidth: Math.round(column.current.getSize().inPixels) });
      }}
    >
      {!isFolded && (
        <>
          <Panel
            id="column"
            panelRef={column}
            defaultSize={width ?? USUAL_COLUMN_PX}
            minSize={MIN_SIZE.column}
            maxSize="60%"
            groupResizeBehavior="preserve-pixel-size"
          >
            <Column />
          </Panel>
          <Separator
            className={classes.between ?? ""}
            aria-label={t("layout.columnWidth")}
            disableDoubleClick
            onDoubleClick={() => {
              column.current?.resize(USUAL_COLUMN_PX);
              setPreferences({ columnWidth: null });
            }}
          />
        </>
      )}
      <Panel id="stage" minSize={MIN_SIZE.stage}>
        <Stage />
      </Panel>
    </Group>
  );
}

function Stage() {
  const share = useUi(takeCurvesShare);
  const curves = usePanelRef();
  return (
    <Group
      className={classes.group ?? ""}
      orientation="vertical"
      resizeTargetMinimumSize={TARGET}
      onLayoutChanged={(_, { isUserInteraction }) => {
        if (isUserInteraction && curves.current) setPreferences({ curvesShare: curves.current.getSize().asPercentage });
      }}
    >
      <Panel
        id={partElementId("charts")}
        tabIndex={-1}
        panelRef={curves}
        defaultSize={`${share ?? USUAL_CURVES_SHARE}%`}
        minSize={MIN_SIZE.curves}
      >
        <ChartsPanel className={classes.fill} />
      </Panel>
      <Separator
        className={classes.between ?? ""}
        aria-label={t("layout.curvesHeight")}
        disableDoubleClick
        onDoubleClick={() => {
          curves.current?.resize(`${USUAL_CURVES_SHARE}%`);
          setPreferences({ curvesShare: null });
        }}
      />
      <Panel id="views" minSize={MIN_SIZE.views}>
        <ResultsPanel className={classes.fill} />
      </Panel>
    </Group>
  );
}
