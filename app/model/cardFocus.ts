/** Moving the keyboard's focus to a layer, and keeping it from being lost with what had it. */

/** The id of a card's element. */
export const cardElementId = (layerId: string): string => `card-${layerId}`;
/** The id of the list of the cards, which can have the focus when it is empty. */
export const STACK_LIST_ID = "model-list";

/** Marks the cards in the page with their layers' ids, so that they can be found and measured. */
export const CARD_ATTRIBUTE = "data-layer-card";

/** The layer whose card, or whose problems below it, have the focus; or null. */
export function focusedLayerId(): string | null {
  const card = document.activeElement?.closest("li")?.querySelector(`[${CARD_ATTRIBUTE}]`);
  return card?.getAttribute(CARD_ATTRIBUTE) ?? null;
}

/** Focuses an element once the page has been drawn again. */
export function focusSoon(elementId: string): void {
  requestAnimationFrame(() => focus(elementId));
}

/** Once the page has been drawn again without what had the focus, focuses a layer's card, or the list where no layer is
 *  left. Does nothing as long as something has the focus. */
export function keepFocus(layerId: string | null): void {
  requestAnimationFrame(() => {
    if (document.activeElement === document.body) focus(layerId === null ? STACK_LIST_ID : cardElementId(layerId));
  });
}

function focus(elementId: string): void {
  const element = document.getElementById(elementId);
  element?.focus();
  element?.scrollIntoView({ block: "nearest" });
}
