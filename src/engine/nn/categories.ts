/** The palette's groups of layers, in the order to show them. */

/** What a group is called, and its hue: degrees on the colour wheel, for badges. */
export interface Category {
  readonly title: string;
  readonly hue: number;
}

/** All groups by id. */
export const categories = {
  core: { title: "Core", hue: 275 },
  convolution: { title: "Convolution", hue: 215 },
  pooling: { title: "Pooling", hue: 60 },
  recurrent: { title: "Recurrent", hue: 20 },
  attention: { title: "Text and attention", hue: 105 },
  shape: { title: "Shape", hue: 255 },
  normalization: { title: "Normalization", hue: 160 },
  augmentation: { title: "Augmentation", hue: 25 },
  regularization: { title: "Regularization", hue: 345 },
  structure: { title: "Structure", hue: 310 },
} as const satisfies Record<string, Category>;

/** The group of a layer or container. */
export type LayerCategory = keyof typeof categories;
