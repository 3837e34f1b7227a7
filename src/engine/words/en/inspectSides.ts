/** English: networks that learn one at a time, and slow motion. */

/** Values are written already. */
type Texts<K extends string> = Readonly<Record<K, string>>;

/** A part of `inspect`. */
export const inspectSides = {
  sides: "Step by step",
  stepOf: "One step of",
  stepSide: ({ networks }: Texts<"networks">) => networks,
  stepSideHelp: ({ networks }: Texts<"networks">) =>
    `One step at which only this learns: ${networks}. The rest stays as it is, to the bit.`,
  stepBoth: "Both",
  stepAll: "All",
  stepAllHelp: "One step of training, as it always is",
  slowMotion: "Slow motion",
  phases: "Phases of a step",
  phaseForward: ({ networks }: Texts<"networks">) => `${networks} forward`,
  phaseUpdate: ({ networks }: Texts<"networks">) => `${networks} update`,
  phaseUpdateHelp: ({ networks, losses }: Texts<"networks" | "losses">) =>
    `${networks}: new weights, by the gradient of ${losses.toLowerCase()}. Both gradients are taken before either changes.`,
};
