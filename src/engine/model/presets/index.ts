/** The presets by id: complete, good descriptions to start from. */
import { agentsPresets } from "./agents";
import { generativePresets } from "./generative";
import { groupsPresets } from "./groups";
import { imagesPresets } from "./images";
import { pointsPresets } from "./points";
import type { Preset } from "./preset";
import { sequencesPresets } from "./sequences";
import { textsPresets } from "./texts";

export { defaultLearning, defaultTraining, type Preset } from "./preset";

/** All presets by id, in the order to offer them. The first is what a new visitor sees. */
export const presets = {
  ...imagesPresets,
  ...sequencesPresets,
  ...textsPresets,
  ...generativePresets,
  ...groupsPresets,
  ...pointsPresets,
  ...agentsPresets,
} as const satisfies Record<string, Preset>;

/** What `?preset=` in the page's address may be. */
export type PresetId = keyof typeof presets;
