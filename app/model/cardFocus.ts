/** Moving the keyboard's focus to a layer's card. */

/** The id of a card's element. */
export const cardElementId = (layerId: string): string => `card-${layerId}`;

/** Focuses an element once the page has been drawn again. */
export function focusSoon(elementId: string): void {
  requestAnimationFrame(() => {
    const element = document.getElementById(elementId);
    element?.focus();
    element?.scrollIntoView({ block: "nearest" });
  });
}
