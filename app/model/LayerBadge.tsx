/** The two letters and the colour by which a kind of layer is known at a glance. */
import type { CSSProperties } from "react";
import type { LayerCategory } from "../../src/engine";
import { categories } from "../../src/engine";
import classes from "./LayerBadge.module.css";

interface LayerBadgeProps {
  readonly badge: string;
  readonly category: LayerCategory;
}

/** Gives an element the colours of a category, for style sheets to use. */
export const categoryColours = (category: LayerCategory) => ({
  "data-category": category,
  // Style sheets read it; React's type knows no properties of their own.
  style: { "--hue": categories[category].hue } as CSSProperties,
});

export function LayerBadge({ badge, category }: LayerBadgeProps) {
  return (
    <span className={classes.badge} {...categoryColours(category)} aria-hidden>
      {badge}
    </span>
  );
}
