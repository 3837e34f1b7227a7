/** The palette's groups of layers, in the order to show them. */

/** What a group is called, and its hue: degrees on the colour wheel, for badges. */
export interface Category {
  readonly title: string;
  readonly hue: number;
}

/** All groups by id. */
export const categories = {
  core: { title: "Core", hue: 250 },
  convolution: { title: "Convolution", hue: 160 },
  pooling: { title: "Pooling", hue: 55 },
  shape: { title: "Shape", hue: 210 },
  normalization: { title: "Normalization", hue: 190 },
  regularization: { title: "Regularization", hue: 330 },
  structure: { title: "Structure", hue: 285 },
} as const satisfies Record<string, Category>;

/** The group of a layer or container. */
export type LayerCategory = keyof typeof categories;
