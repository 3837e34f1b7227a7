// What a screen has no room for: controls out of reach or too small for a hand, and texts that are cut off. Refuses to say which
// screens there are.
import type { Page } from "playwright-core";

/** The controls that cannot be reached by scrolling, or that are too small for a hand. */
export function findUnreachable(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const wanted = "button, a[href], input, select, textarea, summary, [role=tab], [role=slider]";
    const nameOf = (element: Element): string =>
      element.getAttribute("aria-label") ?? (element.textContent || element.id || element.outerHTML.slice(0, 80));
    const isSeen = (element: Element): boolean => {
      const { width, height } = element.getBoundingClientRect();
      // A radio or a switch is hit by its label, and is itself drawn as small as can be.
      return width > 8 && height > 8 && element.checkVisibility({ opacityProperty: true, visibilityProperty: true });
    };
    const problems: string[] = [];
    for (const element of document.querySelectorAll(wanted)) {
      if (!isSeen(element) || element.closest("[inert]")) continue;
      if (element.textContent?.startsWith("Skip to")) continue;
      element.scrollIntoView({ block: "center", inline: "center" });
      // A slider is taken hold of anywhere along its line.
      const held = element.closest(".mantine-Slider-trackContainer") ?? element;
      const { left, top, width, height } = held.getBoundingClientRect();
      const hit = document.elementFromPoint(left + width / 2, top + height / 2);
      if (!hit || !(held.contains(hit) || hit.contains(held))) problems.push(`${nameOf(element)}: out of reach`);
      if (width < 24 || height < 24) problems.push(`${nameOf(element)}: ${width} by ${height}`);
    }
    return problems;
  });
}

/** Texts that their box cuts off, and fields in which a phone would zoom. @param isTouched whether it is one */
export function findCut(page: Page, isTouched = true): Promise<string[]> {
  return page.evaluate((isPhone) => {
    const problems: string[] = [];
    for (const element of document.querySelectorAll("main *, header *, section *")) {
      if (!element.checkVisibility() || element.closest(".visuallyHidden")) continue;
      const { overflowX, clip, clipPath, direction } = getComputedStyle(element);
      const isHiding = clipPath !== "none" || clip !== "auto";
      const text = [...element.childNodes].some((node) => node.nodeType === 3 && node.nodeValue?.trim());
      // The name of a layer gives way by intent, from its beginning.
      if (isHiding || !text || overflowX === "visible" || direction === "rtl") continue;
      if (element.scrollWidth > element.clientWidth + 1) problems.push(`cut: ${element.textContent}`);
    }
    const pen = document.createElement("canvas").getContext("2d");
    for (const select of document.querySelectorAll("select")) {
      const { font, paddingLeft, paddingRight } = getComputedStyle(select);
      const chosen = select.selectedOptions[0]?.text ?? "";
      // One that lies unseen over a picture of itself shows no words.
      if (!pen || !select.checkVisibility({ opacityProperty: true })) continue;
      pen.font = font;
      const room = select.clientWidth - parseFloat(paddingLeft) - parseFloat(paddingRight);
      if (pen.measureText(chosen).width > room) problems.push(`cut: ${chosen}`);
    }
    for (const field of document.querySelectorAll("input:not([type=radio], [type=checkbox]), select, textarea")) {
      if (isPhone && field.checkVisibility() && parseFloat(getComputedStyle(field).fontSize) < 16)
        problems.push(`zooms: ${field.id}`);
    }
    for (const tab of document.querySelectorAll("[role=tab]")) {
      const list = tab.closest("[role=tablist]")?.getBoundingClientRect();
      const { left, right, top, bottom } = tab.getBoundingClientRect();
      // A finger scrolls them, and is shown by such a tab that there are more.
      if (isPhone || !list || left >= list.right || right <= list.left || top >= list.bottom || bottom <= list.top)
        continue;
      if (left < list.left - 1 || right > list.right + 1 || top < list.top - 1 || bottom > list.bottom + 1)
        problems.push(`cut: ${tab.textContent}`);
    }
    const { scrollWidth } = document.documentElement;
    if (scrollWidth > innerWidth) problems.push(`sideways: ${scrollWidth} of ${innerWidth}`);
    return problems;
  }, isTouched);
}
