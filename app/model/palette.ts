/** The palette's groups, derived from the registries of layers and containers. */
import type { BlockType, LayerCategory } from "../../src/engine";
import { categories, defOf } from "../../src/engine";
import { paletteTypes } from "./edit";

/** A group of blocks. */
export interface PaletteGroup {
  readonly category: LayerCategory;
  readonly types: readonly BlockType[];
}

/** All blocks by group, in the registries' order. */
const paletteGroups: readonly PaletteGroup[] = (Object.keys(categories) as LayerCategory[]).flatMap((category) => {
  const types = paletteTypes.filter((type) => defOf(type).category === category);
  return types.length > 0 ? [{ category, types }] : [];
});

/** The groups with what a search asks for: every word of it is in the name, the group's title or the help of a block.
 *  @param textOf all that is written of a block, in the page's language */
export function findInPalette(query: string, textOf: (type: BlockType) => string): readonly PaletteGroup[] {
  const words = query.toLowerCase().split(/\s+/);
  const isAsked = (type: BlockType): boolean => {
    const text = textOf(type).toLowerCase();
    return words.every((word) => text.includes(word));
  };
  return paletteGroups.flatMap((group) => {
    const types = group.types.filter(isAsked);
    return types.length > 0 ? [{ ...group, types }] : [];
  });
}
