/** Which preset a model is. */
import { isSameModel, type ModelDescription, type PresetId, presets } from "../../src/engine";

/** The ids of all presets, in order. */
export const presetIds = Object.keys(presets) as PresetId[];

/** The preset that a description is, in whatever order it names its parts, or null. */
export function matchPreset(description: ModelDescription): PresetId | null {
  const isIt = (preset: ModelDescription): boolean =>
    preset === description || (preset.name === description.name && isSameModel(preset, description));
  return presetIds.find((id) => isIt(presets[id].description)) ?? null;
}
