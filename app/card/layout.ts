/** Where the boxes of a model's picture lie: layers below each other, branches beside each other, networks too. Pure. */
import type { LayerView } from "../model/layerView";

export const BOX = { width: 236, height: 42 } as const;
const GAP = 16;
const PAD = 10;
const TITLE = 22;

/** A layer, or a container around what it holds. */
export interface PlacedLayer {
  readonly layer: LayerView;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly isContainer: boolean;
}

/** From the lower edge of what comes before to the upper edge of what comes after. */
interface Arrow {
  readonly x: number;
  readonly from: number;
  readonly to: number;
}

export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly layers: readonly PlacedLayer[];
  readonly arrows: readonly Arrow[];
  readonly titles: readonly { readonly x: number; readonly y: number; readonly text: string }[];
}

interface Sized {
  readonly width: number;
  readonly height: number;
}

function sizeOfStack(stack: readonly LayerView[]): Sized {
  const sizes = stack.map(sizeOfLayer);
  const width = Math.max(BOX.width / 2, ...sizes.map((size) => size.width));
  return { width, height: sizes.reduce((sum, { height }) => sum + height, Math.max(0, stack.length - 1) * GAP) };
}

function sizeOfLayer({ branches }: LayerView): Sized {
  if (!branches) return BOX;
  const sizes = branches.map(({ layers }) => sizeOfStack(layers));
  const inner = sizes.reduce((sum, { width }) => sum + width, Math.max(0, sizes.length - 1) * GAP);
  const highest = Math.max(0, ...sizes.map(({ height }) => height));
  return {
    width: Math.max(BOX.width, inner + 2 * PAD),
    height: TITLE + PAD + Math.max(GAP, highest) + GAP,
  };
}

/** @param networks by name, each with its layers; the name is written where there are several */
export function layOut(networks: Readonly<Record<string, readonly LayerView[]>>): Picture {
  const layers: PlacedLayer[] = [];
  const arrows: Arrow[] = [];
  const placeStack = (stack: readonly LayerView[], middle: number, top: number): void => {
    let y = top;
    stack.forEach((layer, i) => {
      const { width, height } = sizeOfLayer(layer);
      if (i > 0) arrows.push({ x: middle, from: y - GAP, to: y });
      const x = middle - width / 2;
      layers.push({ layer, x, y, width, height, isContainer: layer.branches !== undefined });
      const { branches = [] } = layer;
      const sizes = branches.map((branch) => sizeOfStack(branch.layers));
      let left = middle - sizes.reduce((sum, size) => sum + size.width, (sizes.length - 1) * GAP) / 2;
      for (const [b, size] of sizes.entries()) {
        const own = branches[b]?.layers ?? [];
        // An empty branch hands on what it is given.
        if (own.length === 0)
          arrows.push({ x: left + size.width / 2, from: y + TITLE + PAD, to: y + height - GAP / 2 });
        placeStack(own, left + size.width / 2, y + TITLE + PAD);
        left += size.width + GAP;
      }
      y += height + GAP;
    });
  };
  const names = Object.keys(networks);
  const titles: { x: number; y: number; text: string }[] = [];
  const top = names.length > 1 ? TITLE + PAD : PAD;
  let [x, height] = [PAD, 0];
  for (const [name, stack] of Object.entries(networks)) {
    const size = sizeOfStack(stack);
    if (names.length > 1) titles.push({ x, y: TITLE, text: name });
    placeStack(stack, x + size.width / 2, top);
    x += size.width + 2 * GAP;
    height = Math.max(height, top + size.height + PAD);
  }
  return { width: x - 2 * GAP + PAD, height, layers, arrows, titles };
}
