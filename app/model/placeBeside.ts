/** One step up or down through the tree of blocks: how the keyboard moves a block into containers and out of them. */
import type { ModelDescription, Place } from "../../src/engine";
import { blocksOf, findBlock, isContainer } from "../../src/engine";

/** The place one step up (-1) or down (+1) of a block: past its neighbour, into the neighbour where that is a container, or
 *  out of the container that it is in. Null at the ends. */
export function placeBeside(model: ModelDescription, id: string, by: -1 | 1): Place | null {
  const found = findBlock(model, id);
  if (!found) return null;
  const { place } = found;
  const siblings = blocksOf(model, place) ?? [];
  const neighbour = siblings[place.index + by];
  if (neighbour && isContainer(neighbour)) {
    const branch = by > 0 ? 0 : neighbour.branches.length - 1;
    const inside = { network: place.network, parent: { id: neighbour.id, branch } };
    return { ...inside, index: by > 0 ? 0 : (neighbour.branches[branch]?.length ?? 0) };
  }
  if (neighbour) return { ...place, index: place.index + by };
  const holder = place.parent && findBlock(model, place.parent.id);
  if (!holder || !place.parent || !isContainer(holder.block)) return null;
  const branch = place.parent.branch + by;
  const next = holder.block.branches[branch];
  if (next) return { ...place, parent: { ...place.parent, branch }, index: by > 0 ? 0 : next.length };
  return { ...holder.place, index: holder.place.index + (by > 0 ? 1 : 0) };
}
