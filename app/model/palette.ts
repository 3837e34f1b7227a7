/** The palette's groups, derived from the registries of layers and containers. */
import type { BlockType, LayerCategory } from "../../src/engine";
import { categories, defOf } from "../../src/engine";
import { paletteTypes } from "./edit";

/** A group of blocks. */
export interface PaletteGroup {
  readonly category: LayerCategory;
  readonly title: string;
  readonly types: readonly BlockType[];
}

/** All blocks by group, in the registries' order. */
export const paletteGroups: readonly PaletteGroup[] = (Object.keys(categories) as LayerCategory[]).flatMap(
  (category) => {
    const types = paletteTypes.filter((type) => defOf(type).category === category);
    return types.length > 0 ? [{ category, title: categories[category].title, types }] : [];
  },
);
