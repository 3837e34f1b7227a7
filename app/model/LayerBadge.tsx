/** The two letters and the colour by which a kind of layer is known at a glance. */
import classes from "./LayerBadge.module.css";

interface LayerBadgeProps {
  readonly badge: string;
  readonly category: string;
}

export function LayerBadge({ badge, category }: LayerBadgeProps) {
  return (
    <span className={classes.badge} data-category={category} aria-hidden>
      {badge}
    </span>
  );
}
