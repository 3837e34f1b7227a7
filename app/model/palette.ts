/** The palette's groups, derived from the layer registry. */
import type { LayerCategory, LayerDef, LayerType } from "../../src/engine";
import { layers } from "../../src/engine";

/** What the groups are called. */
export const categoryTitles: Readonly<Record<LayerCategory, string>> = {
  core: "Core",
  convolution: "Convolution",
  pooling: "Pooling",
  shape: "Shape",
  regularization: "Regularization",
};

/** A group of layers. */
export interface PaletteGroup {
  readonly category: LayerCategory;
  readonly title: string;
  readonly entries: readonly { readonly type: LayerType; readonly layer: LayerDef }[];
}

/** All layers by group, both in the registry's order. */
export const paletteGroups: readonly PaletteGroup[] = groupLayers();

function groupLayers(): PaletteGroup[] {
  const entries = (Object.keys(layers) as LayerType[]).map((type) => ({ type, layer: layers[type] }));
  return (Object.keys(categoryTitles) as LayerCategory[]).flatMap((category) => {
    const own = entries.filter(({ layer }) => layer.category === category);
    return own.length > 0 ? [{ category, title: categoryTitles[category], entries: own }] : [];
  });
}
