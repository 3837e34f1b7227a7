/** The settings of the selected layer, or of the training when none is selected. */
import { SegmentedControl } from "@mantine/core";
import { Panel } from "../layout/Panel";
import { selectLayer, useDescription, useSelectedId, useShownNetwork } from "../store/model";
import { LayerInspector } from "./LayerInspector";
import { TrainingInspector } from "./TrainingInspector";
import classes from "./Inspector.module.css";

export function Inspector({ className }: { readonly className?: string | undefined }) {
  const selectedId = useSelectedId();
  const network = useShownNetwork();
  const first = useDescription().networks[network]?.blocks[0]?.id ?? null;
  return (
    <Panel
      title="Settings"
      className={className}
      aside={
        <SegmentedControl
          aria-label="Settings of"
          data={[
            { value: "layer", label: "Layer", disabled: first === null },
            { value: "training", label: "Training" },
          ]}
          value={selectedId === null ? "training" : "layer"}
          onChange={(shown) => selectLayer(shown === "layer" ? first : null)}
        />
      }
    >
      <div className={classes.body}>
        {selectedId === null ? <TrainingInspector /> : <LayerInspector id={selectedId} />}
      </div>
    </Panel>
  );
}
