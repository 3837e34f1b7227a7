/** Layers by what they are for, where somebody else calls for one: the remedies of problems, and whatever asks what a network
 *  ends in. Only this file and the registry name layers of other files. */

/** The layer for a purpose, by its name in the registry. */
export const layerFor = {
  /** Makes one row of numbers of any shape. */
  rows: "Flatten",
  /** Gives numbers another shape. */
  shapes: "Reshape",
  /** Takes some rows and columns of a shape alone. */
  parts: "Cropping2D",
  /** Makes as many outputs as are wanted. */
  outputs: "Dense",
  /** Makes numbers of indices. */
  indices: "Embedding",
  /** Looks from each step at others. */
  attention: "MultiHeadAttention",
  /** Finds clusters, and tells how far samples are from them. */
  clusters: "Centroids",
  /** Applies an activation to what it is given. */
  activations: "Activation",
} as const;
