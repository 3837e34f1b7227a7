/** The page on a small screen: one part at a time, each behind its tab. */
import { ChartsPanel } from "../charts/ChartsPanel";
import { ResultsPanel } from "../inspect/ResultsPanel";
import { LayerPalette } from "../model/LayerPalette";
import { ExportButton } from "../export/ExportButton";
import { TrainingInspector } from "../model/TrainingInspector";
import { ModelStack, ModelTotals } from "../model/ModelStack";
import { PresetSelect } from "../model/PresetSelect";
import { TryList } from "../tour/TryList";
import { Panel } from "../common/Panel";
import { PartArea } from "./PartTabs";
import { PrivacyLine } from "./PrivacyLine";
import { useIsPhone } from "../common/useIsNarrow";
import { t } from "../common/words";
import classes from "./Parts.module.css";

export function Parts() {
  const isPhone = useIsPhone();
  return (
    <div className={classes.parts}>
      <PartArea part="model" className={classes.part}>
        <div className={classes.inner}>
          {isPhone && <PresetSelect />}
          <LayerPalette />
          <Panel title={t("layout.model")} label={t("layout.modelEditor")} aside={<ModelAside />}>
            <ModelStack />
          </Panel>
          <TryList />
          {isPhone && <PrivacyLine />}
        </div>
      </PartArea>
      <PartArea part="training" className={classes.part}>
        <div className={classes.inner}>
          <Panel title={t("layout.training")} label={t("layout.trainingSettings")}>
            <TrainingInspector />
          </Panel>
        </div>
      </PartArea>
      <PartArea part="charts" className={classes.part}>
        <div className={classes.inner} data-tall>
          <ChartsPanel className={classes.charts} />
        </div>
      </PartArea>
      <PartArea part="results" className={classes.part}>
        <div className={classes.inner}>
          <ResultsPanel />
        </div>
      </PartArea>
    </div>
  );
}

/** Beside the model's title. */
function ModelAside() {
  return (
    <>
      <ModelTotals />
      <ExportButton />
    </>
  );
}
