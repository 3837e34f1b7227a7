/** The "try this" list: each entry sets the controls, and then points at the one to go on with. */
import type { Part } from "../store/ui";
import { showPart } from "../store/ui";
import { edit, selectLayer, useModel } from "../store/model";
import { isRunActive, useRun } from "../store/run";
import { fieldElementId } from "../fields/FieldForm";
import { focusSoon } from "../model/cardFocus";
import { insertLayer, setTrainingConfig } from "../model/edit";
import { choosePreset } from "../model/PresetSelect";
import { LAYER_PREFIX } from "../model/LayerInspector";
import { OPTIMIZER_PREFIX } from "../model/TrainingInspector";
import { isOutdated } from "../train/session";
import { APPLY_BUTTON_ID, TRAIN_BUTTON_ID } from "../train/TransportBar";

/** One thing to try. */
export interface Try {
  readonly id: string;
  readonly title: string;
  /** What there is to see. */
  readonly promise: string;
  readonly start: () => void;
}

function pointAt(part: Part, elementId: string): void {
  showPart(part);
  focusSoon(elementId);
}

/** Points at the button that trains what is now in the editor. */
function pointAtTrain(part: Part): void {
  const { status, prepared } = useRun.getState();
  const mustRestart = isRunActive(status.state) && isOutdated(prepared, useModel.getState().description);
  pointAt(part, mustRestart ? APPLY_BUTTON_ID : TRAIN_BUTTON_ID);
}

function breakLearningRate(): void {
  edit((model) => setTrainingConfig(model, "optimizer", "learningRate", 3));
  selectLayer(null);
  pointAt("settings", fieldElementId(OPTIMIZER_PREFIX, "learningRate"));
}

function addDropout(): void {
  const { description } = useModel.getState();
  const last = description.layers.findLastIndex(({ type }) => type === "Dense");
  const inserted = insertLayer(description, "Dropout", last < 0 ? description.layers.length : last, { rate: 0.5 });
  if (inserted.id === null) return;
  edit(() => inserted.description);
  selectLayer(inserted.id);
  pointAt("settings", fieldElementId(LAYER_PREFIX, "rate"));
}

export const tries: readonly Try[] = [
  {
    id: "perceptron",
    title: "Train the perceptron",
    promise: "97% on handwritten digits within a minute.",
    start: () => {
      choosePreset("perceptron");
      pointAtTrain("charts");
    },
  },
  {
    id: "convnet",
    title: "See why a convnet wins",
    promise: "Fewer parameters, more compute, better answers.",
    start: () => {
      choosePreset("convnet");
      pointAtTrain("build");
    },
  },
  {
    id: "break",
    title: "Break it: learning rate 3",
    promise: "Too large a step, and the loss explodes.",
    start: breakLearningRate,
  },
  {
    id: "dropout",
    title: "Add Dropout",
    promise: "Hide half the features, and learn better ones.",
    start: addDropout,
  },
];
