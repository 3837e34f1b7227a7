/** How far a square of the plane reaches, at its corners, where there are fewest points. */
import classes from "./Corners.module.css";

export function Corners({ reach }: { readonly reach: number }) {
  return (
    <>
      <span className={classes.corner} data-at="top" aria-hidden>
        {reach}
      </span>
      <span className={classes.corner} data-at="origin" aria-hidden>
        {-reach}
      </span>
      <span className={classes.corner} data-at="right" aria-hidden>
        {reach}
      </span>
    </>
  );
}
