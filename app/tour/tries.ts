/** The "try this" list: each entry does what it says, and then points at the control to go on with. */
import type { PresetId } from "../../src/engine";
import type { Part } from "../store/ui";
import { showPart } from "../store/ui";
import { edit, reportOf, selectLayer, shownNetwork, useModel } from "../store/model";
import { useRun } from "../store/run";
import { fieldElementId } from "../fields/FieldForm";
import { focusSoon } from "../model/cardFocus";
import { insertBlock, setLearningConfig } from "../model/edit";
import { placeOfNext } from "../model/placeOfNext";
import { choosePreset } from "../model/PresetSelect";
import { LAYER_PREFIX } from "../model/LayerInspector";
import { OPTIMIZER_PREFIX } from "../model/TrainingInspector";
import { train } from "../train/session";
import { TRAIN_BUTTON_ID } from "../train/TransportBar";

/** One thing to try. */
export interface Try {
  /** By which the catalogue has its title, and what there is to see. */
  readonly id: "perceptron" | "convnet" | "break" | "dropout";
  readonly start: () => void;
}

function pointAt(part: Part, elementId: string): void {
  showPart(part);
  focusSoon(elementId);
}

/** Trains a preset, in the place of another model's run. */
function trainPreset(id: PresetId): void {
  choosePreset(id);
  pointAt("charts", TRAIN_BUTTON_ID);
  if (useRun.getState().status.state !== "running") void train();
}

function breakLearningRate(): void {
  edit((model) => setLearningConfig(model, shownNetwork(), "optimizer", "learningRate", 3));
  selectLayer(null);
  pointAt("training", fieldElementId(OPTIMIZER_PREFIX, "learningRate"));
}

function addDropout(): void {
  const { description } = useModel.getState();
  const place = placeOfNext(description, shownNetwork(), reportOf(description));
  const inserted = insertBlock(description, "Dropout", place, { rate: 0.5 });
  if (inserted.id === null) return;
  edit(() => inserted.description);
  selectLayer(inserted.id);
  pointAt("model", fieldElementId(LAYER_PREFIX, "rate"));
}

export const tries: readonly Try[] = [
  { id: "perceptron", start: () => trainPreset("perceptron") },
  { id: "convnet", start: () => trainPreset("convnet") },
  { id: "break", start: breakLearningRate },
  { id: "dropout", start: addDropout },
];
